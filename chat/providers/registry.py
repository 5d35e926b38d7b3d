"""Which providers there are, which are configured, and the adapter of each.

Adding a provider: a file like its neighbours, a line in ADAPTERS, a section in models.toml. Keys and addresses come
from the settings only, never from a request.
"""

from __future__ import annotations

import asyncio
import importlib
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.core.errors import BadRequest
from chat.core.pipeline import Model, Provider
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.ollama_discovery import running_models
from chat.providers.tokenizers import counter

# adapter -> module and class; imported when first needed, since the SDKs take half a second each
ADAPTERS: dict[str, str] = {
    "openai": "chat.providers.openai_compatible:OpenAICompatibleAdapter",
    "azure": "chat.providers.openai_compatible:Azure",
    "ollama": "chat.providers.ollama:Ollama",
    "google": "chat.providers.google:Google",
    "search": "chat.providers.search_only:SearchOnly",
}
LOOK_AGAIN_SECONDS = 30.0
CUSTOM_MODEL = {"context": 32_000, "output": 4_096, "options": {"temperature": 0.2}}


def adapter_class(name: str) -> Callable[[ProviderConfig], Provider]:
    """The class of an adapter."""
    module, _, attribute = ADAPTERS[name].partition(":")
    found: Callable[[ProviderConfig], Provider] = getattr(
        importlib.import_module(module), attribute
    )
    return found


def load_models(path: Path) -> dict[str, Any]:
    """The models file. Raises ValueError with one line that says what is wrong with it."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise ValueError(f"The models file {path.name} cannot be read.") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"The models file {path.name} is not valid TOML: {error}.") from None


@dataclass
class Providers:
    """The providers of one process. Adapters are made once for each event loop: their clients are bound to it."""

    file: Mapping[str, Any]
    environment: Mapping[str, str]
    preferred: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)
    discover: bool = True
    referer: str = ""
    _found: list[dict[str, Any]] = field(default_factory=list)
    _looked_at: float = float("-inf")
    _made: dict[tuple[int, str], Provider] = field(default_factory=dict)

    def configured(self) -> dict[str, Any]:
        """Sections that can be used now: their key is set, or they need none. Ollama counts when set or found running."""
        return {
            name: {**section, "models": self._models(section)}
            for name, section in self.file.items()
            if self._ready(section)
        }

    def look_around(self) -> None:
        """See whether an Ollama runs, unless that was done a moment ago. Blocks up to half a second."""
        section = next(
            (section for section in self.file.values() if section["adapter"] == "ollama"), None
        )
        if (
            section is None
            or not self.discover
            or time.monotonic() - self._looked_at < LOOK_AGAIN_SECONDS
        ):
            return
        self._looked_at = time.monotonic()
        variable, default = section.get("address", ["", ""])
        self._found = running_models(self.environment.get(variable) or default)

    def default(self) -> str:
        """The provider of requests that name none."""
        ready = self.configured()
        if self.preferred:
            if self.preferred not in self.file:
                raise BadRequest(f"DEEPWIKI_PROVIDER must be one of {', '.join(self.file)}.")
            return self.preferred
        return next(iter(ready), "search-only")

    def choose(self, provider: str, model: str) -> Model:
        """The model a request asks for. Raises BadRequest before anything is sent anywhere."""
        name = provider or self.default()
        section = self.file.get(name)
        if section is None:
            raise BadRequest(
                f"There is no provider {name[:50]!r}. Choose one of: {', '.join(self.configured())}."
            )
        if not self._ready(section):
            raise BadRequest(
                f"The provider {name} is not set up here. Choose one of: {', '.join(self.configured())}."
            )
        models = self._models(section)
        chosen = (
            next((entry for entry in models if entry["id"] == model), None)
            if model
            else next(iter(models), None)
        )
        if chosen is None:
            if not section.get("custom") or not model:
                raise BadRequest(
                    f"The provider {name} has no model {model[:80]!r}."
                    if model
                    else f"Name a model for {name}."
                )
            chosen = {**CUSTOM_MODEL, "id": model}
        tokenizer = chosen.get("tokenizer", section.get("tokenizer", ""))
        return Model(
            name,
            chosen["id"],
            chosen["context"],
            chosen["output"],
            dict(chosen.get("options", {})),
            bool(section.get("free")),
            counter(tokenizer),
        )

    def cost(self, provider: str, model: str, read: int, written: int) -> float | None:
        """What tokens cost by the models file's `price`; None where it gives none."""
        models = self.file.get(provider, {}).get("models", [])
        price = next((entry.get("price") for entry in models if entry["id"] == model), None)
        return (read * price[0] + written * price[1]) / 1_000_000 if price else None

    def adapter(self, name: str) -> Provider:
        """The adapter of a configured provider, for the running event loop."""
        key = (id(asyncio.get_running_loop()), name)
        if key not in self._made:
            self._made[key] = adapter_class(self.file[name]["adapter"])(self._config(name))
        return self._made[key]

    def load(self) -> None:
        """Import what the configured providers are made of, so that the first question need not wait for it."""
        for section in self.configured().values():
            adapter_class(section["adapter"])

    async def close(self) -> None:
        """Close the adapters of the running event loop."""
        loop = id(asyncio.get_running_loop())
        for key in [key for key in self._made if key[0] == loop]:
            await self._made.pop(key).close()

    def _ready(self, section: Mapping[str, Any]) -> bool:
        variable, default = section.get("address", ["", ""])
        if section["adapter"] == "ollama":
            return bool(self.environment.get(variable)) or bool(self._found)
        if section["adapter"] == "azure" and not (self.environment.get(variable) or default):
            return False
        return "key" not in section or bool(self.environment.get(section["key"]))

    def _models(self, section: Mapping[str, Any]) -> list[dict[str, Any]]:
        listed = list(section.get("models", []))
        if section["adapter"] == "ollama":
            listed += [
                model
                for model in self._found
                if model["id"] not in {entry["id"] for entry in listed}
            ]
        return listed

    def _config(self, name: str) -> ProviderConfig:
        section = self.file[name]
        variable, default = section.get("address", ["", ""])
        return ProviderConfig(
            name=name,
            key=self.environment.get(section.get("key", ""), ""),
            address=self.environment.get(variable) or default,
            headers={
                name: value.replace("{address}", self.referer)
                for name, value in section.get("headers", {}).items()
            },
            timeouts=self.timeouts,
            version=self.environment.get("AZURE_OPENAI_VERSION", ""),
            compatible_address=self.environment.get("GOOGLE_OPENAI_COMPATIBLE", ""),
        )
