"""What is known of a model: the models file's facts, and the list of its service.

A section of the models file has `facts` for patterns of names, and may list models
itself. A model that nobody has heard of gets UNKNOWN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Section = Mapping[str, Any]
ModelEntry = Mapping[str, Any]

UNKNOWN: dict[str, Any] = {
    "context": 32_000,
    "output": 4_096,
    "options": {"temperature": 0.2},
}
MAX_OFFERED = 60


def with_facts(section: Section, entry: ModelEntry) -> dict[str, Any]:
    """An entry with all that is known of its model, the entry itself before all.

    `output` is at most what the service's list allows.
    """
    facts: Section = next((each for each in section.get("facts", ()) if _matches(each, entry)), {})
    known = {**UNKNOWN, **entry.get("fallback", {}), **facts, **entry}
    known.pop("match", None)
    known["output"] = min(known["output"], known.get("most_output") or known["output"])
    return known


def offered_models(section: Section, live: Sequence[ModelEntry]) -> list[dict[str, Any]]:
    """The models of a section to choose from: the default, those of the file, the live ones.

    Of the live ones those that `include` and not `exclude` match, newest first. Their
    labels are unique. Without any, the names in `default`.
    """
    listed = section.get("models", ())
    chosen = [entry for entry in live if _is_offered(section, entry["id"])][:MAX_OFFERED]
    entries = {entry["id"]: entry for entry in [*chosen, *listed]}
    ordered = [*listed, *(entry for entry in chosen if entry["id"] not in _ids(listed))]
    ids = _with_default_first(section, [entry["id"] for entry in ordered])
    models = [with_facts(section, entries.get(name, {"id": name})) for name in ids]
    return _with_unique_labels(models)


@dataclass
class OfferedModels:
    """`offered_models` of each provider, made once for each list of its service."""

    _made: dict[str, tuple[Sequence[ModelEntry], list[dict[str, Any]]]] = field(
        default_factory=dict
    )

    def of(
        self, provider: str, section: Section, live: Sequence[ModelEntry]
    ) -> list[dict[str, Any]]:
        made = self._made.get(provider)
        if made is None or made[0] is not live:
            made = self._made[provider] = live, offered_models(section, live)
        return made[1]


def takes_live_list(section: Section) -> bool:
    """Whether the service's list is offered: where the file lists none, or asks for it."""
    return bool(section.get("live", not section.get("models")))


def _ids(entries: Iterable[ModelEntry]) -> set[str]:
    return {entry["id"] for entry in entries}


def _matches(facts: Section, entry: ModelEntry) -> bool:
    """By the name, the name behind the maker's, or the model of a deployment."""
    name = str(entry.get("model") or entry["id"]).lower()
    names = {name, name.rpartition("/")[2]}
    return any(_any(_patterns(facts, "match"), one) for one in names)


def _is_offered(section: Section, name: str) -> bool:
    lowered = name.lower()
    include, exclude = _patterns(section, "include") or ["*"], _patterns(section, "exclude")
    return _any(include, lowered) and not _any(exclude, lowered)


def _patterns(section: Section, key: str) -> list[str]:
    """The patterns of a key, of which a single one may stand without a list."""
    value = section.get(key, [])
    return [value] if isinstance(value, str) else list(value)


def _any(patterns: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _with_default_first(section: Section, ids: list[str]) -> list[str]:
    """The first model that a pattern of `default` matches stands first."""
    patterns = _patterns(section, "default")
    for pattern in patterns:
        for name in ids:
            if fnmatchcase(name.lower(), pattern):
                return [name, *(other for other in ids if other != name)]
    return ids or [pattern for pattern in patterns if "*" not in pattern]


def _with_unique_labels(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts = Counter(model.get("label", model["id"]) for model in models)
    for model in models:
        label = model.setdefault("label", model["id"])
        if counts[label] > 1 and label != model["id"]:
            model["label"] = f"{label} ({model['id']})"
    return models
