"""Answers given a short while ago: the very same question need not be paid for twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chat.core.events import Usage
from chat.core.ports import Model, Retrieved
from chat.core.request import ChatRequest, Turn


@dataclass(frozen=True)
class CachedAnswer:
    """A complete answer and what it had cost."""

    text: str
    usage: Usage


class AnswerCache(Protocol):
    """Keeps complete answers for a few minutes."""

    async def get(self, key: str) -> CachedAnswer | None: ...

    async def put(self, key: str, answer: CachedAnswer) -> None: ...


class NoAnswerCache:
    """Answers that keeps none."""

    async def get(self, key: str) -> CachedAnswer | None:
        return None

    async def put(self, key: str, answer: CachedAnswer) -> None:
        return


def cache_key(request: ChatRequest, history: Sequence[Turn], found: Retrieved, model: Model) -> str:
    """Names a question with all that its answer depends on.

    That is the repository's row (two people's private rows of one address are two), its commit, the passages found, the
    whole conversation, the model, the language, the file and the filters.
    """
    turns = [*history, request.messages[-1]]
    parts = [
        found.repository_id,
        found.commit,
        [passage.cite for passage in found.passages],
        request.file_path,
        [(turn.role, turn.content) for turn in turns],
        model.provider,
        model.id,
        request.language,
        sorted(request.filters.items()),
    ]
    return hashlib.sha256(
        json.dumps(parts, default=str).encode("utf-8", "surrogatepass")
    ).hexdigest()
