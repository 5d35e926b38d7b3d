"""The files that are not indexed, counted by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from repos.sources.tree import printable

MAX_EXAMPLES = 5  # of each reason
MAX_EXAMPLE_CHARS = 200


@dataclass
class Skipped:
    """Files left out: the number for each reason, and the paths of a few."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, path: str) -> None:
        """Count one file."""
        self.counts[reason] += 1
        examples = self.examples.setdefault(reason, [])
        if len(examples) < MAX_EXAMPLES:
            examples.append(printable(path)[:MAX_EXAMPLE_CHARS])

    def as_json(self) -> dict[str, object]:
        """The stored form: `{"counts": {reason: number}, "examples": {reason: paths}}`."""
        return {"counts": dict(self.counts), "examples": self.examples}
