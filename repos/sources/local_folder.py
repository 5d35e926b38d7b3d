"""Folders on this machine, read without following a link in any part of a path."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from repos.sources.errors import NotFound, RepositoryTooLarge
from repos.sources.globs import GlobRules
from repos.sources.tree import (
    LINK_MODE,
    VENDORED,
    Contents,
    Entries,
    LeftOut,
    TreeEntry,
    ignore_lines,
    is_build_folder,
)

MAX_ENTRIES = 400_000
GIT_FOLDER = ".git"
MAX_HASHED_BYTES = 2_000_000
IGNORE_FILE_BYTES = 100_000
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
Rules = dict[str, GlobRules]  # by the folder of the `.gitignore`
READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LocalFolder:
    """A plain folder. Raises NotFound if it does not exist.

    What its `.gitignore` files exclude, and build and dependency folders, is not entered
    and stands in `left_out`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._root = os.fspath(root)
        self.left_out: list[LeftOut] = []
        if not root.is_dir():
            raise NotFound("no_folder")

    def entries(self) -> list[TreeEntry]:
        """Every readable file and every link, with the id git would give its contents."""
        entries: list[TreeEntry] = []
        rules: Rules = {}
        self.left_out = []
        unvisited = [""]
        while unvisited:
            parent = unvisited.pop()
            folders, names = self._children(parent)
            if ".gitignore" in names:
                self._read_rules(parent, rules)
            entered = self._folders_to_enter(parent, folders, names, rules)
            unvisited += [_joined(parent, name) for name in reversed(entered)]
            entries += self._file_entries(parent, names, rules)
            if len(entries) + len(self.left_out) > MAX_ENTRIES:
                raise RepositoryTooLarge("too_many_files")
        return entries

    def _children(self, folder: str) -> tuple[list[str], list[str]]:
        """The names of the folders in a folder, and those of files and links."""
        folders: list[str] = []
        names: list[str] = []
        try:
            with os.scandir(self.root / folder) as children:
                for child in children:
                    is_folder = child.is_dir(follow_symlinks=False)
                    (folders if is_folder else names).append(child.name)
        except OSError:  # not ours to read, or a path too long for the system
            self.left_out.append(("unreadable", folder))
        return folders, names

    def commit(self, entries: Entries) -> str:
        """A digest of paths and contents, in place of a commit's id."""
        digest = hashlib.sha1(usedforsecurity=False)
        for entry in entries:
            digest.update(_digest_line(entry))
        return digest.hexdigest()

    def read(self, entries: Entries) -> Contents:
        """The bytes of each entry, in order; files that became unreadable are left out."""
        for entry in entries:
            data = self._read_bytes(entry.path, entry.size + 1)
            if data is not None:
                yield entry, data

    def _read_rules(self, folder: str, rules: Rules) -> None:
        if data := self._read_bytes(_joined(folder, ".gitignore"), IGNORE_FILE_BYTES):
            rules[folder] = GlobRules(ignore_lines(data.decode("utf-8", "replace")))

    def _folders_to_enter(
        self, parent: str, names: list[str], files: list[str], rules: Rules
    ) -> list[str]:
        entered = []
        for name in sorted(names):
            path = _joined(parent, name)
            reason = self._reason_not_to_enter(path, name, rules)
            if not reason and is_build_folder(name, files):
                reason = "vendored"
            if reason:
                self.left_out.append((reason, path))
            elif name != GIT_FOLDER:
                entered.append(name)
        return entered

    def _reason_not_to_enter(self, path: str, name: str, rules: Rules) -> str:
        if _is_ignored(rules, path, is_folder=True):
            return "ignored"
        if name == GIT_FOLDER:
            return ""
        if name in VENDORED or _is_virtual_environment(self.root / path):
            return "vendored"
        return ""

    def _file_entries(self, parent: str, names: list[str], rules: Rules) -> Iterator[TreeEntry]:
        for name in sorted(names):
            path = _joined(parent, name)
            if _is_ignored(rules, path):
                self.left_out.append(("ignored", path))
                continue
            entry = self.entry(path)
            if entry is not None:
                yield entry
            elif name != GIT_FOLDER:
                self.left_out.append(("unreadable", path))

    def entry(self, path: str) -> TreeEntry | None:
        """The entry of a file or link, None if it is none or cannot be read."""
        try:
            info = os.lstat(f"{self._root}/{path}")
        except OSError:
            return None
        if stat.S_ISLNK(info.st_mode):
            return TreeEntry(path, "0" * 40, 0, LINK_MODE)
        if not stat.S_ISREG(info.st_mode):
            return None
        content = self._hashed_content(path, info)
        if content is None:
            return None
        sha = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return TreeEntry(path, sha, info.st_size)

    def _hashed_content(self, path: str, info: os.stat_result) -> bytes | None:
        """What names a file: git's blob, or size and time of a file too large to be read."""
        if info.st_size > MAX_HASHED_BYTES:
            return f"{info.st_size}:{info.st_mtime_ns}".encode()
        data = self._read_bytes(path, info.st_size)
        if data is None:
            return None
        return b"blob %d\0" % len(data) + data

    def _read_bytes(self, path: str, max_bytes: int) -> bytes | None:
        """The first bytes of a regular file, None if it is none or cannot be read."""
        try:
            descriptor = self._open(path.split("/"))
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as stream:
            try:
                if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    return stream.read(max_bytes)
            except OSError:
                pass
        return None

    def _open(self, parts: list[str]) -> int:
        """A descriptor of the file; each part is opened from its parent, none is a link."""
        folder = os.open(self._root, FOLDER_FLAGS)
        try:
            for part in parts[:-1]:
                inner = os.open(part, FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=folder)
                os.close(folder)
                folder = inner
            return os.open(parts[-1], READ_FLAGS, dir_fd=folder)
        finally:
            os.close(folder)


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}".lstrip("/")


def reason_to_skip(path: str) -> str:
    """Why a file that git does not track is left out; empty if it is not."""
    if VENDORED.isdisjoint(PurePosixPath(path).parts[:-1]):
        return ""
    return "vendored"


def _digest_line(entry: TreeEntry) -> bytes:
    line = f"{entry.mode} {entry.path}\0{entry.sha}\n"
    return line.encode("utf-8", "surrogateescape")


def _is_virtual_environment(folder: Path) -> bool:
    try:
        return (folder / "pyvenv.cfg").exists()
    except OSError:  # not ours to enter
        return False


def _is_ignored(rules: Rules, path: str, *, is_folder: bool = False) -> bool:
    """Whether the `.gitignore` files in the parent folders exclude `path`.

    The innermost that says something about it decides (gitignore(5)).
    """
    inner = path
    while True:
        folder = inner.rpartition("/")[0]
        if folder in rules:
            relative = path.removeprefix(folder).removeprefix("/")
            decision = rules[folder].decide(relative, is_folder=is_folder)
            if decision is not None:
                return decision
        if not folder:
            return False
        inner = folder
