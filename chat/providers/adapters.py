"""Descriptions of adapters, without their SDKs: importing one takes half a second."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    discovered_models: Sequence[ModelEntry] = ()

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
    def listed_models(self) -> Sequence[ModelEntry]:
        """The models of the models file."""
        models: Sequence[ModelEntry] = self.section.get("models", ())
        return models

    @property
    def _address(self) -> tuple[str, str]:
        variable, default = self.section.get("address", ("", ""))
        return variable, default


@dataclass(frozen=True)
class Adapter:
    """An adapter's description. Subclass it where a service decides otherwise.

    `path` is `module:Class`; the class takes a ProviderConfig. `variables` are the
    environment variables of this service alone, handed over in
    ProviderConfig.environment.
    """

    path: str
    needs_address: bool = False
    variables: tuple[str, ...] = ()

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

    def models(self, settings: ProviderSettings) -> list[ModelEntry]:
        """Models of the models file, then discovered ones."""
        listed = {entry["id"] for entry in settings.listed_models}
        discovered = (entry for entry in settings.discovered_models if entry["id"] not in listed)
        return [*settings.listed_models, *discovered]

    def discover(self, settings: ProviderSettings) -> list[ModelEntry]:
        """The models that the service has now. May block up to half a second."""
        return []
