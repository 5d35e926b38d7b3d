"""What is searched for: a follow-up, or a question in another language, becomes words that stand in the code.

"And where is it called?" finds nothing by itself, and a Japanese question shares few words with English code. Where a
model is there it is asked, in a few tokens, for the search words; where none is, or it takes too long, the question
before lends its words.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from dataclasses import replace

from chat.core import prompt
from chat.core.errors import ProviderError
from chat.core.generation import AnswerContext
from chat.core.ports import Text
from chat.core.request import Turn
from chat.core.research_rounds import untagged

SECONDS = 6.0
OUTPUT_TOKENS = 120
MOST_CHARS = 400
TURN_CHARS = 1_500
SHORT_WORDS = 8
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufdff\uff66-\uffdc]")


async def rewrite(context: AnswerContext, question: str) -> str:
    """The text to search with: the question itself, with the model's search words behind it where they help."""
    if not (context.history or in_another_script(question)):
        return question
    words = await _words(context, question) if context.provider.is_generative else ""
    return f"{question}\n{words}" if words else with_the_question_before(question, context.history)


def in_another_script(text: str) -> bool:
    """Is the text mostly in a script that code is not written in?"""
    return len(_OTHER_SCRIPT.findall(text)) * 2 > sum(map(len, _LATIN_WORD.findall(text)))


def with_the_question_before(question: str, history: Sequence[Turn]) -> str:
    """A short follow-up together with the question before it."""
    asked = [turn.content for turn in history if turn.role == "user"]
    if asked and len(question.split()) < SHORT_WORDS:
        return f"{question}\n{untagged(asked[-1])[:500]}"
    return question


async def _words(context: AnswerContext, question: str) -> str:
    recent = [Turn(turn.role, turn.content[:TURN_CHARS]) for turn in context.history[-4:]]
    asked = prompt.build_query(question=question[:TURN_CHARS], history=recent)
    model = replace(context.model, output=min(OUTPUT_TOKENS, context.model.output))
    text, counted = "", None
    try:
        async with (
            asyncio.timeout(SECONDS),
            contextlib.aclosing(context.provider.stream(asked, model)) as pieces,
        ):
            async for piece in pieces:
                if isinstance(piece, Text):
                    text += piece.text
                else:
                    counted = piece
                if len(text) > MOST_CHARS:
                    break
    except (ProviderError, TimeoutError):
        return ""  # the answer itself will say what is wrong with the service
    context.record_usage(asked, text, counted)
    return " ".join(text.split())[:MOST_CHARS]
