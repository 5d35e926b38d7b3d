"""The models a profile offers as default: the setting PROFILE_MODEL_CHOICES names this."""

from __future__ import annotations

from chat.services import providers


def model_choices() -> list[tuple[str, str]]:
    """(`provider|model`, label) of every model that can be used now."""
    known = providers()
    known.look_around()
    return [
        (f"{name}|{model['id']}", f"{section['label']} · {model.get('label', model['id'])}")
        for name, section in known.configured().items()
        for model in section.get("models", [])
    ]
