"""Which embedders are in use, by name. Adding one: a file like its neighbours, and a line in MAKERS."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from repos.embedders.base import Embedder, EmbedderError

LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")
OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufdff\uff66-\uffdc]")


@dataclass(frozen=True)
class EmbedderConfig:
    """What the settings say: an embedder's name, its model and dimension where given, keys and addresses."""

    name: str = "local"
    model: str = ""
    dimension: int = 0
    environment: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)


def _local(config: EmbedderConfig) -> list[Embedder]:
    from repos.embedders.minilm import MiniLM
    from repos.embedders.multilingual_use import MultilingualUSE

    return [MiniLM(), MultilingualUSE()]


def _openai(config: EmbedderConfig) -> list[Embedder]:
    from repos.embedders.openai_compatible import OpenAICompatibleEmbedder

    key = config.environment.get("OPENAI_API_KEY") or _missing("OPENAI_API_KEY")
    base_url = config.environment.get("OPENAI_BASE_URL") or None
    return [
        OpenAICompatibleEmbedder(
            "openai", config.model or "text-embedding-3-small", key, base_url, config.dimension
        )
    ]


def _ollama(config: EmbedderConfig) -> list[Embedder]:
    from repos.embedders.openai_compatible import OpenAICompatibleEmbedder

    host = (config.environment.get("OLLAMA_HOST") or "http://localhost:11434").rstrip("/")
    return [
        OpenAICompatibleEmbedder(
            "ollama", config.model or "nomic-embed-text", "ollama", f"{host}/v1", config.dimension
        )
    ]


def _google(config: EmbedderConfig) -> list[Embedder]:
    from repos.embedders.openai_compatible import OpenAICompatibleEmbedder

    key = config.environment.get("GOOGLE_API_KEY") or _missing("GOOGLE_API_KEY")
    base = (
        config.environment.get("GOOGLE_OPENAI_COMPATIBLE")
        or "https://generativelanguage.googleapis.com/v1beta/openai/"
    )
    return [
        OpenAICompatibleEmbedder(
            "google", config.model or "gemini-embedding-001", key, base, config.dimension or 768
        )
    ]


def _fake(config: EmbedderConfig) -> list[Embedder]:
    from repos.embedders.fake import FakeEmbedder

    return [FakeEmbedder(f"fake/{config.model or 'hashing'}")]


MAKERS: dict[str, Callable[[EmbedderConfig], list[Embedder]]] = {
    "local": _local,
    "openai": _openai,
    "ollama": _ollama,
    "google": _google,
    "fake": _fake,
    "none": lambda config: [],
}


@lru_cache(maxsize=8)
def configured(config: EmbedderConfig) -> tuple[Embedder, ...]:
    """The embedders every index gets, the first one the main. Raises EmbedderError on an unusable setting."""
    maker = MAKERS.get(config.name)
    if maker is None:
        raise EmbedderError(f"DEEPWIKI_EMBEDDER must be one of {', '.join(MAKERS)}.")
    return tuple(maker(config))


def for_question(question: str, available: tuple[Embedder, ...]) -> Embedder | None:
    """The embedder to search with: the main one, unless the question is mostly in another script.

    Identifiers in a Chinese question are Latin words too, so it is the share of other characters that decides.
    """
    if not available:
        return None
    latin = sum(len(word) for word in LATIN_WORD.findall(question))
    if len(OTHER_SCRIPT.findall(question)) * 2 > latin:
        return next((embedder for embedder in available if embedder.multilingual), available[0])
    return available[0]


def _missing(name: str) -> str:
    raise EmbedderError(f"The chosen embedder needs {name} in the settings.")
