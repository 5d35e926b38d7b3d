"""What models do: the embedder makes a vector, each service answers, calls a tool, streams."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings

from chat.core.errors import (
    AuthFailed,
    ChatError,
    ModelNotFound,
    QuotaExceeded,
    RateLimited,
    Unavailable,
)
from chat.providers.health_check import Trial, try_answer
from chat.services import refreshed_providers
from deepwiki.runtime.doctor.finding import DoctorCheck, Outcome, failed, ok, warning
from repos.embedders import EmbedderError, configured
from repos.search import embedder_config

Section = dict[str, Any]  # of the models file
MODEL_SECONDS = 45.0
SAMPLE = "def total(order): return sum(order.values())"
# Embedder -> the lines of its key and of its address.
EMBEDDER_KEYS = {"openai": "OPENAI_API_KEY=…", "google": "GOOGLE_API_KEY=…"}
EMBEDDER_ADDRESSES = {
    "openai": "OPENAI_BASE_URL=https://…/v1",
    "google": "GOOGLE_OPENAI_COMPATIBLE=https://…",
    "ollama": "OLLAMA_HOST=127.0.0.1:11434",
}
EMBEDDER_MODELS = dict.fromkeys(
    EMBEDDER_ADDRESSES, "DEEPWIKI_EMBEDDER_MODEL=… and DEEPWIKI_EMBEDDER_DIMENSION=0"
)
# By the codes of errors; else the address.
EMBEDDER_LINES = {
    "bad_key": EMBEDDER_KEYS,
    "missing_setting": EMBEDDER_KEYS,
    "bad_request": EMBEDDER_MODELS,
    "wrong_dimension": EMBEDDER_MODELS,
}
CHOOSE = "DEEPWIKI_EMBEDDER=local"


def embedder() -> Outcome:
    """Turn a line of code into a vector, as indexing would."""
    try:
        embedders = configured(embedder_config())
        if not embedders:
            return warning("None is set up: search is by words alone.", CHOOSE)
        vectors = embedders[0].embed([SAMPLE])
    except EmbedderError as error:
        return failed(str(error), _embedder_line(error))
    return ok(f"{embedders[0].key} made a vector of {vectors.shape[1]} numbers.")


def models() -> Outcome:
    """Is there a model that writes answers?"""
    ready = _ready()
    if not ready:
        return warning("No model is set up: answers are ranked excerpts.", "OPENAI_API_KEY=…")
    default = refreshed_providers().default()
    return ok(f"Set up: {', '.join(ready)}. Questions go to {default}.")


def _ready() -> list[str]:
    """The services that write answers and are set up."""
    providers = refreshed_providers()
    return [name for name in providers.configured() if providers.is_generative(name)]


def provider_checks() -> Iterator[DoctorCheck]:
    """A check for each service that writes answers, set up or not."""
    providers = refreshed_providers()
    for name, section in providers.file.items():
        if providers.is_generative(name):
            yield _provider_check(name, section)


def _provider_check(name: str, section: Section) -> DoctorCheck:
    run = partial(provider, name, section)
    return DoctorCheck(f"provider-{name}", section["label"], run, MODEL_SECONDS)


def provider(name: str, section: Section) -> Outcome:
    """One real answer of the service's default model, and one real call of a tool."""
    if name not in refreshed_providers().configured():
        return ok(f"Not set up. {_key_line(section) or _address_line(section)} would do it.")
    try:
        trial = asyncio.run(try_answer(refreshed_providers(), name))
    except ChatError as error:
        return failed(error.message, _provider_line(error, section))
    return _of_trial(trial)


def _of_trial(trial: Trial) -> Outcome:
    words = f"{trial.model} streams; first word after {trial.first_ms} ms"
    if trial.calls_tools:
        return ok(f"{words}; it calls tools.")
    return warning(
        f"{words}; it did not call the tool that it was offered, so Agent and Research"
        " look around less.",
        "DEEPWIKI_MODELS_FILE=a copy of models.toml with another default for this service",
    )


def _embedder_line(error: EmbedderError) -> str:
    lines = EMBEDDER_LINES.get(error.code, EMBEDDER_ADDRESSES)
    return lines.get(settings.EMBEDDER, CHOOSE)


def _provider_line(error: ChatError, section: Section) -> str:
    match error:
        case AuthFailed():
            return _key_line(section)
        case Unavailable():
            return _address_line(section) or _key_line(section)
        case ModelNotFound():
            return "DEEPWIKI_MODELS_FILE=a copy of models.toml with a model that the service has"
        case QuotaExceeded() | RateLimited():
            return ""
        case _:
            return _address_line(section)


def _key_line(section: Section) -> str:
    if "key" not in section:
        return ""
    return f"{section['key']}=…"


def _address_line(section: Section) -> str:
    if "address" not in section:
        return ""
    return f"{section['address'][0]}=https://…"
