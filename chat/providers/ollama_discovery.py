"""Discovery of a running Ollama and its models through its own API, without the SDK.

API: https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from chat.providers.adapters import Adapter, ModelEntry, ProviderSettings
from deepwiki.foundation.ollama_address import ollama_address

SECONDS = 0.5
MAX_REPLY_BYTES = 1_000_000
CONTEXT = 8_192
OUTPUT = 2_048


@dataclass(frozen=True)
class OllamaAdapter(Adapter):
    """Ready if OLLAMA_HOST is set, or an Ollama was discovered."""

    def is_ready(self, settings: ProviderSettings) -> bool:
        """See Adapter."""
        return bool(settings.own_address or settings.discovered_models)

    def discover(self, settings: ProviderSettings) -> list[ModelEntry]:
        """See Adapter."""
        return running_models(settings.address)


def running_models(address: str) -> list[ModelEntry]:
    """The models of the Ollama at `address`; empty when none answers within SECONDS.

    Blocks.
    """
    try:
        names = [str(model["name"]) for model in _tags(address)["models"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return [_model_entry(name) for name in names if "embed" not in name]


def _tags(address: str) -> Any:
    url = f"{ollama_address(address)}/api/tags"
    with urlopen(url, timeout=SECONDS) as reply:  # noqa: S310 - from the settings
        return json.loads(_body(reply))


def _body(reply: Any) -> bytes:
    """The body, at most MAX_REPLY_BYTES of it. Raises TimeoutError after SECONDS in all."""
    deadline = time.monotonic() + SECONDS
    body = bytearray()
    while chunk := reply.read1(MAX_REPLY_BYTES - len(body)):
        body += chunk
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(body)


def _model_entry(name: str) -> ModelEntry:
    return {
        "id": name,
        "label": name.removesuffix(":latest"),
        "context": CONTEXT,
        "output": OUTPUT,
        "options": {"temperature": 0.2},
    }
