"""Calls of tools as JSON in a text: `{"name": …, "arguments": {…}}`, several, or a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chat.core.tool_calls import json_value
from chat.providers.call_identity import known_name

NAME_KEYS = ("name", "tool_name", "tool", "function")
ARGUMENT_KEYS = ("arguments", "parameters", "args", "input")
FIRST_KEYS = {*NAME_KEYS, *ARGUMENT_KEYS, "type", "id", "index"}
OPENING = re.compile(r'[\s\[]*\{\s*"([^"\\]*)("?)')
BEFORE_KEY = re.compile(r"[\s\[]*(?:\{\s*)?\Z")
NAME = re.compile(r'"(?:name|tool_name|tool|function)"\s*:\s*"([^"\\]*)"')
SEPARATORS = re.compile(r"[\s;,]*")
JSON_TYPES = {"integer", "number", "boolean", "array", "object"}
JSON_WORDS = {"True": "true", "False": "false"}  # Python's
DECODER = json.JSONDecoder(strict=False)

# The tools that were offered: their names, and the schemas of their parameters by name.
Names = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class WrittenCall:
    """A call of an offered tool that stood in a text. `arguments` as in ToolCall."""

    name: str
    arguments: str


# Calls, none where there are none, and the text behind them.
Calls = tuple[list[WrittenCall], str]


def undecided(may_go_on: object) -> bool | None:
    """None for a text that may still become a call, False for another."""
    if may_go_on:
        return None
    return False


def may_be_calls(text: str, names: Names) -> bool | None:
    """Whether a text may begin calls as JSON; None while it is too short to tell."""
    opening = OPENING.match(text)
    if opening is None:
        return undecided(BEFORE_KEY.match(text))
    key, quote = opening.groups()
    if not quote:
        return undecided(any(each.startswith(key) for each in FIRST_KEYS))
    if key not in FIRST_KEYS:
        return False
    if key in ARGUMENT_KEYS:
        return True
    name = NAME.search(text)
    if name is None:
        return None
    return bool(known_name(name[1], names))


def read_calls(text: str, names: Names) -> Calls:
    """The calls at the start of a text, and what follows them."""
    calls: list[WrittenCall] = []
    position = SEPARATORS.match(text).end()  # type: ignore[union-attr]
    while text[position : position + 1] in ("{", "["):
        try:
            value, end = DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        found = list(_calls_of(value, names))
        if not found:
            break
        calls += found
        position = SEPARATORS.match(text, end).end()  # type: ignore[union-attr]
    return calls, text[position:]


def read_arguments(name: str, text: str) -> Calls:
    """A call whose arguments stand at the start of a text, and what follows them."""
    try:
        value, end = DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return [], text
    return [WrittenCall(name, arguments_text(value))], text[end:]


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a value that is one, or a list of them."""
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    return [value] * isinstance(value, dict)


def typed_values(values: Mapping[str, str], schemas: Mapping[str, Any]) -> str:
    """Arguments that came as texts, in the types of their parameters."""
    typed = {key: _typed(text, schemas.get(key)) for key, text in values.items()}
    return arguments_text(typed)


def _typed(text: str, schema: Any) -> Any:
    if not isinstance(schema, Mapping) or schema.get("type") not in JSON_TYPES:
        return text
    value = json_value(JSON_WORDS.get(text.strip(), text))
    if value is None:
        return text
    return value


def arguments_text(value: Any) -> str:
    """The arguments of a call as its JSON text; they also come as JSON in a string."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value or {}, ensure_ascii=False)
    except RecursionError:
        return ""


def _calls_of(value: Any, names: Names) -> Iterator[WrittenCall]:
    """The calls in a value, which may be a list of them."""
    for item in objects(value):
        call = _call(item, names)
        if call is not None:
            yield call


def _call(item: Mapping[str, Any], names: Names) -> WrittenCall | None:
    item = [*objects(item.get("function")), item][0]
    given = next((item[key] for key in NAME_KEYS if isinstance(item.get(key), str)), "")
    name = known_name(given, names)
    key = next((each for each in ARGUMENT_KEYS if each in item), "")
    if not name or not key:
        return None
    return WrittenCall(name, arguments_text(item[key]))
