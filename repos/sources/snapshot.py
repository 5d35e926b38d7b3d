"""Snapshots: one state of one repository, ready to be read."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from repos.sources import network_policy, workspace
from repos.sources.address import Address
from repos.sources.checkout import Checkout
from repos.sources.errors import Broken, Moved, NoRevision, NotFound, SourceError
from repos.sources.git import Git
from repos.sources.git_folder import enclosing_checkout, git_folder
from repos.sources.git_process import Cancelled
from repos.sources.local_folder import LocalFolder
from repos.sources.redirects import moved_to
from repos.sources.remote import Remote
from repos.sources.small_files import entries_named, folder_of, small, small_text
from repos.sources.tree import Contents, Entries, LeftOut, TreeEntry

MAX_MOVES = 4
REMOTE_COMMIT_SECONDS = 30
NAMES_SECONDS = 5
HISTORY_COMMITS = 1_000
HISTORY_SECONDS = 20
HISTORY_MEGABYTES = 20


class BlobReader(Protocol):
    """Reads the contents of entries."""

    def read(self, entries: Entries) -> Contents:
        """Each entry with its bytes, in order; unreadable ones may be left out."""
        ...


@dataclass(frozen=True)
class Snapshot:
    """A commit (for a folder a digest of it), its whole tree and its contents.

    `left_out` are files of a folder that are not in the tree, with the reasons.
    """

    commit: str
    entries: list[TreeEntry]
    reader: BlobReader
    left_out: list[LeftOut] = field(default_factory=list)

    def text_of(self, path: str) -> str:
        """The text of one small file, empty if there is none."""
        found = [entry for entry in self.entries if entry.path == path]
        return next(iter(self._texts(found).values()), "")

    def texts_by_folder(self, name: str) -> dict[str, str]:
        """The texts of the small files of this name by folder, that of the root is "".

        Of many those nearest to the root.
        """
        texts = self._texts(entries_named(self.entries, name))
        return {folder_of(path): text for path, text in texts.items()}

    def _texts(self, entries: Entries) -> dict[str, str]:
        return {entry.path: small_text(data) for entry, data in self.reader.read(small(entries))}


@dataclass(frozen=True)
class FetchLimits:
    """Limits of fetching one repository, and this server's network.

    `allow` lists private hosts that may be reached, `ca_file` contains further trusted
    certificates, `proxy` is the address of the outgoing proxy.
    """

    seconds: int = 120
    megabytes: int = 500
    allow: list[str] = field(default_factory=list)
    ca_file: str = ""
    proxy: str = ""


@dataclass(frozen=True)
class Source:
    """Where a repository's files come from, and the limits of getting them.

    `cancelled()` is polled; once it is true the work ends with InterruptedError.
    """

    address: Address
    limits: FetchLimits
    work_dir: Path
    revision: str = ""
    token: str = ""
    cancelled: Cancelled = bool

    @property
    def local_path(self) -> Path:
        """The folder of a local source."""
        return Path(self.address.url)


@contextlib.contextmanager
def open_snapshot(source: Source) -> Iterator[Snapshot]:
    """Fetch (or open) the repository and yield its snapshot; fetched files are removed.

    Raises the SourceError family, and InterruptedError if cancelled.
    """
    if source.address.is_local:
        yield _open_local(source)
        return
    with workspace.temporary_folder(source.work_dir) as folder:
        git = _git(source, folder / "repository.git")

        def fetch(remote: Remote) -> str:
            return git.fetch(remote, source.revision)

        commit = _follow_moves(source, folder, fetch)
        yield _git_snapshot(git, commit)


def remote_commit(source: Source, known: str = "") -> str:
    """The commit the remote stands at, without fetching; empty if it names none.

    `known` is the commit that the revision stood for before. Raises the SourceError family.
    """
    seconds = min(REMOTE_COMMIT_SECONDS, source.limits.seconds)

    def commit(git: Git, remote: Remote) -> str:
        return git.remote_commit(remote, source.revision, known)

    return _ask(source, seconds, commit)


def first_existing(source: Source, names: Iterable[str]) -> str:
    """The first of `names` that is a branch or tag of the remote, empty if none is.

    Raises the SourceError family.
    """
    names = list(names)
    return _ask(source, NAMES_SECONDS, lambda git, remote: git.first_existing(remote, names))


def _ask(source: Source, seconds: int, question: Callable[[Git, Remote], str]) -> str:
    """The remote's answer, without fetching its files."""
    with workspace.temporary_folder(source.work_dir) as folder:
        git = Git(
            folder / "repository.git",
            seconds=seconds,
            megabytes=source.limits.megabytes,
            cancelled=source.cancelled,
        )
        return _follow_moves(source, folder, lambda remote: question(git, remote))


def commits_between(source: Source, old: str, new: str) -> int | None:
    """The number of commits after `old` up to `new`.

    None if that is not cheap to find out or `old` is no ancestor of `new`. At most
    HISTORY_COMMITS commits are fetched, without files. Raises InterruptedError if
    cancelled.
    """
    try:
        return _count_commits(source, old, new)
    except SourceError:
        return None


def _count_commits(source: Source, old: str, new: str) -> int | None:
    if source.address.is_local:
        return _local_commits_between(source.local_path, old, new)
    return _remote_commits_between(source, old, new)


def _local_commits_between(root: Path, old: str, new: str) -> int | None:
    repository = git_folder(root)
    if repository is None:
        return None
    return Git(repository, seconds=HISTORY_SECONDS).commits_between(old, new)


def _remote_commits_between(source: Source, old: str, new: str) -> int | None:
    with workspace.temporary_folder(source.work_dir) as folder:
        git = Git(
            folder / "history.git",
            seconds=HISTORY_SECONDS,
            megabytes=HISTORY_MEGABYTES,
            cancelled=source.cancelled,
        )

        def fetch(remote: Remote) -> str:
            return git.fetch(remote, source.revision, depth=HISTORY_COMMITS, files=False)

        _follow_moves(source, folder, fetch)
        return git.commits_between(old, new)


def _follow_moves(source: Source, folder: Path, call: Callable[[Remote], str]) -> str:
    """`call` with the checked remote; if it has moved, with the one it moved to.

    Each new address passes the network policy like the first. The token is sent to the
    host it was given for and to no other. Raises Moved after MAX_MOVES addresses.
    """
    address, token, limits = source.address, source.token, source.limits
    ca_file = limits.ca_file and workspace.certificate_bundle(limits.ca_file, folder)
    for _ in range(MAX_MOVES):
        remote = Remote(address, _pin(address, limits), token, ca_file, limits.proxy)
        try:
            return call(remote)
        except Moved:
            target = _move_target(remote)
            if target is None:
                raise
            network_policy.check_move(
                address, target, limits.allow, through_proxy=bool(limits.proxy)
            )
        if not _is_same_host(target, address):
            token = ""
        address = target
    raise Moved("too_many_moves")


def _pin(address: Address, limits: FetchLimits) -> network_policy.PinnedHost:
    return network_policy.check(address, limits.allow, through_proxy=bool(limits.proxy))


def _is_same_host(one: Address, other: Address) -> bool:
    return (one.hostname, one.port) == (other.hostname, other.port)


def _move_target(remote: Remote) -> Address | None:
    """The new address of a remote that has moved; None if its host does not tell.

    Raises NotFound if only the spelling changes: then there is nothing at either.
    """
    try:
        target = moved_to(remote)
    except OSError:
        return None
    if target is not None and target.url == remote.address.url:
        raise NotFound from None
    return target


def _open_local(source: Source) -> Snapshot:
    root = source.local_path
    folder = LocalFolder(root)
    repository = git_folder(root)
    if repository is not None and (source.revision or repository == root):
        return _open_repository(source, repository)
    if source.revision:
        raise NoRevision
    # Without a named revision a checkout is read as it lies there, changes and all.
    listing = _checkout(source, folder) or folder
    entries = listing.entries()
    if not entries:
        raise Broken("empty_folder")
    return Snapshot(folder.commit(entries), entries, listing, listing.left_out)


def _checkout(source: Source, folder: LocalFolder) -> Checkout | None:
    """The folder as git lists it; None if it is in no checkout, or git knows nothing in it."""
    root = folder.root
    repository = git_folder(root)
    if repository is not None:
        return Checkout(folder, _git(source, repository), root)
    enclosing = enclosing_checkout(root)
    if enclosing is None:
        return None
    top, repository = enclosing
    checkout = Checkout(folder, _git(source, repository), top)
    return checkout if checkout.has_tracked_files() else None


def _open_repository(source: Source, folder: Path) -> Snapshot:
    git = _git(source, folder)
    return _git_snapshot(git, git.local_commit(source.revision))


def _git(source: Source, folder: Path) -> Git:
    return Git(
        folder,
        seconds=source.limits.seconds,
        megabytes=source.limits.megabytes,
        cancelled=source.cancelled,
    )


def _git_snapshot(git: Git, commit: str) -> Snapshot:
    entries = git.entries(commit)
    if not entries:
        raise Broken("empty_repository")
    return Snapshot(commit, entries, git)
