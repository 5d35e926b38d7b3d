"""The formats in which local models write calls of tools into their text.

Hermes and Qwen 2.5 `<tool_call>`, Qwen3-Coder `<function=…><parameter=…>`, Llama
`<function=…>{…}` and `<|python_tag|>`, Mistral `[TOOL_CALLS]`, DeepSeek's tokens, gpt-oss's
harmony, and JSON that is the whole text, in a fence or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.core.tool_calls import json_object
from chat.providers.call_identity import NAMESPACES, known_name
from chat.providers.call_json import (
    Calls,
    Names,
    WrittenCall,
    may_be_calls,
    read_arguments,
    read_calls,
    typed_values,
    undecided,
)

NO_CALLS: Calls = ([], "")

FUNCTION = re.compile(r"\s*<function=([^>\s]{1,200})>")
FUNCTION_END = "</function>"
PARAMETER, PARAMETER_END = "<parameter=", "</parameter>"
MISTRAL = "[TOOL_CALLS]"
MISTRAL_NAME = re.compile(r"\s*([\w.:-]{1,200})\s*(?:\[CALL_ID\]\w*)?\s*(?:\[ARGS\])?\s*(?=\{)")
MISTRAL_NAME_START = re.compile(r"\s*([\w.:-]*)([\[{]?)")
END_TOKENS = re.compile(r"(?:\s|<\|(?:eom_id|eot_id|end|im_end)\|>|</s>)+\Z")
CALLS_BEGIN, CALLS_END = "<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"
CALL_BEGIN, CALL_END, SEPARATOR = "<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>", "<｜tool▁sep｜>"
DEEPSEEK_NAME = re.compile(rf"(?:function{SEPARATOR})?([^\n<]{{0,200}})(\n|{SEPARATOR})?")
MESSAGE = "<|message|>"
RECIPIENT = re.compile(r"\bto=([\w.:-]{1,200})")
FENCE = re.compile(r"```[ \t]*(\w*)[ \t]*(\n?)")
FENCE_INFOS = ("json", "tool_call", "tool_calls", "tool_code", "")


@dataclass(frozen=True)
class TextFormat:
    """One format. Without a `closer` its calls go on to the end of the text.

    `may_be` and `read` get what follows the opener; `may_be` says None while that is too
    short to tell. `read` gets it up to the closer, and says None for what is no call.
    """

    opener: str
    closer: str
    may_be: Callable[[str, Names], bool | None]
    read: Callable[[str, Names], Calls]


def _tagged_may_be(text: str, names: Names) -> bool | None:
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return may_be_calls(start, names)
    if start.startswith("<function="):
        return _function_may_be(start.removeprefix("<function="), names)
    return undecided("<function=".startswith(start))


def _tagged_read(text: str, names: Names) -> Calls:
    if text.lstrip().startswith("<function="):
        return _functions(text, names)
    return read_calls(text, names)


def _function_may_be(text: str, names: Names) -> bool | None:
    name, end, _ = text.partition(">")
    if not end:
        return None
    return bool(known_name(name, names))


def _function_read(text: str, names: Names) -> Calls:
    return _functions(f"<function={text}", names)


def _functions(text: str, names: Names) -> Calls:
    """`<function=name>` with JSON or parameters, one or several."""
    calls: list[WrittenCall | None] = []
    for part in re.split(rf"{FUNCTION_END}(?=\s*(?:<function=|\Z))", text):
        head = FUNCTION.match(part)
        if head is not None:
            calls.append(_function(known_name(head[1], names), part[head.end() :], names))
        elif part.strip():
            return NO_CALLS
    if None in calls:
        return NO_CALLS
    return [each for each in calls if each is not None], ""


def _function(name: str, text: str, names: Names) -> WrittenCall | None:
    if not name:
        return None
    arguments = _arguments(text, names[name])
    if arguments is None:
        return None
    return WrittenCall(name, arguments or "{}")


def _arguments(text: str, schemas: Mapping[str, Any]) -> str | None:
    """The arguments of a function; None while they are not complete."""
    text = text.strip()
    if not text.startswith(PARAMETER):
        return _object_text(text)
    values = {}
    for part in text.split(PARAMETER)[1:]:
        head, end, rest = part.partition(">")
        value, closing, _ = rest.rpartition(PARAMETER_END)
        if not end or not closing:
            return None
        values[head.strip()] = value.removeprefix("\n").removesuffix("\n")
    return typed_values(values, schemas)


def _object_text(text: str) -> str | None:
    """A text that is JSON of an object, or empty; None for another."""
    if text and json_object(text) is None:
        return None
    return text


def _mistral_may_be(text: str, names: Names) -> bool | None:
    if text.lstrip().startswith(("[", "{")):
        return may_be_calls(text, names)
    name, end = MISTRAL_NAME_START.match(text).groups()  # type: ignore[union-attr]
    if end:
        return bool(known_name(name, names))
    return undecided(_may_go_on(name, names))


def _mistral_read(text: str, names: Names) -> Calls:
    calls: list[WrittenCall] = []
    rest = ""
    for part in text.split(MISTRAL):
        found, rest = _mistral_part(part, names)
        if not found:
            return NO_CALLS
        calls += found
    return calls, END_TOKENS.sub("", rest)


def _mistral_part(text: str, names: Names) -> Calls:
    head = MISTRAL_NAME.match(text)
    if head is None:
        return read_calls(text, names)
    name = known_name(head[1], names)
    if not name:
        return NO_CALLS
    return read_arguments(name, text[head.end() :])


def _python_tag_read(text: str, names: Names) -> Calls:
    return read_calls(END_TOKENS.sub("", text), names)


def _deepseek_calls_may_be(text: str, names: Names) -> bool | None:
    start = text.lstrip()
    if not start.startswith(CALL_BEGIN):
        return undecided(CALL_BEGIN.startswith(start))
    return _deepseek_call_may_be(start.removeprefix(CALL_BEGIN), names)


def _deepseek_call_may_be(text: str, names: Names) -> bool | None:
    name, end = DEEPSEEK_NAME.match(text).groups()  # type: ignore[union-attr]
    if end and name != "function":
        return bool(known_name(name, names))
    return None


def _deepseek_read(text: str, names: Names) -> Calls:
    calls: list[WrittenCall | None] = []
    for part in text.split(CALL_BEGIN):
        call, _, _ = part.partition(CALL_END)
        head = DEEPSEEK_NAME.match(call)
        if head is not None and head[2]:
            calls += _one_call(head[1], _unfenced(call[head.end() :]), names) or [None]
        elif call.strip():
            return NO_CALLS
    if None in calls:
        return NO_CALLS
    return [each for each in calls if each is not None], ""


def _one_call(name: str, arguments: str, names: Names) -> list[WrittenCall]:
    """A call of an offered tool with JSON of an object; empty for another."""
    known = known_name(name, names)
    if not known or _object_text(arguments) is None:
        return []
    return [WrittenCall(known, arguments or "{}")]


def _unfenced(text: str) -> str:
    text = text.strip().removeprefix("```json").removeprefix("```")
    return text.removesuffix("```").strip() or "{}"


def _harmony_may_be(text: str, names: Names) -> bool | None:
    head, end, _ = text.partition(MESSAGE)
    if not end:
        return None
    recipient = RECIPIENT.search(head)
    return recipient is not None and bool(known_name(recipient[1], names))


def _harmony_read(text: str, names: Names) -> Calls:
    head, _, arguments = text.partition(MESSAGE)
    recipient = RECIPIENT.search(head)
    if recipient is None:
        return NO_CALLS
    return _one_call(recipient[1], END_TOKENS.sub("", arguments), names), ""


def _alone_may_be(text: str, names: Names) -> bool | None:
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return may_be_calls(start, names)
    if not start.startswith("```"):
        return undecided("```".startswith(start))
    info, newline = FENCE.match(start).groups()  # type: ignore[union-attr]
    if not newline:
        return undecided(any(each.startswith(info) for each in FENCE_INFOS))
    if info not in FENCE_INFOS:
        return False
    return may_be_calls(start.partition("\n")[2], names)


def _alone_read(text: str, names: Names) -> Calls:
    body = END_TOKENS.sub("", text).strip()
    if body.startswith("```"):
        inner = body.partition("\n")[2]
        if not inner.endswith("```"):
            return NO_CALLS
        body = inner.removesuffix("```")
    calls, rest = read_calls(body, names)
    if rest.strip():
        return NO_CALLS
    return calls, ""


def _may_go_on(name: str, names: Names) -> bool:
    """Whether what stands here may become the name of a tool."""
    return any(f"{space}{each}".startswith(name) for each in names for space in NAMESPACES)


# JSON that is all that a turn writes: it has no opener.
ALONE = TextFormat("", "", _alone_may_be, _alone_read)
TEXT_FORMATS = (
    TextFormat("<tool_call>", "</tool_call>", _tagged_may_be, _tagged_read),
    TextFormat("<function=", FUNCTION_END, _function_may_be, _function_read),
    TextFormat(MISTRAL, "", _mistral_may_be, _mistral_read),
    TextFormat("<|python_tag|>", "", may_be_calls, _python_tag_read),
    TextFormat(CALLS_BEGIN, CALLS_END, _deepseek_calls_may_be, _deepseek_read),
    TextFormat(CALL_BEGIN, CALL_END, _deepseek_call_may_be, _deepseek_read),
    TextFormat("<|start|>assistant", "<|call|>", _harmony_may_be, _harmony_read),
    TextFormat("<|channel|>", "<|call|>", _harmony_may_be, _harmony_read),
)
