"""One question as it arrives: checked once, here, into a type.

The fields are those of the chat protocol (see README): deepwiki-open's own, and a few of ours that others ignore.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote

from chat.core.errors import BadRequest, RequestTooLarge

Role = Literal["user", "assistant"]
LANGUAGES = {
    "en": "English",
    "ja": "Japanese",
    "zh": "Simplified Chinese",
    "zh-tw": "Traditional Chinese",
    "es": "Spanish",
    "kr": "Korean",
    "vi": "Vietnamese",
    "pt-br": "Brazilian Portuguese",
    "fr": "French",
    "ru": "Russian",
}
FILTERS = ("excluded_dirs", "excluded_files", "included_dirs", "included_files")
DEEP_RESEARCH = "[DEEP RESEARCH]"
NAME = re.compile(r"[^\x00-\x20\x7f]{1,200}")
# NUL and lone surrogates cannot be stored; other control characters have no place in text.
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Turn:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True)
class RequestLimits:
    """How large a request may be."""

    message_bytes: int = 256_000
    content_chars: int = 32_000
    history_messages: int = 100


@dataclass(frozen=True)
class ChatRequest:
    """A checked request. `messages` ends with the user's question; `token` never leaves this object's owner."""

    repo_url: str
    messages: tuple[Turn, ...]
    file_path: str = ""
    token: str = field(default="", repr=False)
    type: str = ""
    provider: str = ""
    model: str = ""
    language: str = "en"
    filters: Mapping[str, str] = field(default_factory=dict)
    conversation: uuid.UUID | None = None
    client_message_id: uuid.UUID | None = None
    deep_research: bool = False
    revision: str = ""
    render: str = ""
    regenerate: bool = False
    parent: uuid.UUID | None = None
    edit: uuid.UUID | None = None
    repository: uuid.UUID | None = None

    @property
    def question(self) -> str:
        return self.messages[-1].content


def decode(data: str | bytes, limits: RequestLimits) -> dict[str, Any]:
    """A frame or body as a JSON object. Raises BadRequest or TooLarge, whatever was sent."""
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
    if size > limits.message_bytes:
        raise RequestTooLarge
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise BadRequest("invalid_json") from None
    if not isinstance(value, dict):
        raise BadRequest("not_an_object")
    return value


def parse(value: Mapping[str, Any], limits: RequestLimits) -> ChatRequest:
    """A decoded object as a request. Unknown fields are ignored; a wrong one is named.

    Raises BadRequest, TooLarge.
    """
    repo_url = _text(value, "repo_url", 2_000)
    messages = _messages(value.get("messages"), limits)
    if not repo_url.strip():
        raise BadRequest("repo_url_missing")
    language = _text(value, "language", 20).strip().lower().replace("_", "-")
    return ChatRequest(
        repo_url=repo_url.strip(),
        messages=messages,
        file_path=_file_path(_text(value, "filePath", 1_000)),
        token=_text(value, "token", 1_000).strip(),
        type=_text(value, "type", 20).strip().lower(),
        provider=_name(value, "provider"),
        model=_name(value, "model"),
        language={"ko": "kr", "pt": "pt-br", "zh-cn": "zh"}.get(
            language, language if language in LANGUAGES else "en"
        ),
        filters={name: _text(value, name, 20_000) for name in FILTERS},
        conversation=_uuid(value, "conversation"),
        client_message_id=_uuid(value, "client_message_id"),
        deep_research=_flag(value, "deep_research"),
        revision=_text(value, "revision", 200).strip(),
        render=_text(value, "render", 20),
        regenerate=_flag(value, "regenerate"),
        parent=_uuid(value, "parent"),
        edit=_uuid(value, "edit"),
        repository=_uuid(value, "repository"),
    )


def clean(text: str) -> str:
    """`text` as it can be stored and sent."""
    return UNSTORABLE.sub("\ufffd", text)


def _messages(value: Any, limits: RequestLimits) -> tuple[Turn, ...]:
    if value is None or value == []:
        raise BadRequest("no_messages")
    if not isinstance(value, list):
        raise BadRequest("messages_not_a_list")
    turns: list[Turn] = []
    for number, item in enumerate(
        value[-limits.history_messages :] if len(value) <= 5_000 else _too_many(), 1
    ):
        if (
            not isinstance(item, dict)
            or not isinstance(item.get("content"), str)
            or not isinstance(item.get("role"), str)
        ):
            raise BadRequest("message_incomplete", number=number)
        if item["role"] not in ("user", "assistant", "system"):
            raise BadRequest("unknown_role", number=number)
        if len(item["content"]) > limits.content_chars:
            raise RequestTooLarge(
                "message_too_long", number=number, limit=f"{limits.content_chars:,}"
            )
        # A client's system message is what its user typed, no more.
        turns.append(
            Turn("assistant" if item["role"] == "assistant" else "user", clean(item["content"]))
        )
    if turns[-1].role != "user":
        raise BadRequest("last_message_not_user")
    if not turns[-1].content.replace(DEEP_RESEARCH, "").strip():
        raise BadRequest("empty_question")
    return tuple(turns)


def _too_many() -> list[Any]:
    raise RequestTooLarge("too_many_messages")


def _text(value: Mapping[str, Any], name: str, longest: int) -> str:
    text = value.get(name)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise BadRequest("field_not_text", field=name)
    if len(text) > longest:
        raise BadRequest("field_too_long", field=name, limit=f"{longest:,}")
    return clean(text)


def _flag(value: Mapping[str, Any], name: str) -> bool:
    flag = value.get(name)
    if flag is not None and not isinstance(flag, bool):
        raise BadRequest("field_not_boolean", field=name)
    return bool(flag)


def _name(value: Mapping[str, Any], name: str) -> str:
    text = _text(value, name, 200).strip()
    if text and not NAME.fullmatch(text):
        raise BadRequest("field_not_a_name", field=name)
    return text


def _uuid(value: Mapping[str, Any], name: str) -> uuid.UUID | None:
    text = _text(value, name, 64).strip()
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise BadRequest("field_not_a_uuid", field=name) from None


def _file_path(text: str) -> str:
    """A path inside the repository, or BadRequest. It is only ever looked up among indexed paths."""
    path = unquote(unquote(text)).strip()
    if not path:
        return ""
    parts = path.removeprefix("./").split("/")
    if (
        path.startswith(("/", "~"))
        or "\\" in path
        or "\ufffd" in path
        or any(p in ("..", "", ".git") for p in parts)
    ):
        raise BadRequest("file_path_outside")
    return "/".join(parts)
