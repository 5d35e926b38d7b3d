"""The folders of an index, of which only the files are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from deepwiki.foundation.sql import Row, fetch_all, read_sql
from repos.models import Index
from repos.search.snapshots import IndexSnapshot, state_of

STATEMENT = read_sql(__file__, "folder_entries.sql")
MAX_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A file or folder in the folder `parent`, a path that ends in `/` or is empty.

    `files` is how many are below a folder, 1 for a file.
    """

    parent: str
    name: str
    is_folder: bool
    files: int
    lines: int

    @property
    def path(self) -> str:
        """Its path; that of a folder ends in `/`."""
        return self.parent + self.name + "/" * self.is_folder


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with its first MAX_ENTRIES entries, folders first; without any if there is none."""

    path: str
    entries: tuple[FolderEntry, ...]
    is_cut: bool = False


def list_folder(index: Index | IndexSnapshot, path: str) -> Folder:
    """The folder at `path`, which is empty for the root or ends in `/`."""
    updated_at = None if isinstance(index, IndexSnapshot) else index.updated_at
    return _list_folder(state_of(index), updated_at, path)


@lru_cache(maxsize=256)
def _list_folder(state: tuple[int, int], updated_at: datetime | None, path: str) -> Folder:
    """What a snapshot holds does not change; else `updated_at` is the index's."""
    rows = _rows(state, path)
    entries = tuple(FolderEntry(path, *row) for row in rows[:MAX_ENTRIES])
    return Folder(path, entries, is_cut=len(rows) > MAX_ENTRIES)


def _rows(state: tuple[int, int], path: str) -> list[Row]:
    index_id, generation = state
    values = {"index": index_id, "generation": generation, **_folder_values(path)}
    return fetch_all(STATEMENT, values)


def _folder_values(path: str) -> dict[str, object]:
    return {"pattern": like_prefix(path), "skip": len(path) + 1, "limit": MAX_ENTRIES + 1}


def like_prefix(text: str) -> str:
    """A LIKE pattern of what begins with `text`."""
    return escape_like(text) + "%"


def escape_like(text: str) -> str:
    """`text` with the characters escaped that mean something in a LIKE pattern."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
