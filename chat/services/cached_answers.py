"""Recent complete answers, in Django's cache."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, astuple

from django.conf import settings
from django.core.cache import cache

from chat.core.answer_cache import CachedAnswer
from chat.core.citations import Citation
from chat.core.events import Usage
from deepwiki.foundation.text import clean_text
from deepwiki.foundation.threads import in_thread

KEY_PREFIX = "answer:"


class DjangoAnswerCache:
    """Keeps answers for DEEPWIKI_CACHE_SECONDS; 0 keeps none. Never raises."""

    async def get(self, key: str) -> CachedAnswer | None:
        """The answer stored under `key`, None if there is none or the cache is down."""
        if not settings.CACHE_SECONDS:
            return None
        try:
            value = await in_thread(cache.get, KEY_PREFIX + key)
        except Exception:
            return None
        if not value:
            return None
        read = tuple(Citation(*place) for place in value.get("read", ()))
        return CachedAnswer(clean_text(value["text"]), Usage(**value["usage"]), read)

    async def put(self, key: str, answer: CachedAnswer) -> None:
        """Store a complete answer."""
        if not settings.CACHE_SECONDS:
            return
        value = {
            "text": answer.text,
            "usage": asdict(answer.usage),
            "read": [astuple(place) for place in answer.read],
        }
        with contextlib.suppress(Exception):
            await in_thread(cache.set, KEY_PREFIX + key, value, settings.CACHE_SECONDS)
