"""The embedders by name. Adding one: a file like its neighbours and a line in FACTORIES."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import lru_cache

from deepwiki.foundation.text import is_mostly_non_latin
from repos.embedders.base import Embedder, EmbedderConfig, EmbedderError

# Name in the settings -> the functions that create its embedders, the main one first, as
# module:function of this package. Imported when used: most load large libraries.
FACTORIES: dict[str, tuple[str, ...]] = {
    "local": ("minilm:create", "multilingual_use:create"),
    "openai": ("openai_compatible:create_openai",),
    "ollama": ("openai_compatible:create_ollama",),
    "google": ("openai_compatible:create_google",),
    "fake": ("fake:create",),
    "none": (),
}


@lru_cache(maxsize=8)
def configured(config: EmbedderConfig) -> tuple[Embedder, ...]:
    """The embedders of every index, the main one first.

    Raises EmbedderError if a setting is unusable.
    """
    factories = FACTORIES.get(config.name)
    if factories is None:
        raise EmbedderError("unknown_embedder", names=", ".join(FACTORIES))
    return tuple(_factory(name)(config) for name in factories)


def for_question(question: str, available: tuple[Embedder, ...]) -> Embedder | None:
    """The embedder to search with, None if none is available.

    The main one, or a multilingual one if the question is mostly in another script.
    """
    if not available:
        return None
    if is_mostly_non_latin(question):
        return next((embedder for embedder in available if embedder.multilingual), available[0])
    return available[0]


def _factory(name: str) -> Callable[[EmbedderConfig], Embedder]:
    module, _, function = name.partition(":")
    factory: Callable[[EmbedderConfig], Embedder] = getattr(
        importlib.import_module(f"repos.embedders.{module}"), function
    )
    return factory
