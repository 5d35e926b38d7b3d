"""Repositories as models: `deepwiki/<owner>/<repo>[@revision][:mode]`. Pure."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "deepwiki/"
MODES = ("auto", "quick", "agent", "research")


@dataclass(frozen=True)
class ModelName:
    """What a model's name says: a repository, empty where a field of its own does; a mode."""

    repository: str = ""
    mode: str = ""


def parse_model_name(text: str) -> ModelName | None:
    """The parts of a name; None for one of another service."""
    name, colon, mode = text.strip().rpartition(":")
    if not colon or mode.lower() not in MODES:
        name, mode = text.strip(), ""
    if name.lower() == PREFIX.rstrip("/"):
        return ModelName("", mode.lower())
    if not name.lower().startswith(PREFIX) or name.lower() == PREFIX:
        return None
    return ModelName(name[len(PREFIX) :], mode.lower())


def names_of(repository: str) -> tuple[str, str]:
    """The names under which a repository is listed: as it is, and researched."""
    return f"{PREFIX}{repository}", f"{PREFIX}{repository}:research"
