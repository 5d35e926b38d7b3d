"""Folders on this machine: walked without following a single link, in any part of a path."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

from repos.sources.errors import NotFound
from repos.sources.tree import VENDORED, TreeEntry, ignore_rules

BUILT = frozenset({"build", "target", "out", "coverage", "htmlcov", "staticfiles"})
MOST_ENTRIES = 400_000
READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Folder:
    """A plain folder. What its `.gitignore` files exclude, and build and dependency folders, are not entered at all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        if not root.is_dir():
            raise NotFound("There is no such folder.")

    def entries(self) -> list[TreeEntry]:
        """Every file and link, with the id git would give its contents. Unreadable ones are left out."""
        found: list[TreeEntry] = []
        rules: dict[str, GitIgnoreSpec] = {}
        for path, folders, names in os.walk(self.root, followlinks=False):
            relative = Path(path).relative_to(self.root)
            if ".gitignore" in names and (
                text := self._bytes(str(relative / ".gitignore"), 100_000)
            ):
                rules[str(relative)] = GitIgnoreSpec.from_lines(
                    ignore_rules(text.decode("utf-8", "replace"))
                )
            folders[:] = sorted(
                f
                for f in folders
                if f not in VENDORED | BUILT
                and not _is_environment(path, f)
                and not _ignored(rules, relative / f, "/")
            )
            for name in sorted(names):
                if _ignored(rules, relative / name):
                    continue
                entry = self._entry(str(relative / name))
                if entry is not None:
                    found.append(entry)
            if len(found) > MOST_ENTRIES:
                break
        return found

    def commit(self, entries: Iterable[TreeEntry]) -> str:
        """A name for this state of the folder: a digest of paths and contents."""
        digest = hashlib.sha1(usedforsecurity=False)
        for entry in entries:
            digest.update(
                f"{entry.mode} {entry.path}\0{entry.sha}\n".encode("utf-8", "surrogateescape")
            )
        return digest.hexdigest()

    def read(self, entries: Iterable[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]:
        for entry in entries:
            data = self._bytes(entry.path, entry.size + 1)
            if data is not None:
                yield entry, data

    def _entry(self, path: str) -> TreeEntry | None:
        try:
            info = os.lstat(self.root / path)
        except OSError:
            return None
        if stat.S_ISLNK(info.st_mode):
            return TreeEntry(path, "0" * 40, 0, "120000")
        if not stat.S_ISREG(info.st_mode):
            return None
        # Contents name a file; a large one, which will not be read anyway, is named by its size and time.
        if info.st_size > 2_000_000:
            seed = f"{info.st_size}:{info.st_mtime_ns}".encode()
        else:
            data = self._bytes(path, info.st_size)
            if data is None:
                return None
            seed = b"blob %d\0" % len(data) + data
        return TreeEntry(path, hashlib.sha1(seed, usedforsecurity=False).hexdigest(), info.st_size)

    def _bytes(self, path: str, most: int) -> bytes | None:
        """The file's bytes, each part of its path opened from the one above and none of them a link."""
        parts = Path(path).parts
        try:
            folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                for part in parts[:-1]:
                    inner = os.open(
                        part,
                        os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC,
                        dir_fd=folder,
                    )
                    os.close(folder)
                    folder = inner
                file = os.open(parts[-1], READ_FLAGS, dir_fd=folder)
            finally:
                os.close(folder)
            with os.fdopen(file, "rb") as stream:
                return (
                    stream.read(most) if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else None
                )
        except OSError:
            return None


def _ignored(rules: dict[str, GitIgnoreSpec], path: Path, ending: str = "") -> bool:
    """Do the `.gitignore` files of the folders above `path` exclude it?"""
    for folder in (path.parent, *path.parent.parents) if rules else ():
        spec = rules.get(str(folder))
        if spec is not None and spec.match_file(str(path.relative_to(folder)) + ending):
            return True
    return False


def _is_environment(path: str, folder: str) -> bool:
    return os.path.exists(os.path.join(path, folder, "pyvenv.cfg"))


def git_folder(root: Path) -> Path | None:
    """The git directory of a bare repository or a checkout, None for a plain folder."""
    for candidate in (root, root / ".git"):
        if (candidate / "HEAD").is_file() and (candidate / "objects").is_dir():
            return candidate
    return None
