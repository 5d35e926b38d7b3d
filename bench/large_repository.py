"""Memory of a process that indexes 200 MB of text. Takes many minutes."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.index import copy_of
from bench.processes import resident_mib, start_indexing

TEXT_BYTES = 200_000_000
LARGEST_FILE = 900_000  # bytes; larger ones would not be indexed
POLL_SECONDS = 0.1


def measure(source: Path) -> dict[str, object]:
    """Index copies of `source`, each a little different, and sample the memory."""
    prefix = "bench-large-"
    with copy_of(source) as folder, tempfile.TemporaryDirectory(prefix=prefix) as temporary:
        large = Path(temporary) / "large"
        _write_copies(folder, large)
        began = time.perf_counter()
        indexing = start_indexing(large, DEEPWIKI_INDEX_FILES="1000000")
        peak = 0
        while indexing.poll() is None:
            peak = max(peak, resident_mib(indexing.pid))
            time.sleep(POLL_SECONDS)
        output, _ = indexing.communicate()
    return {
        "memory: 200 MB of text, peak MiB": peak,
        "memory: seconds": round(time.perf_counter() - began),
        "memory: said": output.strip(),
    }


def _write_copies(folder: Path, target: Path) -> None:
    """Copies of `folder` below `target`, with a line added to each file, until they hold
    TEXT_BYTES."""
    size = number = 0
    while size < TEXT_BYTES:
        number += 1
        for path in sorted(folder.rglob("*")):
            if size >= TEXT_BYTES:
                return
            if path.is_file() and path.stat().st_size < LARGEST_FILE:
                text = path.read_bytes() + f"\n# copy {number}\n".encode()
                copy = target / f"copy{number}" / path.relative_to(folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(text)
                size += len(text)
