"""Include and exclude lists of files, as conditions of the search statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

MAX_PATTERNS = 200
MAX_PATTERN_CHARS = 200
MAX_STARS = 8

Likes = Mapping[str, list[str]]  # LIKE patterns by the name of their parameter


@dataclass(frozen=True)
class Filters:
    """Which files are searched.

    Each entry is a glob or a name; an empty list has no effect.
    """

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
    """The patterns of a filter field: URL-encoded, separated by newlines or commas."""
    decoded = (unquote(part).strip() for part in re.split(r"[\n,]", text))
    patterns = (pattern.removeprefix("./").strip("/") for pattern in decoded)
    return tuple(pattern for pattern in patterns if pattern)[:MAX_PATTERNS]


def scope_of(filters: Filters, values: dict[str, Any]) -> str:
    """The condition on `c.document_id`, empty without filters.

    Adds its values to `values`.
    """
    if not filters.any:
        return ""
    included: Likes = {
        "included_dirs": _likes(filters.included_dirs, _folder_likes),
        "included_files": _likes(filters.included_files, _file_likes),
    }
    excluded: Likes = {
        "excluded_dirs": _likes(filters.excluded_dirs, _folder_likes),
        "excluded_files": _likes(filters.excluded_files, _file_likes),
    }
    values |= {**included, **excluded}
    conditions = " AND ".join(_conditions(included, excluded))
    documents = f"SELECT f.id FROM repos_document f WHERE {conditions}"  # noqa: S608 - every value is a parameter
    return f"AND c.document_id IN ({documents})"


def escape(text: str) -> str:
    """`text` as a LIKE pattern that matches it literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _likes(patterns: Iterable[str], likes_of: Callable[[str], list[str]]) -> list[str]:
    return [like for pattern in patterns for like in likes_of(pattern)]


def _conditions(included: Likes, excluded: Likes) -> Iterator[str]:
    yield "f.index_id IN (SELECT id FROM allowed)"
    if any(included.values()):
        yield f"({_matches_any(included)})"
    if any(excluded.values()):
        yield f"NOT ({_matches_any(excluded)})"


def _matches_any(likes: Likes) -> str:
    """The condition that a path matches one of the LIKE patterns."""
    return " OR ".join(
        f"f.path LIKE ANY(%({name})s)" for name, patterns in likes.items() if patterns
    )


def _folder_likes(pattern: str) -> list[str]:
    like = _like(pattern)
    return [f"{like}/%", f"%/{like}/%"]


def _file_likes(pattern: str) -> list[str]:
    like = _like(pattern)
    if "/" in pattern:
        return [like]
    return [like, f"%/{like}"]


def _like(glob: str) -> str:
    """A glob as a LIKE pattern.

    Adjacent stars become one, and MAX_STARS bounds the matching time.
    """
    escaped = re.sub(r"\*+", "*", escape(glob[:MAX_PATTERN_CHARS].strip("/")))
    pieces = escaped.split("*")[: MAX_STARS + 1]
    return "%".join(pieces).replace("?", "_")
