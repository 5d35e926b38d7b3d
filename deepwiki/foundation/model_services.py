"""The environment variables of services that host language models and embeddings: those that
the sections of a models file name, and those that embedders or one adapter alone read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OLLAMA = "ollama"
TEXTS = ("OPENAI_API_KEY", "GOOGLE_API_KEY", "AZURE_OPENAI_VERSION")
ADDRESSES = ("OPENAI_BASE_URL", "OLLAMA_HOST", "GOOGLE_OPENAI_COMPATIBLE")


def text_variables(providers: Mapping[str, Any]) -> set[str]:
    """The names of keys and versions."""
    keys = (section.get("key") for section in _sections(providers))
    return {*TEXTS, *(key for key in keys if isinstance(key, str) and key)}


def address_variables(providers: Mapping[str, Any]) -> set[str]:
    """The names of addresses."""
    addresses = (section.get("address") for section in _sections(providers))
    pairs = [address for address in addresses if isinstance(address, list) and address]
    return {*ADDRESSES, *(name for name, *_ in pairs if isinstance(name, str) and name)}


def ollama_variables(providers: Mapping[str, Any]) -> set[str]:
    """Those of `address_variables` that name an Ollama."""
    sections = {
        name: section
        for name, section in providers.items()
        if isinstance(section, dict) and section.get("adapter") == OLLAMA
    }
    return {"OLLAMA_HOST", *(address_variables(sections) - set(ADDRESSES))}


def _sections(providers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Anything of another shape is left to the check of the whole file."""
    return [section for section in providers.values() if isinstance(section, dict)]
