"""Ollama on this machine or another: found by itself when it runs, its models listed.

Chat goes through its OpenAI-compatible API; the list of models through its own.
API: https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import openai

from chat.providers.openai_compatible import OpenAICompatible

SECONDS = 0.5
CONTEXT = 8_192
OUTPUT = 2_048
DEFAULT_PORT = 11434


class Ollama(OpenAICompatible):
    """One Ollama."""

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            api_key="ollama",
            base_url=f"{base_of(self.config.address)}/v1",
            max_retries=0,
            timeout=self.seconds,
            http_client=self.transport(),
        )


def base_of(address: str) -> str:
    """OLLAMA_HOST in any of the forms Ollama itself takes, as an http address without a path."""
    base = address.strip().rstrip("/").removesuffix("/v1")
    base = base if "://" in base else f"http://{base}"
    scheme, _, rest = base.partition("://")
    host = rest.replace("0.0.0.0", "localhost", 1)  # noqa: S104 - where it listens, not where to reach it
    return f"{scheme}://{host}" if ":" in host or scheme == "https" else f"{scheme}://{host}:{DEFAULT_PORT}"


def running_models(address: str) -> list[dict[str, Any]]:
    """The models an Ollama has, as entries of the models file; empty when none answers. Blocks up to half a second."""
    try:
        with urllib.request.urlopen(f"{base_of(address)}/api/tags", timeout=SECONDS) as reply:  # noqa: S310 - from the settings
            listed = json.loads(reply.read(1_000_000))
        names = [str(model["name"]) for model in listed["models"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return [
        {
            "id": name,
            "label": name.removesuffix(":latest"),
            "context": CONTEXT,
            "output": OUTPUT,
            "options": {"temperature": 0.2},
        }
        for name in names
        if "embed" not in name
    ]
