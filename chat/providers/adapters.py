"""What the registry knows of an adapter before its SDK is imported, which takes half a second."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chat.core.ports import Provider
from chat.providers.base import ProviderConfig

# An entry of [[provider.models]] in the models file.
ModelEntry = Mapping[str, Any]


@dataclass(frozen=True)
class ProviderSettings:
    """A section of the models file with its environment variables resolved.

    `needs_key`: the section names a variable for a key. `address_is_set`: by the environment,
    not by the section's default.
    """

    needs_key: bool = False
    key: str = field(default="", repr=False)
    address: str = ""
    address_is_set: bool = False
    listed_models: Sequence[ModelEntry] = ()
    discovered_models: Sequence[ModelEntry] = ()

    @classmethod
    def resolve(
        cls,
        section: Mapping[str, Any],
        environment: Mapping[str, str],
        discovered_models: Sequence[ModelEntry] = (),
    ) -> ProviderSettings:
        """The settings of one section."""
        address_variable, default_address = section.get("address", ["", ""])
        address = environment.get(address_variable, "")
        return cls(
            needs_key="key" in section,
            key=environment.get(section.get("key", ""), ""),
            address=address or default_address,
            address_is_set=bool(address),
            listed_models=section.get("models", ()),
            discovered_models=discovered_models,
        )


@dataclass(frozen=True)
class Adapter:
    """An adapter's description. Subclass it where a service decides otherwise.

    `path` is `module:Class`; the class takes a ProviderConfig. `variables` are the environment
    variables of this service alone, handed over in ProviderConfig.environment.
    """

    path: str
    needs_address: bool = False
    variables: tuple[str, ...] = ()

    def load(self) -> Callable[[ProviderConfig], Provider]:
        """Import the module and return the class."""
        module, _, name = self.path.partition(":")
        adapter_class: Callable[[ProviderConfig], Provider]
        adapter_class = getattr(importlib.import_module(module), name)
        return adapter_class

    def is_ready(self, settings: ProviderSettings) -> bool:
        """Whether questions can be sent: key and address are there, or not needed."""
        if self.needs_address and not settings.address:
            return False
        return bool(settings.key) or not settings.needs_key

    def models(self, settings: ProviderSettings) -> list[ModelEntry]:
        """The models to choose from: those of the models file, then those discovered."""
        listed = {entry["id"] for entry in settings.listed_models}
        discovered = (entry for entry in settings.discovered_models if entry["id"] not in listed)
        return [*settings.listed_models, *discovered]

    def discover(self, settings: ProviderSettings) -> list[ModelEntry]:
        """The models that the service has now. May block up to half a second."""
        return []
