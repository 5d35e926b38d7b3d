"""The shapes of the JSON columns of `chat_message`, which events carry too."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class SourceItem(TypedDict):
    """One passage (`Message.sources`, `sources` events).

    Lines count from 1, both ends included.
    """

    number: int
    path: str
    start: int
    end: int
    symbol: str
    language: str
    why: str  # see PromptPassage.match_reason; empty where unknown
    via: NotRequired[str]  # the file that led to it; not in sources stored before links were
    url: str
    score: float
    read: NotRequired[bool]  # all of it was in front of the model; stored only


class RepositoryItem(TypedDict):
    """One of several repositories of an answer (`Message.repositories`, `sources` events).

    The first is that of the conversation. `name` stands before the paths that are its own,
    `owner/repo:`; `commit` is not known before the search.
    """

    id: str
    name: str
    commit: NotRequired[str]


class NoticeItem(TypedDict):
    """One notice (`Message.notices`)."""

    code: str
    message: str


class UsageItem(TypedDict, total=False):
    """Tokens and milliseconds (`Message.usage`); what is unknown is left out."""

    input_tokens: int
    output_tokens: int
    first_token_ms: int
    total_ms: int


class CitationItem(TypedDict):
    """One citation of the answer (`Message.citations`), and whether its lines exist.

    `state`: see CitationState; not in rows stored before it was, nor where it is not known
    what the model read. An answer has no changed or unsupported ones: pages of a wiki do.
    """

    path: str
    start: int
    end: int
    found: bool
    state: NotRequired[Literal["read", "exists", "missing", "changed", "unsupported"]]


class StageItem(TypedDict):
    """One round of Deep Research (`Message.stages`): its `research` event and `at`.

    `at` is the offset, in characters, of the round's text in the answer.
    """

    event: str
    iteration: int
    of: int
    stage: str
    looking_for: NotRequired[str]
    passages: NotRequired[int]
    at: int


class StepItem(TypedDict):
    """One call of a tool (`Message.steps`): the last `step` event with its `n`.

    `state` is done or failed; running only while the answer is being written. `passages`
    are the lines that were read, as `path:L1-L2`.
    """

    n: int
    tool: str
    arguments: dict[str, Any]
    state: str
    summary: str
    code: str
    parameters: NotRequired[dict[str, str | int]]
    passages: list[str]
    ms: NotRequired[int]
    tokens: NotRequired[int]


class AttachmentItem(TypedDict):
    """One file that a question has (`Message.attachments`). `size` is in bytes."""

    id: str
    name: str
    media_type: str
    size: int
