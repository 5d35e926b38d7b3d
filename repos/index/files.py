"""Reading the files of a snapshot and cutting them into chunks."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from repos.index.chunker import Chunker
from repos.index.progress import Progress
from repos.index.rows import ChunkedFile
from repos.indexing import ParsedFile
from repos.indexing.file_selection import File, Skipped, files
from repos.indexing.vendored import own_notice_paths
from repos.sources import Snapshot
from repos.sources.tree import TreeEntry

logger = logging.getLogger(__name__)
MAX_NOTICES = 4  # files that say whose a project is


def chunked_files(
    entries: Sequence[TreeEntry], snapshot: Snapshot, skipped: Skipped, progress: Progress
) -> Iterator[ChunkedFile]:
    """The texts among `entries` with their chunks.

    Reports to `progress` what cannot be read or chunked, and counts in `skipped` what
    is no text.
    """
    chunker = Chunker()
    unread = {entry.path for entry in entries}
    notices = own_notice_paths(entry.path for entry in snapshot.entries)
    own_notice = "\n".join(map(snapshot.text_of, notices[:MAX_NOTICES]))
    for file in files(_blobs(entries, snapshot, unread), skipped, own_notice):
        parsed = _parsed(chunker, file, progress)
        if parsed is None:
            continue
        if not parsed.chunks:
            skipped.add("empty", file.entry.path)
        yield ChunkedFile(file, parsed.chunks, parsed.symbols)
    for path in sorted(unread):
        skipped.add("unreadable", path)
        progress.file_failed(path, "it could not be read")


def _blobs(
    entries: Sequence[TreeEntry], snapshot: Snapshot, unread: set[str]
) -> Iterator[tuple[TreeEntry, bytes]]:
    """The entries with their bytes.

    Removes from `unread` the paths that could be read.
    """
    for entry, data in snapshot.reader.read(list(entries)):
        unread.discard(entry.path)
        yield entry, data


def _parsed(chunker: Chunker, file: File, progress: Progress) -> ParsedFile | None:
    try:
        return chunker.parse(file.entry.path, file.text)
    except Exception:  # a parser's own fault must not cost the other files
        logger.exception("a file could not be cut")
        progress.file_failed(file.entry.path, "it could not be cut into passages")
        return None
