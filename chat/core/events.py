"""The events of an answer, one type each.

A run numbers them; wire formats serialize them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from chat.core.citations import Check, Citation
from chat.core.errors import ChatError, ProviderError, error_class
from chat.core.json_shapes import RepositoryItem, SourceItem
from chat.core.messages import Parameters, format_message, plain_text
from deepwiki.foundation.text import clean_json

State = Literal["complete", "stopped", "partial", "interrupted"]


@dataclass(frozen=True)
class Event:
    """Base. `name` is the JSON key `event`; fields in `internal` are not serialized."""

    name: ClassVar[str] = ""
    internal: ClassVar[frozenset[str]] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """The JSON object of the protocol.

        Fields that are None, and empty parameters, are left out.
        """
        data: dict[str, Any] = {"event": self.name}
        for key, value in vars(self).items():
            if value is not None and value != {} and key not in self.internal:
                data[key] = value
        return data

    def cleaned(self) -> Self:
        """The event whose texts can be stored and sent anywhere, see `clean_text`."""
        changed = {}
        for key, value in vars(self).items():
            if isinstance(value, str | list | dict):
                clean = clean_json(value)
                if clean != value:
                    changed[key] = clean
        return replace(self, **changed) if changed else self

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Event:
        """The event that `as_json` wrote; unknown keys are ignored.

        Raises ValueError.
        """
        kind = _EVENTS.get(data.get("event", ""))
        if kind is None:
            raise ValueError(f"unknown event {data.get('event')!r}")
        return kind.from_fields(data)

    @classmethod
    def from_fields(cls, data: Mapping[str, Any]) -> Self:
        """An event of this type from the JSON object's keys.

        Raises ValueError if one is missing.
        """
        known = {item.name for item in fields(cls)} - cls.internal
        try:
            return cls(**{key: data[key] for key in known if key in data})
        except TypeError as error:
            raise ValueError(f"incomplete event {cls.name!r}") from error


@dataclass(frozen=True)
class Accepted(Event):
    """The question is stored and a run has begun. First event of every run."""

    name = "accepted"
    conversation: str | None = None
    message: str | None = None
    client_message_id: str | None = None


@dataclass(frozen=True)
class Status(Event):
    """Progress before the first token: `stage` is indexing or thinking."""

    name = "status"
    stage: str
    message: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Sources(Event):
    """The passages of the prompt, best first. `mode` is `hybrid` or `words`.

    `check` looks citations up in the index that the passages come from. `repositories` are
    those that were searched, where they are several.
    """

    name = "sources"
    internal = frozenset({"check"})
    items: list[SourceItem]
    commit: str
    mode: str
    check: Check | None = field(default=None, compare=False, repr=False)
    repositories: list[RepositoryItem] | None = None


@dataclass(frozen=True)
class Research(Event):
    """A round of Deep Research begins; `passages` is how many it reads."""

    name = "research"
    iteration: int
    of: int
    stage: str
    looking_for: str | None = None
    passages: int | None = None


@dataclass(frozen=True)
class Step(Event):
    """One call of a tool: sent when it starts, and again, with its `n`, when it has ended.

    `state` is running, done or failed. `arguments` are the call's, long values shortened.
    `summary` is the sentence for people of the catalogue's `code`. `passages` are the
    citations (`path:L1-L2`) of the lines that were read, `tokens` the size of the result.
    """

    name = "step"
    n: int
    tool: str
    arguments: dict[str, Any]
    state: str
    summary: str = ""
    code: str = ""
    parameters: Parameters = field(default_factory=dict)
    passages: list[str] = field(default_factory=list)
    ms: int | None = None
    tokens: int | None = None

    @classmethod
    def from_fields(cls, data: Mapping[str, Any]) -> Self:
        """See Event. A call without arguments is stored without them."""
        return super().from_fields({"arguments": {}, **data})


@dataclass(frozen=True)
class LinesRead(Event):
    """Lines that stand in what the model has just answered to. Not sent: a run keeps them.

    Of a tool's results the step's `passages` say it.
    """

    name = "lines_read"
    lines: tuple[Citation, ...]


@dataclass(frozen=True)
class Delta(Event):
    """A piece of the answer's Markdown."""

    name = "delta"
    text: str


@dataclass(frozen=True)
class Html(Event):
    """A rendered and sanitised block; a later one with its number replaces it."""

    name = "html"
    block: int
    html: str


@dataclass(frozen=True)
class Notice(Event):
    """Something about this answer its reader should know.

    `code` is a reason of the catalogue.
    """

    name = "notice"
    code: str
    message: str
    parameters: Parameters = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, **parameters: str | int) -> Notice:
        """The notice with the catalogue's sentence (chat/core/messages.py)."""
        return cls(code, format_message(code, parameters), parameters)


@dataclass(frozen=True)
class Usage(Event):
    """What the answer cost. Times are milliseconds since the question."""

    name = "usage"
    input_tokens: int | None = None
    output_tokens: int | None = None
    first_token_ms: int | None = None
    total_ms: int | None = None


@dataclass(frozen=True)
class Failed(Event):
    """The answer ends here because of an error.

    `close_code` and `status` follow from `code`.
    """

    name = "error"
    internal = frozenset({"close_code", "status"})
    code: str
    message: str
    retry_after: int | None = None
    incident: str | None = None
    close_code: int = 4500
    status: int = 500
    reason: str | None = None
    parameters: Parameters = field(default_factory=dict)

    @classmethod
    def of(cls, error: ChatError) -> Failed:
        """The event of an error."""
        return cls(
            code=error.code,
            message=error.message,
            retry_after=error.retry_after,
            incident=error.incident or None,
            close_code=error.close_code,
            status=error.status,
            reason=error.reason,
            parameters=error.parameters,
        )

    @classmethod
    def from_fields(cls, data: Mapping[str, Any]) -> Self:
        """See Event. An unknown code counts as trouble with the provider."""
        kind = error_class(data.get("code", "")) or ProviderError
        event = super().from_fields(data)
        return replace(event, close_code=kind.close_code, status=kind.status)

    @property
    def plain(self) -> str:
        """The message as the plain text format sends it."""
        return plain_text(self.message)


@dataclass(frozen=True)
class Done(Event):
    """The last event of every run."""

    name = "done"
    state: State


@dataclass(frozen=True)
class Numbered:
    """An event with its run and its place there: 1, 2, 3 …"""

    run: UUID
    seq: int
    event: Event

    def as_json(self) -> dict[str, Any]:
        """The event's JSON object with `run` and `seq`."""
        return {**self.event.as_json(), "run": str(self.run), "seq": self.seq}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Numbered:
        """Inverse of `as_json`.

        Raises ValueError for an unknown event; unknown keys are ignored.
        """
        return cls(UUID(data["run"]), data["seq"], Event.from_json(data))


_EVENTS: dict[str, type[Event]] = {kind.name: kind for kind in Event.__subclasses__()}
