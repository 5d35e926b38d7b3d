"""A table of bytes in a file, of which rows are read when they are needed.

Reading costs a microsecond a row from the page cache, which all processes share, and no
memory of the process; the pages of a mapping would count as its own with time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import weakref
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)
Bytes = NDArray[np.uint8]


class RowFile:
    """Rows of `width` bytes. Indexed by an array of row numbers, as an array would be.

    Raises OSError when the file cannot be read.
    """

    def __init__(self, path: Path, width: int) -> None:
        self._width = width
        self._descriptor = os.open(path, os.O_RDONLY)
        self._close_when_collected()

    def _close_when_collected(self) -> None:
        weakref.finalize(self, os.close, self._descriptor)

    @classmethod
    def of(cls, table: Bytes, path: Path) -> Self | None:
        """The rows of `table` in a file, written unless it is there; None if it cannot be."""
        try:
            if not _is_whole(path, table):
                _write(path, table)
            return cls(path, table.shape[1])
        except OSError:
            logger.warning("%s cannot be written: its table stays in memory", path, exc_info=True)
            return None

    def __getitem__(self, rows: NDArray[np.int64]) -> Bytes:
        descriptor, width = self._descriptor, self._width
        data = b"".join([os.pread(descriptor, width, row * width) for row in rows.tolist()])
        _check_length(data, len(rows) * width)
        return np.frombuffer(data, dtype=np.uint8).reshape(len(rows), width)


def _check_length(data: bytes, expected: int) -> None:
    """Raises OSError when the file has become shorter."""
    if len(data) != expected:
        raise OSError("a file of rows was cut")


def _blocks(table: Bytes) -> list[Bytes]:
    """The table in pieces of about a megabyte: a copy of one costs little."""
    return np.array_split(table, 64)


def _is_whole(path: Path, table: Bytes) -> bool:
    """Does the file hold exactly the table? Compared by blocks: a disk may have lied."""
    try:
        with path.open("rb") as file:
            for block in _blocks(table):
                if file.read(block.nbytes) != block.tobytes():
                    return False
            return not file.read(1)
    except FileNotFoundError:
        return False


def _write(path: Path, table: Bytes) -> None:
    """Write the table beside `path`, then move it there: no process sees half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as cleanup:
        file = cleanup.enter_context(tempfile.NamedTemporaryFile(dir=path.parent, delete=False))
        cleanup.callback(Path(file.name).unlink, missing_ok=True)
        for block in _blocks(table):
            file.write(block.tobytes())
        file.flush()
        os.fsync(file.fileno())
        Path(file.name).replace(path)
