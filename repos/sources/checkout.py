"""Checkouts on this machine, as git lists them: with uncommitted changes.

Files that git tracks are there, also where an ignore file names them; of the others,
those that no ignore file excludes, the person's own among them. Files that a sparse
checkout leaves out are read from the last commit. Nothing that the repository configures
is run: see CONFIG in git_process.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from repos.sources.errors import RepositoryTooLarge, SourceError
from repos.sources.git import Git
from repos.sources.git_process import GitCommand
from repos.sources.local_folder import LocalFolder, reason_to_skip
from repos.sources.tree import SUBMODULE_MODE, Contents, Entries, LeftOut, TreeEntry
from repos.sources.tree_listing import MAX_ENTRIES

LIST_BYTES = 100_000_000
TRACKED = ("ls-files", "-z", "--cached", "--stage", "-t")
UNTRACKED = ("ls-files", "-z", "--others", "--exclude-standard")
IGNORED = (*UNTRACKED, "--ignored", "--directory")
SPARSE = b"S"  # the tag of a file that a sparse checkout leaves out
EXCLUDES_KEY = "core.excludesFile"


class Checkout:
    """A folder in the working tree `top` of the repository that `git` opens.

    Raises the SourceError family, and InterruptedError if cancelled.
    """

    def __init__(self, folder: LocalFolder, git: Git, top: Path) -> None:
        self.folder = folder
        self.git = git
        self.top = top
        self.left_out: list[LeftOut] = []
        self._sparse: dict[str, TreeEntry] = {}

    def entries(self) -> list[TreeEntry]:
        """Every file, link and submodule; `left_out` then contains the others."""
        self.left_out = [("ignored", path.rstrip("/")) for path in self._paths(IGNORED)]
        entries: list[TreeEntry] = []
        for entry in itertools.chain(self._tracked(), self._untracked()):
            entries.append(entry)
            if len(entries) > MAX_ENTRIES:
                raise RepositoryTooLarge("too_many_files")
            if self.git.runner.cancelled():
                raise InterruptedError
        return entries

    def has_tracked_files(self) -> bool:
        """Whether git knows anything in the folder."""
        return any(self._records(TRACKED))

    def read(self, entries: Entries) -> Contents:
        """The bytes of each entry, in order, from the folder or the repository."""
        for _, group in itertools.groupby(entries, key=self._is_sparse):
            yield from self._read(list(group))

    def _read(self, entries: list[TreeEntry]) -> Contents:
        """The bytes of entries that are all in the folder, or all in the repository."""
        if self._is_sparse(entries[0]):
            return self.git.read(entries)
        return self.folder.read(entries)

    def _is_sparse(self, entry: TreeEntry) -> bool:
        return entry.path in self._sparse

    def _tracked(self) -> Iterator[TreeEntry]:
        sparse: set[str] = set()
        previous = ""
        for record in self._records(TRACKED):
            head, _, name = record.partition(b"\t")
            path = os.fsdecode(name)
            if path == previous:  # an unmerged file has several stages
                continue
            previous = path
            tag, mode, sha, _ = head.split()
            if tag == SPARSE:
                sparse.add(path)
            elif mode.decode() == SUBMODULE_MODE:
                yield TreeEntry(path, sha.decode(), 0, SUBMODULE_MODE)
            else:
                yield from self._on_disk(path)
        yield from self._of_last_commit(sparse)

    def _nested(self, path: str) -> TreeEntry:
        """A repository inside that git does not track."""
        return TreeEntry(path.rstrip("/"), "", 0, SUBMODULE_MODE)

    def _untracked(self) -> Iterator[TreeEntry]:
        for path in self._paths(UNTRACKED):
            reason = reason_to_skip(path)
            if path.endswith("/"):
                yield self._nested(path)
            elif reason:
                self.left_out.append((reason, path))
            else:
                yield from self._on_disk(path)

    def _on_disk(self, path: str) -> Iterator[TreeEntry]:
        """The entry of a file as it is now; none for one that was deleted."""
        entry = self.folder.entry(path)
        if entry is not None:
            yield entry
        elif os.path.lexists(self.folder.root / path):
            self.left_out.append(("unreadable", path))

    def _of_last_commit(self, paths: set[str]) -> Iterator[TreeEntry]:
        if not paths or self.top != self.folder.root:
            return
        for entry in self.git.entries(self.git.commit()):
            if entry.path in paths:
                self._sparse[entry.path] = entry
                yield entry

    def _paths(self, arguments: tuple[str, ...]) -> Iterator[str]:
        return map(os.fsdecode, self._records(arguments))

    def _records(self, arguments: tuple[str, ...]) -> Iterator[bytes]:
        config = {EXCLUDES_KEY: self._personal_excludes()}
        command = GitCommand(
            arguments,
            config,
            work_tree=self.top,
            folder=self.folder.root,
            too_large="too_many_files",
        )
        return filter(None, self.git.runner.output(command, LIST_BYTES).split(b"\0"))

    def _personal_excludes(self) -> str:
        """The ignore file of the person who runs this server (gitignore(5))."""
        config = Path(os.environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser())
        for file in (Path("~/.gitconfig").expanduser(), config / "git/config"):
            if named := self._setting(file, EXCLUDES_KEY):
                return str(Path(named).expanduser())
        return str(config / "git/ignore")

    def _setting(self, file: Path, key: str) -> str:
        if not file.is_file():
            return ""
        arguments = ("config", "--file", str(file), "--get", key)
        try:
            output = self.git.runner.output(GitCommand(arguments, in_repository=False))
        except SourceError:
            return ""
        return output.decode("utf-8", "replace").strip()
