"""The providers and limits of this process, from the settings."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from chat.core.ports import AgentLimits, AnswerLimits
from chat.core.request import ChatRequest, parse
from chat.core.request_json import RequestLimits, decode
from chat.providers import Providers, load_models
from chat.providers.base import Timeouts


@lru_cache(maxsize=1)
def providers() -> Providers:
    """The providers of this process, from the settings."""
    return Providers(
        load_models(settings.MODELS_FILE),
        settings.PROVIDER_ENVIRONMENT,
        settings.PROVIDER,
        Timeouts(settings.FIRST_TOKEN_SECONDS, settings.TOKEN_IDLE_SECONDS, settings.CALL_SECONDS),
        settings.OLLAMA_DISCOVERY,
        settings.PUBLIC_URL,
        settings.MODEL_LISTS,
    )


def refreshed_providers() -> Providers:
    """As `providers`; the services' lists of models are refreshed in the background.

    The first call of a process may block for half a second.
    """
    known = providers()
    known.refresh_models()
    return known


def request_limits() -> RequestLimits:
    """How large a request may be, from the settings."""
    return RequestLimits(settings.MESSAGE_BYTES, settings.CONTENT_CHARS, settings.HISTORY_MESSAGES)


def answer_limits() -> AnswerLimits:
    """How long an answer may be and take, from the settings."""
    return AnswerLimits(settings.ANSWER_CHARS, settings.ANSWER_SECONDS)


def agent_limits() -> AgentLimits:
    """How much an agent may look for, from the settings."""
    return AgentLimits(
        turns=settings.AGENT_TURNS,
        research_turns=settings.RESEARCH_TURNS,
        calls=settings.AGENT_CALLS,
        tokens=settings.AGENT_TOKENS,
    )


def read_request(data: str | bytes) -> ChatRequest:
    """Decode a frame or body. Raises BadRequest, RequestTooLarge."""
    limits = request_limits()
    return parse(decode(data, limits), limits)
