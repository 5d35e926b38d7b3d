"""The cache of recent answers: an identical question is not paid for twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chat.core.citations import Citation
from chat.core.events import Usage
from chat.core.ports import Model, Retrieved
from chat.core.request import ChatRequest, Turn


@dataclass(frozen=True)
class CachedAnswer:
    """A complete answer, what it cost, and the lines that its model read."""

    text: str
    usage: Usage
    read: tuple[Citation, ...] = ()


class AnswerCache(Protocol):
    """Stores complete answers for a few minutes."""

    async def get(self, key: str) -> CachedAnswer | None: ...

    async def put(self, key: str, answer: CachedAnswer) -> None: ...


class NoAnswerCache:
    """An AnswerCache that stores nothing."""

    async def get(self, key: str) -> CachedAnswer | None:
        return None

    async def put(self, key: str, answer: CachedAnswer) -> None:
        return


def cache_key(
    request: ChatRequest, history: Sequence[Turn], retrieved: Retrieved, model: Model
) -> str:
    """A hash of everything that an answer depends on, as hexadecimal digits.

    That is the repositories' rows (private rows of two people may share an address), their
    commits, the passages, the conversation, the model, the language, the file and the
    filters.
    """
    turns = [*history, request.messages[-1]]
    parts = [
        retrieved.repository_id,
        retrieved.commit,
        [(one.id, one.commit) for one in retrieved.repositories],
        [passage.cite for passage in retrieved.passages],
        request.file_path,
        [(turn.role, turn.content) for turn in turns],
        model.provider,
        model.id,
        request.language,
        sorted(request.filters.items()),
    ]
    serialized = json.dumps(parts, default=str).encode("utf-8", "surrogatepass")
    return hashlib.sha256(serialized).hexdigest()
