"""The output of `git ls-tree`, read entry by entry."""

from __future__ import annotations

from collections.abc import Iterator

from repos.sources.errors import RepositoryTooLarge
from repos.sources.tree import TreeEntry

MAX_ENTRIES = 500_000  # a few hundred objects can make a tree of millions of paths


def tree_entries(output: bytes) -> Iterator[TreeEntry]:
    """The entries in the output of `ls-tree -z -l`.

    Raises RepositoryTooLarge for more than MAX_ENTRIES.
    """
    start, count = 0, 0
    while (end := output.find(b"\0", start)) >= 0:
        count += 1
        if count > MAX_ENTRIES:
            raise RepositoryTooLarge("too_many_files")
        yield _tree_entry(output[start:end])
        start = end + 1


def _tree_entry(record: bytes) -> TreeEntry:
    """A line of `ls-tree -l`: mode, type, id, size (`-` for submodules), tab, path."""
    head, _, path = record.partition(b"\t")
    mode, _, sha, size = head.split()
    return TreeEntry(
        path=path.decode("utf-8", "surrogateescape"),
        sha=sha.decode(),
        size=_size(size),
        mode=mode.decode(),
    )


def _size(digits: bytes) -> int:
    if digits.isdigit():
        return int(digits)
    return 0
