"""The embedders by name. Adding one: a file like its neighbours and a line in FACTORIES."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import lru_cache

from repos.embedders.base import Embedder, EmbedderConfig, EmbedderError

Factory = Callable[[EmbedderConfig], Embedder]

# Name in the settings -> the function that creates the embedder, as module:function of this
# package; empty for none. Imported when used: most load large libraries.
FACTORIES: dict[str, str] = {
    "local": "multilingual_use:create",
    "minilm": "minilm:create",
    "openai": "openai_compatible:create_openai",
    "ollama": "openai_compatible:create_ollama",
    "google": "openai_compatible:create_google",
    "fake": "fake:create",
    "none": "",
}


@lru_cache(maxsize=8)
def configured(config: EmbedderConfig) -> tuple[Embedder, ...]:
    """The embedders of every index: one, or none.

    Raises EmbedderError if a setting is unusable.
    """
    factory = FACTORIES.get(config.name)
    if factory is None:
        raise EmbedderError("unknown_embedder", names=", ".join(FACTORIES))
    if not factory:
        return ()
    return (_function(factory)(config),)


def _function(name: str) -> Factory:
    function: Factory = pkgutil.resolve_name(f"repos.embedders.{name}")
    return function
