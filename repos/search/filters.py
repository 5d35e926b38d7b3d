"""Include and exclude lists of files, as conditions of the search statement."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

MAX_PATTERNS = 200
MAX_PATTERN_CHARS = 200
MAX_STARS = 8


@dataclass(frozen=True)
class Filters:
    """Which files are searched. Each entry is a glob or a name; an empty list has no effect."""

    excluded_dirs: tuple[str, ...] = ()
    excluded_files: tuple[str, ...] = ()
    included_dirs: tuple[str, ...] = ()
    included_files: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        lists = (
            self.excluded_dirs,
            self.excluded_files,
            self.included_dirs,
            self.included_files,
        )
        return any(lists)


def parse_patterns(text: str) -> tuple[str, ...]:
    """A filter field as clients send it: separated by newlines or commas, each part URL-encoded."""
    decoded = (unquote(part).strip() for part in re.split(r"[\n,]", text))
    patterns = (pattern.removeprefix("./").strip("/") for pattern in decoded)
    return tuple(pattern for pattern in patterns if pattern)[:MAX_PATTERNS]


def scope_of(filters: Filters, values: dict[str, Any]) -> str:
    """The condition on `c.document_id` for the filters, empty without any. Adds its values to `values`."""
    included = [
        *_condition("included_dirs", filters.included_dirs, _folder_likes, values),
        *_condition("included_files", filters.included_files, _file_likes, values),
    ]
    excluded = [
        *_condition("excluded_dirs", filters.excluded_dirs, _folder_likes, values),
        *_condition("excluded_files", filters.excluded_files, _file_likes, values),
    ]
    conditions = [f"NOT {condition}" for condition in excluded]
    if included:
        conditions.insert(0, f"({' OR '.join(included)})")
    if not conditions:
        return ""
    conditions.insert(0, "f.index_id IN (SELECT id FROM allowed)")
    documents = f"SELECT f.id FROM repos_document f WHERE {' AND '.join(conditions)}"  # noqa: S608 - every value is a parameter
    return f"AND c.document_id IN ({documents})"


def escape(text: str) -> str:
    """`text` as a LIKE pattern that matches it literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _condition(
    name: str,
    patterns: tuple[str, ...],
    likes_of: Callable[[str], list[str]],
    values: dict[str, Any],
) -> list[str]:
    """The condition that a path matches one of the patterns; none without patterns."""
    if not patterns:
        return []
    values[name] = [like for pattern in patterns for like in likes_of(pattern)]
    return [f"f.path LIKE ANY(%({name})s)"]


def _folder_likes(pattern: str) -> list[str]:
    like = _like(pattern)
    return [f"{like}/%", f"%/{like}/%"]


def _file_likes(pattern: str) -> list[str]:
    like = _like(pattern)
    return [like] if "/" in pattern else [like, f"%/{like}"]


def _like(glob: str) -> str:
    """A glob as a LIKE pattern. Adjacent stars become one, and MAX_STARS bounds the matching time."""
    escaped = re.sub(r"\*+", "*", escape(glob[:MAX_PATTERN_CHARS].strip("/")))
    pieces = escaped.split("*")[: MAX_STARS + 1]
    return "%".join(pieces).replace("?", "_")
