"""Chunking in worker processes, where a grammar is involved."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace

from deepwiki.foundation.worker_process import WorkerFailed, WorkerPool
from repos.indexing import TextChunk, chunk, chunk_by_lines, chunk_text, language_of
from repos.indexing.languages import GRAMMARS

logger = logging.getLogger(__name__)
SIZE = 4  # more than there are jobs at once
MAX_FAILURES = 5  # of one language in one run, after which its grammar is not asked again
pool = WorkerPool("repos.indexing.chunk_worker", size=SIZE, wait_seconds=60.0, call_seconds=60.0)


class Chunker:
    """Chunks the files of one run.

    A file whose grammar crashes or takes too long is chunked by its lines.
    """

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()

    def chunk(self, path: str, text: str) -> list[TextChunk]:
        """See `repos.indexing.chunk`."""
        language = language_of(path)
        if language not in GRAMMARS:
            return chunk(path, text)
        if self._failures[language] < MAX_FAILURES:
            try:
                return self._chunk_in_worker(path, text, language)
            except WorkerFailed:
                self._failures[language] += 1
                logger.warning("a file of %s was chunked by its lines", language)
        return chunk_by_lines(text)

    def _chunk_in_worker(self, path: str, text: str, language: str) -> list[TextChunk]:
        """Raises WorkerFailed."""
        rows = text.split("\n")
        chunks = []
        for start, end, symbol, symbols, *columns in pool.call("chunks", path=path, text=text):
            found = TextChunk(start, end, symbol, tuple(symbols), "", *columns)
            chunks.append(replace(found, text=chunk_text(language, rows, found)))
        return chunks
