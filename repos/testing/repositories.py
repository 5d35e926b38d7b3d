"""Git repositories for tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

# Git's environment: a fixed author, no system or user configuration.
GIT_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@t",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@t",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "HOME": os.devnull,
    "PATH": os.environ.get("PATH", ""),
}


def run_git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    """The output of git in `folder`; `data` is its standard input."""
    command = ["git", "-C", str(folder), *arguments]
    process = subprocess.run(
        command, input=data, capture_output=True, check=True, env=GIT_ENVIRONMENT
    )
    return process.stdout.decode().strip()


def make_repository(folder: Path, files: dict[str, str | bytes], branch: str = "main") -> str:
    """Commit `files`, in a new repository or an existing one; returns the commit's id."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        run_git(folder, "init", "-q", "-b", branch)
    for name, content in files.items():
        _write_file(folder / name, content)
    run_git(folder, "add", "-A", "-f")
    run_git(folder, "commit", "-q", "--allow-empty", "-m", "change")
    return run_git(folder, "rev-parse", "HEAD")


def _write_file(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_encoded(content))


def _encoded(content: str | bytes) -> bytes:
    if isinstance(content, str):
        return content.encode()
    return content
