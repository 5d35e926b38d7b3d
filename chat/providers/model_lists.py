"""The lists of models that services offer: how each is asked, and what it replies.

OpenAI's `GET /models` with the additions of OpenRouter, Groq, Mistral, vLLM and LM
Studio; Azure's deployments; Gemini's `models.list`; Ollama's `GET /api/tags`. Models
that do not chat are left out.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from chat.providers.adapters import ModelEntry, ProviderSettings
from chat.providers.image_support import listed_images
from chat.providers.tool_support import ask_ollama, listed_tools
from deepwiki.foundation.bounded_http import UNCOMPRESSED, bound_reply_async
from deepwiki.foundation.ollama_address import ollama_address

MAX_REPLY_BYTES = 8_000_000
ABILITIES_SHARE = 0.75  # of the time that the list left, for what Ollama says of each model
MAX_MODELS = 2_000
MAX_NAME_CHARS = 200
TOKENS = 1_000_000  # that a price is for
# The newest release of Azure's API that lists deployments.
AZURE_VERSION = "2023-03-15-preview"
GOOGLE_HOST = "generativelanguage.googleapis.com"
LOOPBACK = ("127.0.0.1", "localhost")
NOT_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|image|audio|realtime|transcri|moderation|rerank|guard|sora|veo"
    r"|davinci|babbage|instruct-0914|turbo-instruct|computer-use|speech|bge-|nomic-bert|minilm"
)
NOT_CHAT_TYPES = {"embedding", "embeddings", "image", "audio", "moderation", "rerank", "transcribe"}
NAME = re.compile(r"[\w.:/@+\-~ ]+")
CONTEXT_KEYS = ("context_length", "context_window", "max_model_len", "max_context_length")
OUTPUT_KEYS = ("max_completion_tokens", "max_output_tokens")
# Its list does not tell how long a context it was started with.
OLLAMA_FALLBACK = {"context": 8_192, "output": 2_048}

Json = dict[str, Any]
Entries = Iterator[ModelEntry]


@dataclass(frozen=True)
class ListRequest:
    """Where a list is, and the headers that open it."""

    url: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ListFormat:
    """How a kind of service is asked for its models, and its reply read."""

    request: Callable[[ProviderSettings], ListRequest]
    entries: Callable[[Any], Entries]


async def fetch_models(list_format: str, settings: ProviderSettings, seconds: float) -> list[Json]:
    """The models of a service, newest first; of an Ollama also those that it says no more of.

    Raises TimeoutError after `seconds` in all, httpx2.HTTPError, ValueError.
    """
    known = FORMATS[list_format]
    request = known.request(settings)
    async with (
        asyncio.timeout(seconds) as limit,
        httpx2.AsyncClient(
            headers=UNCOMPRESSED,
            follow_redirects=False,
            timeout=seconds,
            event_hooks=bound_reply_async(MAX_REPLY_BYTES),
        ) as client,
    ):
        reply = await client.get(request.url, headers=request.headers)
        if reply.status_code != httpx2.codes.OK:
            raise ValueError(f"status {reply.status_code}")
        models = newest_first(known.entries(_json(reply)))
        if known is OLLAMA:
            seconds_left = (limit.when() or 0.0) - asyncio.get_running_loop().time()
            address = ollama_address(settings.address)
            await ask_ollama(client, address, models, seconds_left * ABILITIES_SHARE)
    return models


def newest_first(entries: Entries) -> list[Json]:
    """Each model once, by its date, then by the numbers in its name."""
    unique: dict[str, Json] = {}
    for entry in entries:
        if len(unique) < MAX_MODELS:
            unique.setdefault(entry["id"], dict(entry))
    return sorted(unique.values(), key=_age)


def _age(entry: Json) -> tuple[float, list[float]]:
    numbers = re.findall(r"\d{1,9}(?:\.\d{1,9})?", entry["id"])
    return -entry.get("created", 0), [-float(number) for number in numbers]


def _json(reply: httpx2.Response) -> Any:
    try:
        return reply.json()
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _openai_request(settings: ProviderSettings) -> ListRequest:
    headers = {**settings.headers}
    if settings.key:
        headers["Authorization"] = f"Bearer {settings.key}"
    return ListRequest(f"{settings.address.rstrip('/')}/models", headers)


def _azure_request(settings: ProviderSettings) -> ListRequest:
    url = f"{settings.address.rstrip('/')}/openai/deployments?api-version={AZURE_VERSION}"
    return ListRequest(url, {"api-key": settings.key})


def _google_request(settings: ProviderSettings) -> ListRequest:
    host = settings.address or GOOGLE_HOST
    scheme = "http" if host.startswith(LOOPBACK) else "https"
    url = host if "://" in host else f"{scheme}://{host}"
    return ListRequest(
        f"{url.rstrip('/')}/v1beta/models?pageSize=1000", {"x-goog-api-key": settings.key}
    )


def _ollama_request(settings: ProviderSettings) -> ListRequest:
    return ListRequest(f"{ollama_address(settings.address)}/api/tags")


def _openai_entries(body: Any) -> Entries:
    for item in _items(body, "data"):
        name = _name(item.get("id"))
        if name and _chats(name, item):
            yield {"id": name, **_openai_facts(name, item)}


def _openai_facts(name: str, item: Json) -> Json:
    hosted = item.get("top_provider")
    limits = {**hosted, **item} if isinstance(hosted, dict) else item
    return (
        listed_tools(item)
        | listed_images(item)
        | _present(
            label=_name(item.get("name")) or name,
            created=_number(item.get("created")),
            context=_count(limits, CONTEXT_KEYS),
            most_output=_count(limits, OUTPUT_KEYS),
            price=_price(item.get("pricing")),
        )
    )


def _azure_entries(body: Any) -> Entries:
    for item in _items(body, "data"):
        name, model = _name(item.get("id")), _name(item.get("model"))
        is_there = item.get("status", "succeeded") == "succeeded"
        if name and is_there and _chats(model or name, {}):
            created = _number(item.get("created_at"))
            yield {"id": name, **_present(label=name, model=model, created=created)}


def _google_entries(body: Any) -> Entries:
    for item in _items(body, "models"):
        name = _name(item.get("name")).removeprefix("models/")
        methods = item.get("supportedGenerationMethods")
        generates = isinstance(methods, list) and "generateContent" in methods
        if name and generates and _chats(name, item):
            facts = _present(
                label=_name(item.get("displayName")) or name,
                context=_count(item, ("inputTokenLimit",)),
                most_output=_count(item, ("outputTokenLimit",)),
            )
            yield {"id": name, **facts}


def _ollama_entries(body: Any) -> Entries:
    for item in _items(body, "models"):
        name = _name(item.get("name")) or _name(item.get("model"))
        details = item.get("details")
        family = details.get("family") if isinstance(details, dict) else ""
        if name and _chats(name, {}) and _chats(str(family), {}):
            label = name.removesuffix(":latest")
            yield {"id": name, "label": label, "fallback": OLLAMA_FALLBACK}


OLLAMA = ListFormat(_ollama_request, _ollama_entries)
FORMATS: dict[str, ListFormat] = {
    "openai": ListFormat(_openai_request, _openai_entries),
    "azure": ListFormat(_azure_request, _azure_entries),
    "google": ListFormat(_google_request, _google_entries),
    "ollama": OLLAMA,
}


def _items(body: Any, key: str) -> Iterator[Json]:
    """The objects of a list, which may stand by itself. Raises ValueError without one."""
    items = body.get(key) if isinstance(body, dict) else body
    if not isinstance(items, list):
        raise ValueError("no list")
    return (item for item in items if isinstance(item, dict))


def _chats(name: str, item: Json) -> bool:
    """Whether a model writes text in a chat, by its name and what the list says of it."""
    kind, abilities, design = item.get("type"), item.get("capabilities"), item.get("architecture")
    outputs = design.get("output_modalities") if isinstance(design, dict) else None
    if isinstance(kind, str) and kind.lower() in NOT_CHAT_TYPES:
        return False
    if isinstance(abilities, dict) and abilities.get("completion_chat") is False:
        return False
    if item.get("active") is False or (isinstance(outputs, list) and "text" not in outputs):
        return False
    return NOT_CHAT.search(name.lower()) is None


def _present(**values: Any) -> Json:
    return {key: value for key, value in values.items() if value}


def _name(value: Any) -> str:
    """A name that can stand on a page and in a request; empty for anything else."""
    if not isinstance(value, str) or len(value) > MAX_NAME_CHARS:
        return ""
    return value if value.isprintable() else ""


def _count(item: Json, keys: tuple[str, ...]) -> int:
    return next((int(count) for key in keys if (count := _number(item.get(key))) >= 1), 0)


def _number(value: Any) -> float:
    """A number that is not negative; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return 0
    return number if math.isfinite(number) and number > 0 else 0


def _price(pricing: Any) -> list[float]:
    """[read, written] for a million tokens; empty where the list has none."""
    if not isinstance(pricing, dict):
        return []
    prices = [_number(pricing.get(key)) * TOKENS for key in ("prompt", "completion")]
    return [round(price, 6) for price in prices] if any(prices) else []
