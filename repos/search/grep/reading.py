"""Reads the texts of documents that may match, in batches and within bounds."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from deepwiki.foundation.sql import fetch_all
from repos.search.grep.candidates import MAX_CANDIDATES, CandidateFile
from repos.search.grep.line_matcher import LineMatcher
from repos.search.grep.matches import Clock, Matches, SearchTimeOver, shown_lines
from repos.search.grep.results import GrepNotice, GrepOptions, GrepResult, MatchedFile

BATCH_BYTES = 2 * 2**20  # of texts that are in memory at once, or one text
BATCH_FILES = 400
# Batches in memory at once, of all searches of a process: matching has the interpreter to
# itself, so that more would not be sooner, and each takes several times its texts.
ROOM = threading.BoundedSemaphore(2)
MAX_BYTES = 128 * 2**20  # of texts that one search reads
MAX_MILLISECONDS = 4_000
MAX_MATCHES = 20_000
TEXTS = "SELECT id, text FROM repos_document WHERE id = ANY(%s)"


class Reading:
    """One search over candidates, within the bounds of this module."""

    def __init__(self, matcher: LineMatcher, options: GrepOptions) -> None:
        self._matcher, self._options = matcher, options
        self._clock = Clock.of(MAX_MILLISECONDS)
        self._cut: GrepNotice | None = None
        self._files: list[MatchedFile] = []
        self._file_count = self._match_count = self._read = self._bytes = 0
        self._any_file_cut = False

    def run(self, candidates: Sequence[CandidateFile]) -> None:
        """Read the candidates' texts and count their matches."""
        if len(candidates) == MAX_CANDIDATES:
            self._cut = GrepNotice.TOO_MANY_BYTES
        try:
            for batch in _batches(candidates):
                with self._clock.permit(ROOM):
                    self._look_into_all(batch)
        except SearchTimeOver:
            self._cut = GrepNotice.TOO_SLOW
        except _Enough as enough:
            self._cut = enough.notice

    def result(self, notices: list[GrepNotice]) -> GrepResult:
        """What was found, with `notices` and the bound that was reached."""
        if self._cut is not None:
            notices = [*notices, self._cut]
        return GrepResult(
            self._files,
            self._file_count,
            self._match_count,
            self._cut is not None or self._any_file_cut,
            self._read,
            tuple(notices),
        )

    def _look_into_all(self, batch: Sequence[CandidateFile]) -> None:
        rows = fetch_all(TEXTS, [[candidate.document_id for candidate in batch]])
        texts: dict[int, str] = dict(rows)
        for candidate in batch:
            self._look_into(candidate, texts.get(candidate.document_id, ""))

    def _look_into(self, candidate: CandidateFile, text: str) -> None:
        self._count_bytes(candidate)
        matches = self._matcher.matches(candidate.document_id, text, self._clock)
        self._read += 1
        self._any_file_cut |= matches.is_cut
        if matches.spans:
            self._add(candidate, matches)
            self._check_matches()

    def _count_bytes(self, candidate: CandidateFile) -> None:
        self._bytes += candidate.size
        if self._bytes > MAX_BYTES:
            raise _Enough(GrepNotice.TOO_MANY_BYTES)

    def _check_matches(self) -> None:
        if self._match_count > MAX_MATCHES:
            raise _Enough(GrepNotice.TOO_MANY_MATCHES)

    def _add(self, candidate: CandidateFile, matches: Matches) -> None:
        first = self._options.offset
        if first <= self._file_count < first + self._options.limit:
            self._files.append(_found_file(candidate, matches))
        self._file_count += 1
        self._match_count += len(matches.spans)


class _Enough(Exception):
    """A bound is reached."""

    def __init__(self, notice: GrepNotice) -> None:
        super().__init__(notice)
        self.notice = notice


def _batches(candidates: Sequence[CandidateFile]) -> Iterator[list[CandidateFile]]:
    batch: list[CandidateFile] = []
    size = 0
    for candidate in candidates:
        if batch and (size + candidate.size > BATCH_BYTES or len(batch) == BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(candidate)
        size += candidate.size
    if batch:
        yield batch


def _found_file(candidate: CandidateFile, matches: Matches) -> MatchedFile:
    return MatchedFile(
        repository_id=candidate.repository_id,
        commit=candidate.commit,
        path=candidate.path,
        language=candidate.language,
        role=candidate.role,
        lines=shown_lines(matches),
        count=len(matches.spans),
        is_cut=matches.is_cut,
    )
