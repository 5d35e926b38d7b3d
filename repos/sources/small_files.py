"""Files of a tree that are read whole: those that say how a repository is to be read."""

from __future__ import annotations

from repos.sources.tree import Entries, TreeEntry

TEXT_BYTES = 100_000
MAX_TEXTS = 100  # files of one name


def entries_named(entries: Entries, name: str) -> list[TreeEntry]:
    """The entries of this name in any folder, those nearest to the root first."""
    found = [entry for entry in entries if _has_name(entry.path, name)]
    return sorted(found, key=_depth_and_path)


def small(entries: Entries) -> list[TreeEntry]:
    """The first MAX_TEXTS of the files that are small."""
    return list(filter(_is_small, entries))[:MAX_TEXTS]


def small_text(data: bytes) -> str:
    """The text of a small file, whatever its bytes."""
    return data[:TEXT_BYTES].decode("utf-8", "replace")


def folder_of(path: str) -> str:
    """The folder of a path, empty at the root."""
    return path.rpartition("/")[0]


def _has_name(path: str, name: str) -> bool:
    return path == name or path.endswith(f"/{name}")


def _depth_and_path(entry: TreeEntry) -> tuple[int, str]:
    return entry.path.count("/"), entry.path


def _is_small(entry: TreeEntry) -> bool:
    return entry.mode.startswith("100") and entry.size <= TEXT_BYTES
