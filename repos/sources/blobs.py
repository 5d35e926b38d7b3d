"""Requests to `git cat-file --batch` and its answers."""

from __future__ import annotations

import contextlib
from typing import IO

from repos.sources.errors import Broken


def write_requests(stdin: IO[bytes], shas: list[str]) -> None:
    # OSError: the reader has stopped and killed git.
    with contextlib.suppress(OSError):
        stdin.write(_requests(shas))
        stdin.close()


def _requests(shas: list[str]) -> bytes:
    """The input of `cat-file --batch`: an id a line."""
    return "".join(f"{sha}\n" for sha in shas).encode()


def read_blob(stdout: IO[bytes]) -> bytes:
    """One answer of `cat-file --batch`: id, type, size, newline, contents, newline."""
    head = stdout.readline().split()
    if len(head) != 3 or head[1] != b"blob":
        raise Broken("blob_missing")
    size = int(head[2])
    data = stdout.read(size + 1)[:-1]
    if len(data) != size:
        raise Broken("blob_truncated")
    return data
