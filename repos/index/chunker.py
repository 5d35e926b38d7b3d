"""Chunking in worker processes, where a grammar is involved."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace

from deepwiki.foundation.worker_process import WorkerFailed, WorkerPool
from repos.indexing import ParsedFile, TextChunk, chunk_text, language_of, parse, parse_by_words
from repos.indexing.languages import GRAMMARS
from repos.indexing.symbols import from_message

logger = logging.getLogger(__name__)
SIZE = 4  # more than there are jobs at once
MAX_FAILURES = 5  # of one language in one run, after which its grammar is not asked again
pool = WorkerPool("repos.indexing.chunk_worker", size=SIZE, wait_seconds=60.0, call_seconds=60.0)


class Chunker:
    """Chunks the files of one run, and finds their symbols.

    A file whose grammar crashes or takes too long is chunked by its lines, its symbols are
    found by words.
    """

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()

    def chunk(self, path: str, text: str) -> list[TextChunk]:
        """See `repos.indexing.chunk`."""
        return self.parse(path, text).chunks

    def parse(self, path: str, text: str) -> ParsedFile:
        """See `repos.indexing.parse`."""
        language = language_of(path)
        if language not in GRAMMARS:
            return parse(path, text)
        if self._failures[language] < MAX_FAILURES:
            try:
                return self._parse_in_worker(path, text, language)
            except WorkerFailed:
                self._failures[language] += 1
                logger.warning("a file of %s was chunked by its lines", language)
        return parse_by_words(path, text)

    def _parse_in_worker(self, path: str, text: str, language: str) -> ParsedFile:
        """Raises WorkerFailed."""
        rows = text.split("\n")
        chunks = []
        found_chunks, symbols = pool.call("parsed", path=path, text=text)
        for start, end, symbol, names, *columns in found_chunks:
            found = TextChunk(start, end, symbol, tuple(names), "", *columns)
            chunks.append(replace(found, text=chunk_text(language, rows, found)))
        return ParsedFile(chunks, from_message(symbols))
