"""The services' lists of models, refreshed in the background."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chat.providers.adapters import ProviderSettings

logger = logging.getLogger(__name__)

SECONDS = 10.0
REFRESH_SECONDS = 900.0
# A service that did not answer, and an Ollama, which comes and goes with its machine.
RETRY_SECONDS = 30.0
OLLAMA_SECONDS = 1.0


@dataclass(frozen=True)
class ListSource:
    """A service to ask. `is_found`: nobody named its address, so it may be gone at any time."""

    list_format: str
    settings: ProviderSettings
    is_found: bool = False

    @property
    def seconds(self) -> float:
        return OLLAMA_SECONDS if self.is_found else SECONDS


@dataclass(frozen=True)
class ModelList:
    """The models of a service when it last answered, newest first.

    `fails`: it did not answer since.
    """

    models: tuple[dict[str, Any], ...] = ()
    fetched_at: datetime | None = None
    fails: bool = False


@dataclass
class LiveModels:
    """The lists by provider. `refresh` returns at once; a thread asks the services."""

    lists: dict[str, ModelList] = field(default_factory=dict)
    _due_at: dict[str, float] = field(default_factory=dict)  # monotonic
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def models(self, provider: str) -> tuple[dict[str, Any], ...]:
        """The models of a provider; none before its service has answered."""
        known = self.lists.get(provider)
        return known.models if known else ()

    def refresh(self, sources: Mapping[str, ListSource]) -> None:
        """Ask the services whose lists are due, unless that is being done."""
        now = time.monotonic()
        with self._lock:
            due = {name: one for name, one in sources.items() if self._due_at.get(name, 0) <= now}
            if not due or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(
                target=self._fetch, args=[due], name="model-lists", daemon=True
            )
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Block until the services that are being asked have answered, or `seconds`."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _fetch(self, sources: Mapping[str, ListSource]) -> None:
        asyncio.run(self._fetch_all(sources))

    async def _fetch_all(self, sources: Mapping[str, ListSource]) -> None:
        await asyncio.gather(*(self._fetch_one(name, one) for name, one in sources.items()))

    async def _fetch_one(self, name: str, source: ListSource) -> None:
        from chat.providers.model_lists import fetch_models  # loads an HTTP client

        wait = RETRY_SECONDS
        try:
            models = await fetch_models(source.list_format, source.settings, source.seconds)
        except Exception as error:
            self._keep_last(name, source, error)
        else:
            self.lists[name] = ModelList(tuple(models), datetime.now(UTC))
            wait = RETRY_SECONDS if source.is_found else REFRESH_SECONDS
        self._due_at[name] = time.monotonic() + wait

    def _keep_last(self, name: str, source: ListSource, error: Exception) -> None:
        last = self.lists.get(name, ModelList())
        if not (last.fails or source.is_found):
            # Once. Its text may hold an address or a key.
            logger.warning("no list of models from %s: %s", name, type(error).__name__)
        if source.is_found:
            last = ModelList()
        self.lists[name] = ModelList(last.models, last.fetched_at, fails=True)
