"""The environment variables of services that host language models and embeddings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Those of embedders, and those that one adapter alone reads.
FIXED = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OLLAMA_HOST",
    "GOOGLE_API_KEY",
    "GOOGLE_OPENAI_COMPATIBLE",
    "AZURE_OPENAI_VERSION",
)


def variables(providers: Mapping[str, Any]) -> set[str]:
    """FIXED, and the variables that the sections of a models file name."""
    return {*FIXED, *_named_by(providers)}


def _named_by(providers: Mapping[str, Any]) -> Iterator[str]:
    # Sections of the wrong shape are left to the check of the whole file.
    for section in providers.values():
        if not isinstance(section, dict):
            continue
        address = section.get("address")
        names = [section.get("key")]
        if isinstance(address, list):
            names += address[:1]
        yield from (name for name in names if isinstance(name, str) and name)
