"""Descriptions of adapters, without their SDKs: importing one takes half a second."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from chat.core.ports import Provider
from chat.providers.base import ProviderConfig

# An entry of [[provider.models]] in the models file.
ModelEntry = Mapping[str, Any]


@dataclass(frozen=True)
class ProviderSettings:
    """A section of the models file with the environment that it names."""

    section: Mapping[str, Any]
    environment: Mapping[str, str]
    live_models: Sequence[ModelEntry] = ()

    @property
    def needs_key(self) -> bool:
        """Whether the section names a variable for a key."""
        return "key" in self.section

    @property
    def key(self) -> str:
        return self.environment.get(self.section.get("key", ""), "")

    @property
    def own_address(self) -> str:
        """The address that the environment sets; empty where it sets none."""
        variable, _ = self._address
        return self.environment.get(variable, "")

    @property
    def address(self) -> str:
        """The environment's address, else the section's default."""
        _, default = self._address
        return self.own_address or default

    @property
    def headers(self) -> Mapping[str, str]:
        headers: Mapping[str, str] = self.section.get("headers", {})
        return headers

    @property
    def _address(self) -> tuple[str, str]:
        variable, default = self.section.get("address", ("", ""))
        return variable, default


@dataclass(frozen=True)
class Adapter:
    """An adapter's description. Subclass it where a service decides otherwise.

    `path` is `module:Class`; the class takes a ProviderConfig. `variables` are the
    environment variables of this service alone, handed over in
    ProviderConfig.environment. `list_format` is a key of FORMATS in model_lists.py, empty
    for a service without a list. `is_generative` is that of the class, known without it.
    """

    path: str
    needs_address: bool = False
    variables: tuple[str, ...] = ()
    list_format: str = ""
    is_generative: bool = True

    def load(self) -> Callable[[ProviderConfig], Provider]:
        """Import the module and return the class."""
        module, _, name = self.path.partition(":")
        loaded = getattr(importlib.import_module(module), name)
        return cast(Callable[[ProviderConfig], Provider], loaded)

    def is_ready(self, settings: ProviderSettings) -> bool:
        """Whether questions can be sent: key and address are there, or not needed."""
        if self.needs_address and not settings.address:
            return False
        return bool(settings.key) or not settings.needs_key

    def is_discovered(self, settings: ProviderSettings) -> bool:
        """Whether nobody named the service's address: it is looked for at the usual place."""
        return False

    def list_settings(self, settings: ProviderSettings) -> tuple[str, ProviderSettings]:
        """The format of the service's list of models, and the settings to ask for it."""
        return self.list_format, settings


@dataclass(frozen=True)
class OllamaAdapter(Adapter):
    """Ready if OLLAMA_HOST is set, or a running Ollama was found."""

    def is_ready(self, settings: ProviderSettings) -> bool:
        """See Adapter."""
        return bool(settings.own_address or settings.live_models)

    def is_discovered(self, settings: ProviderSettings) -> bool:
        """See Adapter."""
        return not settings.own_address


@dataclass(frozen=True)
class GoogleAdapter(Adapter):
    """GOOGLE_OPENAI_COMPATIBLE names an address whose list has OpenAI's format."""

    def list_settings(self, settings: ProviderSettings) -> tuple[str, ProviderSettings]:
        """See Adapter."""
        variable = "GOOGLE_OPENAI_COMPATIBLE"
        if not settings.environment.get(variable):
            return self.list_format, settings
        section = {**settings.section, "address": [variable, ""]}
        return "openai", replace(settings, section=section)
