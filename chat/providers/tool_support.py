"""Which models call tools, as the services' lists say.

OpenRouter's `supported_parameters`, Mistral's and LM Studio's `capabilities`, and those of
Ollama's `POST /api/show`, which is asked of each model.
https://openrouter.ai/docs/api-reference/list-available-models
https://github.com/ollama/ollama/blob/main/docs/api.md#show-model-information
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx2

from chat.providers.image_support import told_by

Json = dict[str, Any]

# How many of an Ollama's models are asked.
MAX_ASKED = 40
MAX_ASKING_SECONDS = 5.0
ABILITIES = {"tools", "tool_use", "function_calling"}


def listed_tools(item: Json) -> Json:
    """`lists_tools` of a model's entry; empty where the list does not tell."""
    parameters, abilities = item.get("supported_parameters"), item.get("capabilities")
    if isinstance(parameters, list):
        return {"lists_tools": "tools" in parameters}
    if isinstance(abilities, dict) and "function_calling" in abilities:
        return {"lists_tools": bool(abilities["function_calling"])}
    if isinstance(abilities, list) and any(each in abilities for each in ABILITIES):
        return {"lists_tools": True}
    return {}


async def ask_ollama(
    client: httpx2.AsyncClient, address: str, models: Sequence[Json], seconds: float
) -> None:
    """Add `lists_tools` and `lists_images` to the models of which an Ollama tells it within `seconds`."""
    asked = {
        asyncio.create_task(_abilities(client, address, model["id"])): model
        for model in models[:MAX_ASKED]
    }
    if not asked:
        return
    try:
        told, _ = await asyncio.wait(asked, timeout=min(seconds, MAX_ASKING_SECONDS))
        for task in told:
            if task.result():
                asked[task]["lists_tools"] = "tools" in task.result()
                asked[task]["lists_images"] = told_by(task.result())
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


async def _abilities(client: httpx2.AsyncClient, address: str, model: str) -> list[Any]:
    """The capabilities of a model; none from an Ollama that does not tell them."""
    try:
        reply = await client.post(f"{address}/api/show", json={"model": model})
        shown = reply.json()
    except (httpx2.HTTPError, ValueError, RecursionError):
        return []
    if not isinstance(shown, dict) or not isinstance(shown.get("capabilities"), list):
        return []
    return list(shown["capabilities"])
