"""Answers given a moment ago, in Django's cache."""

from __future__ import annotations

from dataclasses import asdict

from django.conf import settings
from django.core.cache import cache

from chat.core.answer_cache import CachedAnswer
from chat.core.events import Usage
from deepwiki.foundation.threads import in_thread

PREFIX = "answer:"


class DjangoAnswerCache:
    """Answers kept for DEEPWIKI_CACHE_SECONDS. A cache that is away keeps none, and hinders nothing."""

    async def get(self, key: str) -> CachedAnswer | None:
        if not settings.CACHE_SECONDS:
            return None
        try:
            kept = await in_thread(cache.get, PREFIX + key)
        except Exception:
            return None
        return CachedAnswer(kept["text"], Usage(**kept["usage"])) if kept else None

    async def put(self, key: str, answer: CachedAnswer) -> None:
        if not settings.CACHE_SECONDS:
            return
        try:
            value = {"text": answer.text, "usage": asdict(answer.usage)}
            await in_thread(cache.set, PREFIX + key, value, settings.CACHE_SECONDS)
        except Exception:
            return
