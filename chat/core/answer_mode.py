"""How a question is answered: by one search, by an agent, or as Deep Research."""

from __future__ import annotations

from typing import Literal

from chat.core.completion import AnswerContext
from chat.core.question_depth import is_simple
from chat.core.request import ChatRequest

AnswerMode = Literal["quick", "agent", "research"]


def answer_mode(context: AnswerContext, *, is_tagged: bool) -> AnswerMode:
    """The mode that the request names, or what the rest of the request means.

    `is_tagged`: the conversation holds the tag of Deep Research. Without a language model
    there is one way to answer; without tools, two.
    """
    mode = _wanted(context.request, is_tagged=is_tagged)
    if mode in _possible(context):
        return mode
    return "quick"


def _possible(context: AnswerContext) -> tuple[AnswerMode, ...]:
    if not context.provider.is_generative:
        return ()
    if context.tools is None:
        return ("research",)
    return ("research", "agent")


def _wanted(request: ChatRequest, *, is_tagged: bool) -> AnswerMode:
    match request.mode:
        case "quick" | "agent" | "research":
            return request.mode
    if request.deep_research or is_tagged:
        return "research"
    if request.mode == "auto" and not is_simple(request.question):
        return "agent"
    return "quick"
