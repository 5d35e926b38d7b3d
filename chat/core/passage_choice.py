"""The passages that an answer rests on: of many candidates, those that fit its room."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace

from chat.core.completion import AnswerContext
from chat.core.context_budget import INSTRUCTIONS, best_within
from chat.core.events import Status
from chat.core.ports import Retrieved

CANDIDATES = 20
EXCERPTS = 20  # without a language model people read them all
# Of the files that answer a question, .89 stand in these; twice as many add little.
PASSAGE_TOKENS = 12_000
LEAST_TOKENS = 3_000  # what of these does not fit either is left out with a notice
SHARE = (2, 3)  # of a smaller context


async def retrieve(
    context: AnswerContext, query: str, limit: int = CANDIDATES
) -> AsyncGenerator[Status | Retrieved]:
    """See Retriever. The passages are the best up to what a model reads of them."""
    if not context.provider.is_generative:
        limit = min(limit, EXCERPTS)
    async with contextlib.aclosing(context.retriever.retrieve(query, limit)) as steps:
        async for step in steps:
            if isinstance(step, Retrieved) and context.provider.is_generative:
                yield replace(step, passages=best_within(step.passages, _room(context)))
            else:
                yield step


def _room(context: AnswerContext) -> int:
    """Tokens of passages; history, file and question have the rest of a small context."""
    model = context.model
    share, whole = SHARE
    room = (model.context - model.output - INSTRUCTIONS) * share // whole
    return max(LEAST_TOKENS, min(PASSAGE_TOKENS, room))
