"""The table of service_quirks.toml as replies of servers, and what a reader must see."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google.ai.generativelanguage as glm

from chat.testing.wire_server import EVENTS, Wire

TABLE: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)
TEXT = "Hello world"
GEMINI = "gemini"
CALLS, GEMINI_CALLS = "calls", "gemini_calls"
BLANK_LINE = "\n\n"
REPEATED = re.compile(r"<<(.+?)\*(\d+)>>")
BYTE = re.compile(rb"<<([0-9A-F]{2})>>")
# Part.thought, which the package does not know yet: field 11, a number, true.
THOUGHT = b"\x58\x01"
COUNTS = {"prompt_token_count": 7, "candidates_token_count": 2, "total_token_count": 9}


@dataclass(frozen=True)
class Quirk:
    """One line. `sends` is its part of the wire."""

    name: str
    sends: Mapping[str, Any]
    text: str
    reason: str
    notices: tuple[str, ...]
    requests: int
    calls: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def is_complete(self) -> bool:
        return not self.reason and not self.notices


def openai_quirks() -> list[Quirk]:
    """Those of services with OpenAI's chat API."""
    others = {GEMINI, CALLS, GEMINI_CALLS}
    return [quirk for section in TABLE if section not in others for quirk in _quirks(section)]


def call_quirks() -> list[Quirk]:
    """Those of services with OpenAI's chat API whose models may call tools."""
    return _quirks(CALLS)


def gemini_call_quirks() -> list[Quirk]:
    """Those of Gemini where it may call functions."""
    return _quirks(GEMINI_CALLS)


def gemini_quirks() -> list[Quirk]:
    """Those of Gemini."""
    return _quirks(GEMINI)


def wires(quirk: Quirk) -> tuple[Wire, ...]:
    """The replies to one request after another."""
    further = (_wire(reply) for reply in quirk.sends.get("then", ()))
    return (_wire(quirk.sends), *further)


def gemini_replies(quirk: Quirk) -> list[Any]:
    """The messages of one call, as bytes; an error is a pair of texts, status and words."""
    replies: list[Any] = [_reply(text) for text in quirk.sends["replies"]]
    if "error" in quirk.sends:
        status, _, words = quirk.sends["error"].partition(": ")
        replies.append((status, words))
    return replies


def _quirks(section: str) -> list[Quirk]:
    return [_quirk(name, line) for name, line in TABLE[section].items()]


def _quirk(name: str, line: Mapping[str, Any]) -> Quirk:
    reason = line.get("reason", "")
    return Quirk(
        name,
        line,
        text=line.get("text", "" if reason or "calls" in line else TEXT),
        reason=reason,
        notices=tuple(line.get("notices", ())),
        requests=line.get("requests", 1),
        calls=tuple(line.get("calls", ())),
    )


def _wire(sends: Mapping[str, Any]) -> Wire:
    text = sends["raw"] if "raw" in sends else _stream(sends)
    repeated = REPEATED.sub(lambda match: match[1] * int(match[2]), text)
    body = BYTE.sub(lambda match: bytes.fromhex(match[1].decode()), repeated.encode())
    return Wire(
        (body,) if body else (),
        sends.get("status", 200),
        sends.get("type", EVENTS),
        sends.get("headers", {}),
        ends=sends.get("ends", "well"),
    )


def _stream(sends: Mapping[str, Any]) -> str:
    data = [_event(item) for item in sends["data"]]
    if sends.get("done", True):
        data.append("[DONE]")
    newline = sends.get("newline", BLANK_LINE)
    return "".join(f"data: {item}{newline}" for item in data)


def _event(item: str) -> str:
    if item.startswith("+"):
        return _choice({"delta": {"content": item[1:]}, "finish_reason": None})
    if item.startswith("="):
        return _choice({"delta": {}, "finish_reason": item[1:]})
    if item.startswith("@"):
        return f'{{"choices":[{{"index":0,"delta":{{"tool_calls":[{item[1:]}]}}}}]}}'
    return item


def _choice(choice: dict[str, Any]) -> str:
    return json.dumps({"choices": [{"index": 0, **choice}]})


def _reply(item: str) -> bytes:
    if item.startswith("~"):
        return _thought(item[1:])
    return bytes(glm.GenerateContentResponse.serialize(_message(item)))


def _message(item: str) -> Any:
    if item == "!":
        reason = glm.GenerateContentResponse.PromptFeedback.BlockReason.SAFETY
        return glm.GenerateContentResponse(prompt_feedback={"block_reason": reason})
    if item == "#":
        return glm.GenerateContentResponse(usage_metadata=COUNTS)
    if not item:
        return glm.GenerateContentResponse()
    if item.startswith("@"):
        return _call(item[1:])
    text, _, reason = item.removeprefix("+").partition("=")
    reply = _reply_of({"text": text})
    pb = glm.GenerateContentResponse.pb(reply)
    pb.candidates[0].finish_reason = int(reason or 0)
    return reply


def _call(item: str) -> Any:
    """A reply whose one part is a call."""
    name, _, arguments = item.partition(" ")
    return _reply_of({"function_call": {"name": name, "args": json.loads(arguments)}})


def _reply_of(part: Any) -> Any:
    return glm.GenerateContentResponse(candidates=[{"content": {"parts": [part]}}])


def _thought(text: str) -> bytes:
    """A reply whose one part is a thought."""
    pb = glm.GenerateContentResponse.pb(_message(f"+{text}"))
    part = pb.candidates[0].content.parts[0]
    part.MergeFromString(THOUGHT)
    return bytes(pb.SerializeToString())
