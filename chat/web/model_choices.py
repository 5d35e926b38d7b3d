"""The models a person can choose from, for the composer and for the profile page."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

from chat import services

Section = dict[str, Any]  # an entry of models.toml: a provider, or a model of one


class ProviderChoice(NamedTuple):
    """A configured provider and its models, as entries of the models file.

    `custom`: the person may name other models of this provider too.
    """

    name: str
    label: str
    models: list[Section]
    custom: bool

    @property
    def is_generative(self) -> bool:
        """Whether its models write; else there is one way to answer."""
        return services.providers().is_generative(self.name)

    @classmethod
    def from_section(cls, name: str, section: Section) -> Self:
        return cls(
            name,
            label=section["label"],
            models=section.get("models", []),
            custom=section.get("custom", False),
        )


def provider_choices() -> list[ProviderChoice]:
    """The configured providers in the order of the models file."""
    configured = services.refreshed_providers().configured()
    return [ProviderChoice.from_section(*item) for item in configured.items()]


def model_choices() -> list[tuple[str, str]]:
    """All models as (`provider|model`, label) pairs, for a form's choice field."""
    return [
        _form_choice(provider, model)
        for provider in provider_choices()
        for model in provider.models
    ]


def _form_choice(provider: ProviderChoice, model: Section) -> tuple[str, str]:
    label = model.get("label", model["id"])
    return f"{provider.name}|{model['id']}", f"{provider.label} · {label}"
