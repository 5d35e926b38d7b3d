"""Where the repository of a folder on this machine is."""

from __future__ import annotations

import re
from pathlib import Path

GIT_FILE_BYTES = 10_000
GIT_FILE = re.compile(r"gitdir: (.+?)\n?")
WORKTREE_SETTING = re.compile(r"^\s*worktree\s*=\s*\"?(.+?)\"?\s*$", re.MULTILINE)


def git_folder(root: Path) -> Path | None:
    """The git directory of a bare repository or a checkout, None for a plain folder.

    Worktrees and submodules have a file `.git` that names theirs. It counts only if that
    one names the checkout, too: else any folder could open any repository.
    """
    inner = root / ".git"
    if inner.is_file() and not inner.is_symlink():
        return _linked_folder(inner)
    for candidate in (root, inner):
        if _is_git_folder(candidate) and (candidate == root or not candidate.is_symlink()):
            return candidate
    return None


def enclosing_checkout(root: Path) -> tuple[Path, Path] | None:
    """The nearest checkout that a folder is in, and its git directory."""
    for parent in root.parents:
        git = git_folder(parent)
        if git is not None and git != parent:
            return parent, git
    return None


def _linked_folder(git_file: Path) -> Path | None:
    match = GIT_FILE.fullmatch(_text(git_file))
    if match is None:
        return None
    target = (git_file.parent / match[1]).resolve()
    if not (target / "HEAD").is_file() or git_file.resolve() not in _checkouts_of(target):
        return None
    return target


def _checkouts_of(target: Path) -> set[Path]:
    """The `.git` files of the checkouts that a git directory names."""
    named = [Path(_text(target / "gitdir").strip() or "/")]  # of a worktree
    if match := WORKTREE_SETTING.search(_text(target / "config")):  # of a submodule
        named.append(target / match[1] / ".git")
    return {path.resolve() for path in named}


def _is_git_folder(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(GIT_FILE_BYTES).decode("utf-8", "surrogateescape")
    except OSError:
        return ""
