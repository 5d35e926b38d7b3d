"""Which models take images, as the models file and the services' lists say.

OpenRouter's `architecture.input_modalities`, Mistral's `capabilities.vision`, LM Studio's type
`vlm`, and the capabilities of Ollama's `POST /api/show`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VISION = {"vision", "image"}


def takes_images(entry: Mapping[str, Any]) -> bool | None:
    """By the models file or else by the service's list; None where neither tells."""
    told: bool | None = entry.get("images", entry.get("lists_images"))
    return told


def listed_images(item: Mapping[str, Any]) -> dict[str, bool]:
    """`lists_images` of a model's entry; empty where the list does not tell."""
    architecture, abilities = item.get("architecture"), item.get("capabilities")
    if isinstance(architecture, dict) and isinstance(architecture.get("input_modalities"), list):
        return {"lists_images": "image" in architecture["input_modalities"]}
    if isinstance(abilities, dict) and "vision" in abilities:
        return {"lists_images": bool(abilities["vision"])}
    if item.get("type") == "vlm" or told_by(abilities):
        return {"lists_images": True}
    return {}


def told_by(abilities: Any) -> bool:
    """Whether a list of what a model can do names images."""
    return isinstance(abilities, list) and any(each in abilities for each in VISION)
