"""What happens while an answer is made, one type each. Runs number them; dialects write them down."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

State = Literal["complete", "stopped", "partial", "interrupted"]


@dataclass(frozen=True)
class Event:
    """Base. `as_json` is the events dialect, without the run's id and number."""

    name: ClassVar[str] = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "event": self.name,
            **{key: value for key, value in asdict(self).items() if value is not None},
        }


@dataclass(frozen=True)
class Accepted(Event):
    """The question is stored and a run has begun."""

    name = "accepted"
    conversation: str | None
    message: str | None
    client_message_id: str | None = None


@dataclass(frozen=True)
class Status(Event):
    """What is being done before the first word comes (indexing, searching, thinking)."""

    name = "status"
    stage: str
    message: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Sources(Event):
    """The passages the answer rests on, best first; `mode` says how they were found."""

    name = "sources"
    items: list[dict[str, Any]]
    commit: str
    mode: str


@dataclass(frozen=True)
class Research(Event):
    """A round of Deep Research begins: what it looked for, and how many passages it reads."""

    name = "research"
    iteration: int
    of: int
    stage: str
    looking_for: str | None = None
    passages: int | None = None


@dataclass(frozen=True)
class Delta(Event):
    """A piece of the answer's Markdown."""

    name = "delta"
    text: str


@dataclass(frozen=True)
class Html(Event):
    """Block number `block` of the answer, rendered and sanitised; a later one with the same number replaces it."""

    name = "html"
    block: int
    html: str


@dataclass(frozen=True)
class Notice(Event):
    """Something about this answer its reader should know."""

    name = "notice"
    code: str
    message: str


@dataclass(frozen=True)
class Usage(Event):
    """What the answer cost."""

    name = "usage"
    input_tokens: int | None = None
    output_tokens: int | None = None
    first_token_ms: int | None = None
    total_ms: int | None = None


@dataclass(frozen=True)
class Failed(Event):
    """The answer ends here because of an error."""

    name = "error"
    code: str
    message: str
    retry_after: int | None = None
    incident: str | None = None
    close_code: int = field(default=4500)
    status: int = field(default=500)

    def as_json(self) -> dict[str, Any]:
        shown = super().as_json()
        return {key: value for key, value in shown.items() if key not in ("close_code", "status")}


@dataclass(frozen=True)
class Done(Event):
    """The last event of every run."""

    name = "done"
    state: State
