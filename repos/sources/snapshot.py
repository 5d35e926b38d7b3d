"""One state of one repository, ready to be walked."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from repos.indexing.walk import TreeEntry
from repos.sources import policy
from repos.sources.address import Address, check_revision
from repos.sources.errors import Broken
from repos.sources.git import Git
from repos.sources.local import Folder, git_folder


class Reader(Protocol):
    """Gives the bytes of entries, in order."""

    def read(self, entries: Iterable[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]: ...


@dataclass(frozen=True)
class Snapshot:
    """`commit` names the state (for a plain folder: a digest of it); `entries` is its whole tree."""

    commit: str
    entries: list[TreeEntry]
    reader: Reader

    def text_of(self, path: str) -> str:
        """The text of one small file, empty when it is not there."""
        small = (e for e in self.entries if e.path == path and e.mode.startswith("100") and e.size <= 100_000)
        for _, data in self.reader.read(list(small)[:1]):
            return data[:100_000].decode("utf-8", "replace")
        return ""


@dataclass(frozen=True)
class FetchLimits:
    """What fetching one repository may cost, and which private hosts may be reached."""

    seconds: int = 120
    megabytes: int = 500
    allow: list[str] = field(default_factory=list)
    ca_file: str = ""


@contextlib.contextmanager
def open_snapshot(
    address: Address,
    *,
    revision: str = "",
    token: str = "",
    limits: FetchLimits,
    work_dir: Path,
    cancelled: Callable[[], bool] = bool,
) -> Iterator[Snapshot]:
    """Fetch (or open) the repository and yield its snapshot; what was fetched is removed afterwards.

    Raises the SourceError family, and InterruptedError when `cancelled()` turns true.
    """
    if address.is_local:
        yield _open_local(Path(address.url), revision, limits, cancelled)
        return
    pinned = policy.check(address, limits.allow)
    work_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=work_dir, ignore_cleanup_errors=True) as folder:
        git = Git(
            Path(folder) / "repository.git", seconds=limits.seconds, megabytes=limits.megabytes, cancelled=cancelled
        )
        commit = git.fetch(address, pinned, revision, token, limits.ca_file)
        yield Snapshot(commit, _entries(git, commit), git)


def _open_local(root: Path, revision: str, limits: FetchLimits, cancelled: Callable[[], bool]) -> Snapshot:
    folder = Folder(root)
    inside = git_folder(root)
    if inside is not None and (revision or inside == root):
        git = Git(inside, seconds=limits.seconds, megabytes=limits.megabytes, cancelled=cancelled)
        commit = git.commit(check_revision(revision) if revision else "HEAD")
        return Snapshot(commit, _entries(git, commit), git)
    # A checkout is read as it lies there: people ask about the code in front of them.
    entries = folder.entries()
    if not entries:
        raise Broken("This folder holds no files.")
    return Snapshot(folder.commit(entries), entries, folder)


def _entries(git: Git, commit: str) -> list[TreeEntry]:
    entries = git.entries(commit)
    if not entries:
        raise Broken("This repository is empty: there is nothing to read yet.")
    return entries
