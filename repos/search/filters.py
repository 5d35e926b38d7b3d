"""Which files take part in a search: include and exclude lists, as conditions of the search statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

MOST_PATTERNS = 200


@dataclass(frozen=True)
class Filters:
    """Which files take part. Each entry is a glob or a name; empty lists exclude nothing and include everything."""

    excluded_dirs: tuple[str, ...] = ()
    excluded_files: tuple[str, ...] = ()
    included_dirs: tuple[str, ...] = ()
    included_files: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        return bool(
            self.excluded_dirs or self.excluded_files or self.included_dirs or self.included_files
        )


def parse_patterns(text: str) -> tuple[str, ...]:
    """A filter field as clients send it: separated by newlines or commas, each part URL-decoded."""
    parts = (
        unquote(part).strip().removeprefix("./").strip("/") for part in re.split(r"[\n,]", text)
    )
    return tuple(part for part in parts if part)[:MOST_PATTERNS]


def scope_of(filters: Filters, values: dict[str, Any]) -> str:
    """The condition on `c.document_id` for the filters, its values added to `values`."""
    if not filters.any:
        return ""
    conditions = []
    for number, (patterns, make, negate) in enumerate(
        (
            (filters.included_dirs, _folder_likes, False),
            (filters.included_files, _file_likes, False),
            (filters.excluded_dirs, _folder_likes, True),
            (filters.excluded_files, _file_likes, True),
        )
    ):
        if patterns:
            values[f"filter_{number}"] = [like for pattern in patterns for like in make(pattern)]
            conditions.append((negate, f"f.path LIKE ANY(%(filter_{number})s)"))
    included = " OR ".join(condition for negate, condition in conditions if not negate)
    excluded = " AND ".join(f"NOT {condition}" for negate, condition in conditions if negate)
    both = " AND ".join(part for part in (f"({included})" if included else "", excluded) if part)
    return f"AND c.document_id IN (SELECT f.id FROM repos_document f WHERE f.index_id IN (SELECT id FROM allowed) AND {both})"  # noqa: S608


def _folder_likes(pattern: str) -> list[str]:
    like = _like(pattern)
    return [f"{like}/%", f"%/{like}/%"]


def _file_likes(pattern: str) -> list[str]:
    like = _like(pattern)
    return [like] if "/" in pattern else [like, f"%/{like}"]


def _like(glob: str) -> str:
    """A glob as a LIKE pattern. Neighbouring stars become one and there are at most eight, which bounds the matching."""
    escaped = re.sub(r"\*+", "*", escape(glob[:200].strip("/")))
    pieces = escaped.split("*")
    return "%".join(pieces[:9]).replace("?", "_")


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
