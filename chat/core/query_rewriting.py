"""Search queries from questions: terms that occur in code.

"And where is it called?" retrieves nothing by itself, and a Japanese question shares
few terms with English code. A generative model is asked for search terms, in a few
tokens. Without one, or if it fails or takes too long, the previous question is added to
a short follow-up.
"""

from __future__ import annotations

import contextlib

from chat.core.completion import AnswerContext
from chat.core.errors import ProviderError
from chat.core.ports import Retrieved
from chat.core.prompt import Prompt, build_query_prompt
from chat.core.request import Turn
from chat.core.research_rounds import untagged
from chat.core.short_reply import short_reply
from deepwiki.foundation.text import is_mostly_non_latin

SECONDS = 6.0
HISTORY_TURNS = 4
TURN_CHARS = 1_500
PREVIOUS_CHARS = 500
# Of a longer question, so much at each end is searched for: a client that sends a file tree asks
# its question before or behind it.
SEARCHED_CHARS = 4_000
# How a passage may be found though no word of the question stands in it.
WITHOUT_WORDS = frozenset(("meaning", "used", "uses", "test", "tested"))
MATCHES = 20  # passages looked at for the words of a follow-up
SHORT_WORDS = 8  # a question with fewer words counts as a short follow-up


async def rewrite(context: AnswerContext, question: str) -> str:
    """The search query: the question, followed by search terms where they help.

    Of a question longer than 2 * SEARCHED_CHARS, its beginning and its end.
    """
    question = _searched(question)
    if not _needs_terms(context, question):
        return question
    terms = await _search_terms(context, question)
    if terms:
        return f"{question}\n{terms}"
    previous = _previous_question(context, question)
    if not previous or await _finds_nothing(context, question):
        return question
    return f"{question}\n{previous}"


def _searched(question: str) -> str:
    if len(question) <= 2 * SEARCHED_CHARS:
        return question
    return f"{question[:SEARCHED_CHARS]}\n{question[-SEARCHED_CHARS:]}"


def _needs_terms(context: AnswerContext, question: str) -> bool:
    return bool(context.history) or is_mostly_non_latin(question)


def _previous_question(context: AnswerContext, question: str) -> str:
    """The beginning of what was asked before a short follow-up; else empty."""
    previous = [turn.content for turn in context.history if turn.role == "user"]
    if not previous or len(question.split()) >= SHORT_WORDS:
        return ""
    return untagged(previous[-1])[:PREVIOUS_CHARS]


async def _finds_nothing(context: AnswerContext, question: str) -> bool:
    """Whether the question has words of its own, and none of them stands in the repository.

    Then the passages of the previous question would be no answer to it.
    """
    async with contextlib.aclosing(context.retriever.retrieve(question, MATCHES)) as steps:
        async for step in steps:
            if isinstance(step, Retrieved):
                matches = {passage.match_reason for passage in step.passages}
                return step.has_terms and not matches - WITHOUT_WORDS
    return False


async def _search_terms(context: AnswerContext, question: str) -> str:
    """The model's search terms on one line; empty if it gives none in time.

    Records the cost.
    """
    if not context.provider.is_generative:
        return ""
    prompt = _query_prompt(context, question)
    try:
        text, tokens = await short_reply(context.provider, context.model, prompt, SECONDS)
    except (ProviderError, TimeoutError):
        return ""  # the completion of the answer will report what is wrong with the service
    context.meter.record_usage(tokens.input_tokens, tokens.output_tokens)
    return " ".join(text.split())


def _query_prompt(context: AnswerContext, question: str) -> Prompt:
    recent = context.history[-HISTORY_TURNS:]
    history = [Turn(turn.role, turn.content[:TURN_CHARS]) for turn in recent]
    return build_query_prompt(question[:TURN_CHARS], history)
