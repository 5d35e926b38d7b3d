"""Folders on this machine, read without following a link in any part of a path."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

from repos.sources.errors import NotFound
from repos.sources.tree import (
    LINK_MODE,
    VENDORED,
    Contents,
    Entries,
    TreeEntry,
    ignore_rules,
)

BUILD_FOLDERS = frozenset({"build", "target", "out", "coverage", "htmlcov", "staticfiles"})
SKIPPED_FOLDERS = VENDORED | BUILD_FOLDERS
MAX_ENTRIES = 400_000
MAX_HASHED_BYTES = 2_000_000
IGNORE_FILE_BYTES = 100_000
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
Rules = dict[str, GitIgnoreSpec]  # by the folder of the `.gitignore`
READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LocalFolder:
    """A plain folder. Raises NotFound if it does not exist.

    What its `.gitignore` files exclude, and build and dependency folders, is not entered.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        if not root.is_dir():
            raise NotFound("no_folder")

    def entries(self) -> list[TreeEntry]:
        """Every readable file and every link, with the id git would give its contents."""
        entries: list[TreeEntry] = []
        rules: Rules = {}
        for path, folders, names in os.walk(self.root, followlinks=False):
            relative = Path(path).relative_to(self.root)
            if ".gitignore" in names:
                self._read_rules(relative, rules)
            # os.walk enters what is left in this very list.
            folders[:] = self._folders_to_enter(relative, folders, rules)
            entries += self._file_entries(relative, names, rules)
            if len(entries) > MAX_ENTRIES:
                break
        return entries

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

    def _read_rules(self, folder: Path, rules: Rules) -> None:
        if data := self._read_bytes(str(folder / ".gitignore"), IGNORE_FILE_BYTES):
            rules[str(folder)] = _ignore_spec(data)

    def _folders_to_enter(self, parent: Path, names: list[str], rules: Rules) -> list[str]:
        return sorted(
            name
            for name in names
            if name not in SKIPPED_FOLDERS
            and not _is_virtual_environment(self.root / parent / name)
            and not _is_ignored(rules, parent / name, "/")
        )

    def _file_entries(self, parent: Path, names: list[str], rules: Rules) -> Iterator[TreeEntry]:
        for name in sorted(names):
            if _is_ignored(rules, parent / name):
                continue
            entry = self._entry(str(parent / name))
            if entry is not None:
                yield entry

    def _entry(self, path: str) -> TreeEntry | None:
        try:
            info = (self.root / path).lstat()
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
            descriptor = self._open(Path(path).parts)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as stream:
            try:
                if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    return stream.read(max_bytes)
            except OSError:
                pass
        return None

    def _open(self, parts: tuple[str, ...]) -> int:
        """A descriptor of the file; each part is opened from its parent, none is a link."""
        folder = os.open(self.root, FOLDER_FLAGS)
        try:
            for part in parts[:-1]:
                inner = os.open(part, FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=folder)
                os.close(folder)
                folder = inner
            return os.open(parts[-1], READ_FLAGS, dir_fd=folder)
        finally:
            os.close(folder)


def git_folder(root: Path) -> Path | None:
    """The git directory of a bare repository or a checkout, None for a plain folder."""
    for candidate in (root, root / ".git"):
        if _is_git_folder(candidate):
            return candidate
    return None


def _is_git_folder(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()


def _digest_line(entry: TreeEntry) -> bytes:
    line = f"{entry.mode} {entry.path}\0{entry.sha}\n"
    return line.encode("utf-8", "surrogateescape")


def _ignore_spec(data: bytes) -> GitIgnoreSpec:
    """The rules in a `.gitignore` file."""
    return GitIgnoreSpec.from_lines(ignore_rules(data.decode("utf-8", "replace")))


def _is_virtual_environment(folder: Path) -> bool:
    try:
        return (folder / "pyvenv.cfg").exists()
    except OSError:  # not ours to enter
        return False


def _is_ignored(rules: Rules, path: Path, ending: str = "") -> bool:
    """Whether a `.gitignore` file in one of the parent folders excludes `path`.

    `ending` is `/` for a folder.
    """
    if not rules:
        return False
    for folder in path.parents:
        spec = rules.get(str(folder))
        if spec is not None and spec.match_file(str(path.relative_to(folder)) + ending):
            return True
    return False
