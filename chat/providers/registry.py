"""Which providers exist, which are configured, and the adapter of each.

To add a provider: a file like its neighbours, a line in ADAPTERS, a section in
models.toml. Keys and addresses come from the settings only, never from a request.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.core.errors import BadRequest
from chat.core.ports import Model, Provider
from chat.providers.adapters import Adapter, GoogleAdapter, OllamaAdapter, ProviderSettings
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.image_support import takes_images
from chat.providers.live_models import ListSource, LiveModels, ModelList
from chat.providers.model_facts import ModelEntry, OfferedModels, takes_live_list, with_facts
from chat.providers.tokenizers import counter
from chat.providers.tool_refusals import ToolRefusals

ADAPTERS: dict[str, Adapter] = {
    "openai": Adapter(
        "chat.providers.openai_compatible:OpenAICompatibleAdapter", list_format="openai"
    ),
    "azure": Adapter(
        "chat.providers.azure:Azure",
        needs_address=True,
        variables=("AZURE_OPENAI_VERSION",),
        list_format="azure",
    ),
    "ollama": OllamaAdapter("chat.providers.ollama:Ollama", list_format="ollama"),
    "google": GoogleAdapter(
        "chat.providers.google:Google",
        variables=("GOOGLE_OPENAI_COMPATIBLE",),
        list_format="google",
    ),
    "search-only": Adapter("chat.providers.search_only:SearchOnly", is_generative=False),
}
# Names that models files of earlier releases use.
ALIASES = {"search": "search-only"}
FALLBACK_PROVIDER = "search-only"
# How long the first question may wait for lists of models.
FIRST_LIST_SECONDS = 0.5
PRICED_TOKENS = 1_000_000


def load_models(path: Path) -> dict[str, Any]:
    """The models file.

    Raises ValueError with one line that says what is wrong with it.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise ValueError(f"The models file {path.name} cannot be read.") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"The models file {path.name} is not valid TOML: {error}.") from None


@dataclass
class Providers:
    """The providers of one process. `file` is the models file: section name -> section.

    `discover`: look for an Ollama where none is set. `live`: ask services for their models.

    Adapters are constructed once for each event loop, since their clients are bound to
    it.
    """

    file: Mapping[str, Any]
    environment: Mapping[str, str]
    preferred: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)
    discover: bool = True
    referer: str = ""
    live: bool = True
    _live_models: LiveModels = field(default_factory=LiveModels)
    _has_waited: bool = False
    _offered: OfferedModels = field(default_factory=OfferedModels)
    _adapters: dict[tuple[int, str], Provider] = field(default_factory=dict)
    _tool_refusals: dict[str, ToolRefusals] = field(default_factory=dict)

    def configured(self) -> dict[str, Any]:
        """The sections that can be used now, each with all its models."""
        return {
            name: {**section, "models": self._models(name)}
            for name, section in self.file.items()
            if self._is_ready(name)
        }

    def refresh_models(self) -> None:
        """Ask services for their models where that is due, in the background.

        The first call waits for them, at most FIRST_LIST_SECONDS.
        """
        self._live_models.refresh(self._list_sources())
        if not self._has_waited:
            self._has_waited = True
            self._live_models.wait(FIRST_LIST_SECONDS)

    def model_list(self, name: str) -> ModelList | None:
        """The last list of a provider's service; None if it was never asked."""
        return self._live_models.lists.get(name)

    def default(self) -> str:
        """The provider of requests that name none.

        Raises BadRequest for a wrong preference.
        """
        if not self.preferred:
            return next(filter(self._is_ready, self.file), FALLBACK_PROVIDER)
        if self.preferred not in self.file:
            raise BadRequest("unknown_default_provider", choices=", ".join(self.file))
        return self.preferred

    def choose(self, provider: str, model: str) -> Model:
        """The model that a request names, or the default. Raises BadRequest."""
        name = provider or self.default()
        self._check(name)
        section, entry = self.file[name], self._model_entry(name, model)
        return Model(
            provider=name,
            id=entry["id"],
            context=entry["context"],
            output=entry["output"],
            options=dict(entry["options"]),
            limit_parameter=entry.get("limit_parameter", "max_tokens"),
            unset=frozenset(entry.get("unset", ())),
            thinks=bool(entry.get("thinks")),
            free=bool(section.get("free")),
            tools=self._takes_tools(name, entry),
            images=takes_images(entry),
            count=counter(entry.get("tokenizer", section.get("tokenizer", ""))),
        )

    def cost(self, provider: str, model: str, read: int, written: int) -> float | None:
        """The price of tokens by the models file; None where it gives none."""
        if provider not in self.file:
            return None
        price = self._known_model(provider, model).get("price")
        if not price:
            return None
        return float(read * price[0] + written * price[1]) / PRICED_TOKENS

    def adapter(self, name: str) -> Provider:
        """The adapter of a configured provider, for the running event loop."""
        key = (_loop_id(), name)
        if key not in self._adapters:
            self._adapters[key] = self._description(name).load()(self._config(name))
        return self._adapters[key]

    def load(self) -> None:
        """Import the SDKs of the configured providers before the first question."""
        for name in filter(self._is_ready, self.file):
            self._description(name).load()

    def is_generative(self, name: str) -> bool:
        """Whether a language model writes its answers; true of one that is no longer known."""
        return name not in self.file or self._description(name).is_generative

    async def close(self) -> None:
        """Close the adapters of the running event loop."""
        for key in [key for key in list(self._adapters) if key[0] == _loop_id()]:
            await self._adapters.pop(key).close()

    def _check(self, name: str) -> None:
        """Raises BadRequest for a provider that does not exist or is not configured."""
        if name not in self.file:
            provider = repr(name[:50])
            raise BadRequest("unknown_provider", provider=provider, choices=self._choices())
        if not self._is_ready(name):
            raise BadRequest("provider_not_configured", provider=name, choices=self._choices())

    def _choices(self) -> str:
        return ", ".join(filter(self._is_ready, self.file))

    def _description(self, name: str) -> Adapter:
        adapter = self.file[name]["adapter"]
        return ADAPTERS[ALIASES.get(adapter, adapter)]

    def _settings(self, name: str) -> ProviderSettings:
        live = self._live_models.models(name)
        return ProviderSettings(self.file[name], self.environment, live)

    def _is_ready(self, name: str) -> bool:
        return self._description(name).is_ready(self._settings(name))

    def _list_sources(self) -> dict[str, ListSource]:
        """The services to ask for their models."""
        sources = {}
        for name, section in self.file.items():
            settings = self._settings(name)
            list_format, asked = self._description(name).list_settings(settings)
            is_found = self._description(name).is_discovered(settings)
            is_wanted = self.discover if is_found else self.live and self._is_ready(name)
            if list_format and is_wanted and takes_live_list(section):
                sources[name] = ListSource(list_format, asked, is_found)
        return sources

    def _models(self, name: str) -> list[dict[str, Any]]:
        return self._offered.of(name, self.file[name], self._live_models.models(name))

    def _known_model(self, name: str, model: str) -> dict[str, Any]:
        """What is known of a model, of the file, the service's list, or of neither."""
        section = self.file[name]
        live = _entry(self._live_models.models(name), model)
        listed = _entry(section.get("models", []), model)
        return with_facts(section, {**live, **listed, "id": model})

    def _model_entry(self, name: str, model: str) -> dict[str, Any]:
        models = self._models(name)
        if not model and not models:
            raise BadRequest("model_missing", provider=name)
        if not model:
            return models[0]
        is_offered = any(entry["id"] == model for entry in models)
        if not is_offered and not self.file[name].get("custom"):
            raise BadRequest("unknown_model", provider=name, model=repr(model[:80]))
        return self._known_model(name, model)

    def _takes_tools(self, name: str, entry: Mapping[str, Any]) -> bool | None:
        """By the models file or the service's list, and by what its refusals said since."""
        listed = entry.get("tools", entry.get("lists_tools"))
        return self._refusals_of(name).tools(entry["id"], listed)

    def _refusals_of(self, name: str) -> ToolRefusals:
        return self._tool_refusals.setdefault(name, ToolRefusals())

    def _config(self, name: str) -> ProviderConfig:
        settings = self._settings(name)
        return ProviderConfig(
            name=name,
            key=settings.key,
            address=settings.address,
            headers=self._headers(settings),
            timeouts=self.timeouts,
            environment=self._variables(name),
            tool_refusals=self._refusals_of(name),
        )

    def _headers(self, settings: ProviderSettings) -> dict[str, str]:
        return {
            name: value.replace("{address}", self.referer)
            for name, value in settings.headers.items()
        }

    def _variables(self, name: str) -> dict[str, str]:
        """The environment variables that the provider's adapter declares."""
        variables = self._description(name).variables
        return {key: self.environment.get(key, "") for key in variables}


def _entry(models: Sequence[ModelEntry], model: str) -> ModelEntry:
    """The entry of a model; empty where there is none."""
    return next((entry for entry in models if entry["id"] == model), {})


def _loop_id() -> int:
    return id(asyncio.get_running_loop())
