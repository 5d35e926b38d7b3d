"""The embedders by name. Adding one: a file like its neighbours and a line in FACTORIES."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import lru_cache

from deepwiki.foundation.text import is_mostly_non_latin
from repos.embedders.base import Embedder, EmbedderConfig, EmbedderError

Embedders = tuple[Embedder, ...]
Factory = Callable[[EmbedderConfig], Embedder]

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
def configured(config: EmbedderConfig) -> Embedders:
    """The embedders of every index, the main one first.

    Raises EmbedderError if a setting is unusable.
    """
    return tuple(_factory(name)(config) for name in _factory_names(config.name))


def for_question(question: str, available: Embedders) -> Embedder | None:
    """The embedder to search with, None if none is available.

    The main one, or a multilingual one if the question is mostly in another script.
    """
    if not available:
        return None
    if is_mostly_non_latin(question):
        return _multilingual(available) or available[0]
    return available[0]


def _multilingual(available: Embedders) -> Embedder | None:
    return next((embedder for embedder in available if embedder.multilingual), None)


def _factory_names(embedder: str) -> tuple[str, ...]:
    """A value of FACTORIES. Raises EmbedderError for an unknown name."""
    names = FACTORIES.get(embedder)
    if names is None:
        raise EmbedderError("unknown_embedder", names=", ".join(FACTORIES))
    return names


def _factory(name: str) -> Factory:
    module_name, _, function = name.partition(":")
    module = importlib.import_module(f"repos.embedders.{module_name}")
    factory: Factory = getattr(module, function)
    return factory
