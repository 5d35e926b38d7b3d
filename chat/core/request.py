"""A request as it arrives: validated once, here, into a type.

The fields are those of deepwiki-open's chat protocol, and some of our own that others
ignore.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args
from urllib.parse import unquote

from chat.core.attached import AttachedImage
from chat.core.errors import BadRequest, RequestTooLarge
from chat.core.request_json import MAX_MESSAGES, RequestLimits
from deepwiki.foundation.languages import ANSWER_LANGUAGES
from deepwiki.foundation.parsing import parse_uuid
from deepwiki.foundation.text import clean

T = TypeVar("T")
Role = Literal["user", "assistant"]
# How a question is answered; empty where the request leaves it to the endpoint.
Mode = Literal["", "auto", "quick", "agent", "research"]
MODES: dict[str, Mode] = {mode: mode for mode in get_args(Mode)}
# A client's system message has no more authority than what its user typed.
ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "user"}
FILTERS = ("excluded_dirs", "excluded_files", "included_dirs", "included_files")
MAX_ADDRESS_CHARS = 2_000
MAX_REPOSITORIES = 5  # besides the first
MAX_ATTACHMENTS = 5
DEEP_RESEARCH = "[DEEP RESEARCH]"
RESEARCH_WORD = ":research"  # as the first or the last word of a question: it is researched
# Names of providers and models: no control characters and no spaces.
NAME = re.compile(r"[^\x00-\x20\x7f]{0,200}")
# Code in a request -> code of the answer language.
LANGUAGES = {code: code for code in ANSWER_LANGUAGES} | {"ko": "kr", "pt": "pt-br", "zh-cn": "zh"}


@dataclass(frozen=True)
class Turn:
    """One message of a conversation, and the images that are shown with it."""

    role: Role
    content: str
    images: tuple[AttachedImage, ...] = ()

    def as_message(self) -> dict[str, Any]:
        """The message in the form of the OpenAI chat API: parts where it has images."""
        if not self.images:
            return {"role": self.role, "content": self.content}
        images = [
            {"type": "image_url", "image_url": {"url": image.data_url}} for image in self.images
        ]
        return {"role": self.role, "content": [{"type": "text", "text": self.content}, *images]}


@dataclass(frozen=True)
class ChatRequest:
    """A validated request. `messages` ends with the question.

    `repositories` are ids or addresses of those that are asked about besides that of `repo_url`;
    None leaves them as they were in the conversation. `attachments` are ids of uploads.
    `token` is the access token of a private repository; it is never logged or prompted.
    """

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
    mode: Mode = ""
    revision: str = ""
    render: str = ""
    regenerate: bool = False
    parent: uuid.UUID | None = None
    edit: uuid.UUID | None = None
    repository: uuid.UUID | None = None
    repositories: tuple[str, ...] | None = None
    attachments: tuple[uuid.UUID, ...] = ()

    @property
    def question(self) -> str:
        return self.messages[-1].content


def parse(value: Mapping[str, Any], limits: RequestLimits) -> ChatRequest:
    """A decoded object as a request. Unknown fields are ignored.

    Raises BadRequest, which names the wrong field, and RequestTooLarge.
    """
    fields = _Fields(value)
    repo_url = fields.text("repo_url", MAX_ADDRESS_CHARS).strip()
    messages, asks_for_research = _messages(value.get("messages"), limits)
    if not repo_url:
        raise BadRequest("repo_url_missing")
    return ChatRequest(
        repo_url=repo_url,
        messages=messages,
        file_path=_file_path(fields.text("filePath", 1_000)),
        token=fields.text("token", 1_000).strip(),
        type=fields.text("type", 20).strip().lower(),
        provider=fields.name("provider"),
        model=fields.name("model"),
        language=_language(fields.text("language", 20)),
        filters={name: fields.text(name, 20_000) for name in FILTERS},
        conversation=fields.identifier("conversation"),
        client_message_id=fields.identifier("client_message_id"),
        deep_research=fields.flag("deep_research") or asks_for_research,
        mode=fields.mode("mode"),
        revision=fields.text("revision", 200).strip(),
        render=fields.text("render", 20),
        regenerate=fields.flag("regenerate"),
        parent=fields.identifier("parent"),
        edit=fields.identifier("edit"),
        repository=fields.identifier("repository"),
        repositories=fields.repositories(repo_url),
        attachments=fields.attachments(),
    )


@dataclass(frozen=True)
class _Fields:
    """The fields of a JSON object by type.

    Missing ones are empty; a wrong type is a BadRequest.
    """

    values: Mapping[str, Any]

    def text(self, name: str, max_chars: int) -> str:
        text = self._typed(name, str, "field_not_text") or ""
        if len(text) > max_chars:
            raise BadRequest("field_too_long", field=name, limit=f"{max_chars:,}")
        return clean(text)

    def flag(self, name: str) -> bool:
        return bool(self._typed(name, bool, "field_not_boolean"))

    def name(self, name: str) -> str:
        text = self.text(name, 200).strip()
        if not NAME.fullmatch(text):
            raise BadRequest("field_not_a_name", field=name)
        return text

    def mode(self, name: str) -> Mode:
        text = self.text(name, 20).strip().lower()
        if text not in MODES:
            raise BadRequest("unknown_mode")
        return MODES[text]

    def identifier(self, name: str) -> uuid.UUID | None:
        text = self.text(name, 64).strip()
        parsed = parse_uuid(text)
        if text and parsed is None:
            raise BadRequest("field_not_a_uuid", field=name)
        return parsed

    def repositories(self, first: str) -> tuple[str, ...] | None:
        """Those besides the first, each once; None without the field."""
        values = self._texts("repositories")
        if values is None:
            return None
        if any(len(value) > MAX_ADDRESS_CHARS for value in values):
            limit = f"{MAX_ADDRESS_CHARS:,}"
            raise BadRequest("field_too_long", field="repositories", limit=limit)
        others = tuple(dict.fromkeys(clean(value).strip() for value in values))
        others = tuple(other for other in others if other not in ("", first))
        if len(others) > MAX_REPOSITORIES:
            raise BadRequest("too_many_repositories", limit=MAX_REPOSITORIES)
        return others

    def attachments(self) -> tuple[uuid.UUID, ...]:
        """The ids of uploads, each once."""
        written = self._texts("attachments") or []
        ids = [parse_uuid(text) for text in dict.fromkeys(written)]
        known = tuple(filter(None, ids))
        if len(known) < len(ids):
            raise BadRequest("field_not_a_uuid", field="attachments")
        if len(known) > MAX_ATTACHMENTS:
            raise BadRequest("too_many_attachments", limit=MAX_ATTACHMENTS)
        return known

    def _texts(self, name: str) -> list[str] | None:
        values = self._typed(name, list, "field_not_texts")
        if not _are_texts(values or []):
            raise BadRequest("field_not_texts", field=name)
        return values

    def _typed(self, name: str, kind: type[T], reason: str) -> T | None:
        value = self.values.get(name)
        if value is not None and not isinstance(value, kind):
            raise BadRequest(reason, field=name)
        return value


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _messages(value: Any, limits: RequestLimits) -> tuple[tuple[Turn, ...], bool]:
    """The messages, and whether the last of them has the word for research."""
    if value is None or value == []:
        raise BadRequest("no_messages")
    if not isinstance(value, list):
        raise BadRequest("messages_not_a_list")
    if len(value) > MAX_MESSAGES:
        raise RequestTooLarge("too_many_messages")
    newest = value[-limits.history_messages :]
    *former, (question, asks_for_research) = [
        _turn(item, number) for number, item in enumerate(newest, 1)
    ]
    _check_question(question, len(newest), limits)
    history = [Turn(turn.role, turn.content[: limits.content_chars]) for turn, _ in former]
    return (*history, question), asks_for_research


def _turn(item: Any, number: int) -> tuple[Turn, bool]:
    """A message, and whether the word for research was taken from it."""
    if not isinstance(item, dict):
        raise BadRequest("message_incomplete", number=number)
    role, content = item.get("role"), item.get("content")
    if not isinstance(role, str) or not isinstance(content, str):
        raise BadRequest("message_incomplete", number=number)
    if role not in ROLES:
        raise BadRequest("unknown_role", number=number)
    text = clean(content)
    if ROLES[role] != "user":
        return Turn(ROLES[role], text), False
    asked = _without_research_word(text)
    return Turn("user", asked), asked != text


def _without_research_word(text: str) -> str:
    """The text without `:research` at its start or end; as it is where nothing else is in it."""
    stripped = text.strip()
    length = len(RESEARCH_WORD)
    first, rest = stripped[:length], stripped[length:]
    if first.lower() == RESEARCH_WORD and rest[:1].isspace():
        return rest.strip()
    before, last = stripped[:-length], stripped[-length:]
    if last.lower() == RESEARCH_WORD and before[-1:].isspace():
        return before.strip()
    return text


def _check_question(turn: Turn, number: int, limits: RequestLimits) -> None:
    if turn.role != "user":
        raise BadRequest("last_message_not_user")
    if not turn.content.replace(DEEP_RESEARCH, "").strip():
        raise BadRequest("empty_question")
    if len(turn.content) > limits.content_chars:
        limit = f"{limits.content_chars:,}"
        raise RequestTooLarge("message_too_long", number=number, limit=limit)


def _language(code: str) -> str:
    return LANGUAGES.get(code.strip().lower().replace("_", "-"), "en")


def _file_path(text: str) -> str:
    """A path inside the repository; it is only ever looked up among indexed paths."""
    path = unquote(unquote(text)).strip()
    if not path:
        return ""
    relative = path.removeprefix("./")
    if path.startswith(("/", "~")) or not _stays_inside(relative):
        raise BadRequest("file_path_outside")
    return relative


def _stays_inside(path: str) -> bool:
    if "\\" in path or "\ufffd" in path:
        return False
    return not {"..", "", ".git"} & set(path.split("/"))
