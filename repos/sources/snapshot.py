"""One state of one repository, ready to be walked."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from repos.sources import network_policy, workspace
from repos.sources.address import Address, check_revision
from repos.sources.errors import Broken, Moved, NotFound, SourceError
from repos.sources.git import Git, Remote
from repos.sources.local_folder import Folder, git_folder
from repos.sources.redirects import moved_to
from repos.sources.tree import TreeEntry

MOST_MOVES = 4
HISTORY, HISTORY_SECONDS, HISTORY_MEGABYTES = 1_000, 20, 20
NO_SUCH = "There is no such repository, or it is private. Check the address, or add an access token that can read it."


class BlobReader(Protocol):
    """Gives the bytes of entries, in order."""

    def read(self, entries: Iterable[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]: ...


@dataclass(frozen=True)
class Snapshot:
    """`commit` names the state (for a plain folder: a digest of it); `entries` is its whole tree."""

    commit: str
    entries: list[TreeEntry]
    reader: BlobReader

    def text_of(self, path: str) -> str:
        """The text of one small file, empty when it is not there."""
        small = (
            e
            for e in self.entries
            if e.path == path and e.mode.startswith("100") and e.size <= 100_000
        )
        for _, data in self.reader.read(list(small)[:1]):
            return data[:100_000].decode("utf-8", "replace")
        return ""


@dataclass(frozen=True)
class FetchLimits:
    """What fetching one repository may cost, and what the network around this server is like.

    `allow` names private hosts that may be reached, `ca_file` further certificates to trust, `proxy` the way out.
    """

    seconds: int = 120
    megabytes: int = 500
    allow: list[str] = field(default_factory=list)
    ca_file: str = ""
    proxy: str = ""


@dataclass(frozen=True)
class Source:
    """Where a repository's files come from, and what getting them may cost. `cancelled()` turning true ends it."""

    address: Address
    limits: FetchLimits
    work_dir: Path
    revision: str = ""
    token: str = ""
    cancelled: Callable[[], bool] = bool


@contextlib.contextmanager
def open_snapshot(source: Source) -> Iterator[Snapshot]:
    """Fetch (or open) the repository and yield its snapshot; what was fetched is removed afterwards.

    Raises the SourceError family, and InterruptedError when cancelled.
    """
    if source.address.is_local:
        yield _open_local(source)
        return
    limits = source.limits
    with workspace.folder(source.work_dir) as folder:
        git = Git(
            folder / "repository.git",
            seconds=limits.seconds,
            megabytes=limits.megabytes,
            cancelled=source.cancelled,
        )
        commit = _with_checked_remote(
            source, folder, lambda remote: git.fetch(remote, source.revision)
        )
        yield Snapshot(commit, _entries(git, commit), git)


def remote_commit(source: Source) -> str:
    """The commit the remote stands at, asked without fetching anything; empty when it does not say.

    Raises the SourceError family.
    """
    limits = source.limits
    with workspace.folder(source.work_dir) as folder:
        git = Git(
            folder,
            seconds=min(30, limits.seconds),
            megabytes=limits.megabytes,
            cancelled=source.cancelled,
        )
        return _with_checked_remote(
            source, folder, lambda remote: git.remote_commit(remote, source.revision)
        )


def commits_between(source: Source, old: str, new: str) -> int | None:
    """How many commits lead from `old` to `new`; None where that cannot be told cheaply, or they parted ways.

    Only commits are fetched, no files, and no more than HISTORY of them. Raises InterruptedError when cancelled.
    """
    try:
        if source.address.is_local:
            inside = git_folder(Path(source.address.url))
            return (
                Git(inside, seconds=HISTORY_SECONDS).commits_between(old, new)
                if inside is not None
                else None
            )
        with workspace.folder(source.work_dir) as folder:
            git = Git(
                folder / "history.git",
                seconds=HISTORY_SECONDS,
                megabytes=HISTORY_MEGABYTES,
                cancelled=source.cancelled,
            )
            _with_checked_remote(
                source,
                folder,
                lambda remote: git.fetch(remote, source.revision, depth=HISTORY, files=False),
            )
            return git.commits_between(old, new)
    except SourceError:
        return None


def _with_checked_remote(source: Source, folder: Path, call: Callable[[Remote], str]) -> str:
    """Call with the checked place of the address; where the host says it has moved, with the place it moved to.

    Each new place is checked like the first. The token stays with the host it was given for.
    """
    address, token, limits = source.address, source.token, source.limits
    ca_file = workspace.certificates(limits.ca_file, folder) if limits.ca_file else ""
    for _ in range(MOST_MOVES):
        pinned = network_policy.check(address, limits.allow, through_proxy=bool(limits.proxy))
        remote = Remote(address, pinned, token, ca_file, limits.proxy)
        try:
            return call(remote)
        except Moved:
            try:
                target = moved_to(remote)
            except (OSError, http.client.HTTPException):
                target = None
            if target is None:
                raise
            if target.url == address.url:
                raise NotFound(NO_SUCH) from None
            if (target.host, target.port) != (address.host, address.port):
                token = ""
            address = target
    raise Moved("This repository has moved too many times. Use its present address.")


def _open_local(source: Source) -> Snapshot:
    root, revision, limits = Path(source.address.url), source.revision, source.limits
    folder = Folder(root)
    inside = git_folder(root)
    if inside is not None and (revision or inside == root):
        git = Git(
            inside, seconds=limits.seconds, megabytes=limits.megabytes, cancelled=source.cancelled
        )
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
