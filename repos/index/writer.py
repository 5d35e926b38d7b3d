"""Writes documents, chunks and terms. Nothing outside `repos.index` writes the index tables.

A new index is built beside the current one and made current in one transaction; changed files of a
live index are staged beside their old states and switched the same way. If the process is killed
before the switch, the old index stays current and the next build deletes the unfinished rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from repos.embedders import Embedder
from repos.index import terms
from repos.index.bulk import (
    analyze,
    bulk_transaction,
    delete_documents,
    delete_staged_documents,
    next_ids,
)
from repos.index.removal import drop_index
from repos.index.vectors import missing_vectors
from repos.indexing.chunking import TextChunk
from repos.indexing.code_tokens import sparse_text, weigh
from repos.indexing.file_selection import File
from repos.indexing.languages import language_of
from repos.models import Index, Repository
from repos.sources.tree import printable

# Raise it when chunking or weights change: every index is then built anew, beside the old one.
FORMAT = 1
PATH_FACTOR, CLASS_FACTOR, SYMBOL_FACTOR = 3, 2, 2
MAX_COMMIT_HISTORY = 200
DOCUMENT_COLUMNS = "id, index_id, path, sha, language, role, lines, size, is_live, text"
CHUNK_COLUMNS = 'index_id, document_id, is_live, role, start, "end", symbol, words'

ChunkedFile = tuple[File, list[TextChunk]]


@dataclass
class Build:
    """An index being written. `partial` stages changes of a live index; otherwise `index` is new.

    `known` maps the live paths of a partial build to (document id, sha). `terms` counts the chunks
    that hold each term, `files` the documents written.
    """

    index: Index
    partial: bool
    known: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    terms: Counter[int] = field(default_factory=Counter)
    files: int = 0
    chunks: int = 0


def begin(
    repository: Repository,
    commit: str,
    embedders: Sequence[Embedder],
    shas: Mapping[str, str],
    *,
    force: bool,
) -> Build:
    """Start a partial build of the current index, or a new index, and delete interrupted builds.

    `shas` is the tree to index, path to content id. An index is built anew when `force` is set, when
    it was made with other options, or when more than half of the files changed.
    """
    current = repository.current_index
    for leftover in repository.indexes.exclude(pk=current.pk if current else 0):
        drop_index(leftover.pk)
    if current is not None:
        delete_staged_documents(current.pk)
        if is_current(current, repository, embedders) and not force:
            known = _live_documents(current)
            if 2 * _changed(shas, known) <= len(shas):
                return Build(current, partial=True, known=known)
    return Build(_new_index(repository, commit, embedders), partial=False)


def is_current(index: Index, repository: Repository, embedders: Sequence[Embedder]) -> bool:
    """Was the index made with today's format, embedders and revision?"""
    keys = [embedder.key for embedder in embedders]
    made_with = (index.format, index.embedders, index.revision)
    return made_with == (FORMAT, keys, repository.revision)


def write(build: Build, files: Iterable[ChunkedFile]) -> None:
    """Store files with their chunks in one transaction. Files without chunks are left out."""
    rows = [(file, chunks) for file, chunks in files if chunks]
    if not rows:
        return
    with bulk_transaction() as cursor:
        ids = next_ids(cursor, "repos_document", len(rows))
        _copy_documents(cursor, build, ids, rows)
        _copy_chunks(cursor, build, ids, rows)
    build.files += len(rows)
    build.chunks += sum(len(chunks) for _, chunks in rows)


def switch(
    build: Build,
    repository: Repository,
    commit: str,
    skipped: Mapping[str, object],
    replaced: list[int],
    holds_claim: Callable[[], bool] = lambda: True,
) -> None:
    """Make a build the repository's current index in one transaction.

    `replaced` are the ids of live documents that a partial build removes. Raises InterruptedError
    when `holds_claim`, called inside the transaction, is false, and Repository.DoesNotExist when
    the repository was deleted meanwhile; the old index then stays current.
    """
    index = build.index
    with transaction.atomic():
        if not holds_claim():
            raise InterruptedError
        locked = Repository.objects.select_for_update().get(pk=repository.pk)
        previous = locked.current_index_id
        with connection.cursor() as cursor:
            if build.partial:
                _switch_documents(cursor, build, replaced)
            terms.store(cursor, index.pk, build.terms)
        _save(index, commit, skipped)
        locked.current_index = index
        locked.save(update_fields=["current_index"])
    repository.current_index = index
    if previous is not None and previous != index.pk:
        drop_index(previous)
    analyze()


def record_commit_history(index: Index, commit: str, steps: int | None) -> None:
    """Record that the index moved on from `commit` by `steps` commits; None when unknown."""
    history = [entry for entry in index.commit_history if entry[0] != commit]
    index.commit_history = [*history[-MAX_COMMIT_HISTORY:], [commit, steps]]
    Index.objects.filter(pk=index.pk).update(commit_history=index.commit_history)


def _live_documents(index: Index) -> dict[str, tuple[int, str]]:
    rows = index.documents.filter(is_live=True).values_list("path", "pk", "sha")
    return {path: (pk, sha) for path, pk, sha in rows}


def _changed(shas: Mapping[str, str], known: Mapping[str, tuple[int, str]]) -> int:
    """How many files of a tree are new or differ from the live documents."""
    return sum(1 for path, sha in shas.items() if path not in known or known[path][1] != sha)


def _new_index(repository: Repository, commit: str, embedders: Sequence[Embedder]) -> Index:
    current = repository.current_index
    return Index.objects.create(
        repository=repository,
        revision=repository.revision,
        commit=commit,
        embedders=[embedder.key for embedder in embedders],
        format=FORMAT,
        commit_history=current.commit_history if current is not None else [],
    )


def _copy_documents(
    cursor: Any, build: Build, ids: Sequence[int], rows: Sequence[ChunkedFile]
) -> None:
    with cursor.copy(f"COPY repos_document ({DOCUMENT_COLUMNS}) FROM STDIN") as copy:
        for pk, (file, _) in zip(ids, rows, strict=True):
            copy.write_row((pk, build.index.pk, *_document_values(file, build)))


def _document_values(file: File, build: Build) -> tuple[object, ...]:
    """The values of DOCUMENT_COLUMNS after the ids."""
    path = printable(file.entry.path)
    lines = file.text.count("\n") + 1
    is_live = not build.partial
    language = language_of(path)
    return path, file.entry.sha, language, file.role, lines, file.entry.size, is_live, file.text


def _copy_chunks(
    cursor: Any, build: Build, ids: Sequence[int], rows: Sequence[ChunkedFile]
) -> None:
    """Copy the chunks and count their terms in `build.terms`."""
    is_live = not build.partial
    with cursor.copy(f"COPY repos_chunk ({CHUNK_COLUMNS}) FROM STDIN") as copy:
        for document, (file, chunks) in zip(ids, rows, strict=True):
            keys = (build.index.pk, document, is_live, file.role)
            for chunk in chunks:
                weights = weigh(_fields(file.entry.path, chunk))
                build.terms.update(weights.keys())
                lines = (chunk.start, chunk.end)
                copy.write_row((*keys, *lines, chunk.symbol, sparse_text(weights)))


def _fields(path: str, chunk: TextChunk) -> list[tuple[str, int]]:
    """The BM25 fields of a chunk, each with its factor."""
    enclosing, _, _ = chunk.symbol.rpartition(".")
    return [
        (chunk.text, 1),
        (path, PATH_FACTOR),
        (enclosing, CLASS_FACTOR),
        (" ".join(chunk.symbols), SYMBOL_FACTOR),
    ]


def _switch_documents(cursor: Any, build: Build, replaced: list[int]) -> None:
    """Replace documents of a live index by the staged ones, and their terms in `build.terms`."""
    index_id = build.index.pk
    terms.update_counts(cursor, index_id, build.terms, replaced)
    delete_documents(cursor, replaced)
    for table in ("repos_document", "repos_chunk"):
        cursor.execute(
            f"UPDATE {table} SET is_live = true WHERE index_id = %s AND NOT is_live",  # noqa: S608 - names from the line above
            [index_id],
        )


def _save(index: Index, commit: str, skipped: Mapping[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM repos_document WHERE index_id = %(index)s),"
            " (SELECT count(*) FROM repos_chunk WHERE index_id = %(index)s)",
            {"index": index.pk},
        )
        index.files, index.chunks = cursor.fetchone()
    index.commit, index.skipped, index.updated_at = commit, skipped, timezone.now()
    is_complete = missing_vectors(index) == 0
    index.state = Index.State.READY if is_complete else Index.State.LEXICAL
    index.save(update_fields=["commit", "skipped", "files", "chunks", "state", "updated_at"])
