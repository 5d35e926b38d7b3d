"""Is an Ollama running, and which models does it have? Asked of its own API, without the SDK.

API: https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

SECONDS = 0.5
CONTEXT = 8_192
OUTPUT = 2_048
DEFAULT_PORT = 11434


def base_of(address: str) -> str:
    """OLLAMA_HOST in any of the forms Ollama itself takes, as an http address without a path."""
    base = address.strip().rstrip("/").removesuffix("/v1")
    base = base if "://" in base else f"http://{base}"
    scheme, _, rest = base.partition("://")
    host = rest.replace("0.0.0.0", "localhost", 1)  # noqa: S104 - where it listens, not where to reach it
    return (
        f"{scheme}://{host}"
        if ":" in host or scheme == "https"
        else f"{scheme}://{host}:{DEFAULT_PORT}"
    )


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
