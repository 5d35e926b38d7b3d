"""The only writer of indexes.

A new index is built beside the old one and becomes visible in one transaction; a changed file's new state is staged
beside its old one and switched the same way. Whoever is killed in between leaves the old state answering, and only
rows nobody sees, which the next build removes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from repos import graphs
from repos.embedders.base import Embedder
from repos.indexing.chunk import Chunk as TextChunk
from repos.indexing.languages import language_of
from repos.indexing.tokens import sparse_text, weigh
from repos.indexing.walk import File, printable
from repos.models import Index, Repository

FORMAT = 1  # raise it when cutting or weighing changes: every index is then built anew, beside the old one
PATH_FACTOR, CLASS_FACTOR, SYMBOL_FACTOR = 3, 2, 2
MOST_PASSED = 200


@dataclass
class Build:
    """A piece of writing under way. `partial` adds to a live index; otherwise `index` is new and invisible.

    `known` maps the live paths of a partial build to (document id, sha).
    """

    index: Index
    partial: bool
    known: dict[str, tuple[int, str]] = field(default_factory=dict)
    terms: Counter[int] = field(default_factory=Counter)
    files: int = 0
    chunks: int = 0


def begin(
    repository: Repository, commit: str, embedders: Sequence[Embedder], shas: dict[str, str], *, force: bool
) -> Build:
    """Decide between changing the live index and building a new one, and clear what an interrupted build left.

    `shas` is the wanted state, path to content id.
    """
    keys = [embedder.key for embedder in embedders]
    current = repository.current_index
    for leftover in repository.indexes.exclude(pk=current.pk if current else 0):
        drop_index(leftover.pk)
    if current is not None:
        _delete_documents("index_id = %s AND NOT live", [current.pk])
        if is_current(current, repository, embedders) and not force:
            known = {
                path: (pk, sha)
                for path, pk, sha in current.documents.filter(live=True).values_list("path", "pk", "sha")
            }
            changed = sum(1 for path, sha in shas.items() if known.get(path, (0, ""))[1] != sha)
            if changed * 2 <= len(shas):
                return Build(current, True, known)
    index = Index.objects.create(
        repository=repository, revision=repository.revision, commit=commit, embedders=keys, format=FORMAT,
        passed=current.passed if current is not None else [],
    )  # fmt: skip
    return Build(index, False)


def is_current(index: Index, repository: Repository, embedders: Sequence[Embedder]) -> bool:
    """Was the index made the way it would be made now? Another format, embedder or revision means a new one."""
    keys = [embedder.key for embedder in embedders]
    return index.format == FORMAT and index.embedders == keys and index.revision == repository.revision


def write(build: Build, files: Iterable[tuple[File, list[TextChunk]]]) -> int:
    """Store files with their chunks; returns the number of chunks. One transaction: all of them or none."""
    rows = [(file, chunks) for file, chunks in files if chunks]
    total = sum(len(chunks) for _, chunks in rows)
    if not rows:
        return 0
    live = not build.partial
    with _bulk() as cursor:
        documents = _ids(cursor, "repos_document", len(rows))
        columns = "id, index_id, path, sha, language, role, lines, size, live, text"
        with cursor.copy(f"COPY repos_document ({columns}) FROM STDIN") as copy:
            for pk, (file, _) in zip(documents, rows, strict=True):
                path = printable(file.entry.path)
                copy.write_row((pk, build.index.pk, path, file.entry.sha, language_of(path), file.role,
                                file.text.count("\n") + 1, file.entry.size, live, file.text))  # fmt: skip
        columns = 'index_id, document_id, live, role, start, "end", symbol, words'
        with cursor.copy(f"COPY repos_chunk ({columns}) FROM STDIN") as copy:
            for pk, (file, chunks) in zip(documents, rows, strict=True):
                for chunk in chunks:
                    words = weigh(_fields(file.entry.path, chunk))
                    build.terms.update(words.keys())
                    copy.write_row(
                        (build.index.pk, pk, live, file.role, chunk.start, chunk.end, chunk.symbol, sparse_text(words))
                    )
    build.files += len(rows)
    build.chunks += total
    return total


def _fields(path: str, chunk: TextChunk) -> list[tuple[str, int]]:
    """What BM25 reads of a chunk: its text once, its path three times, its class and its symbols twice."""
    around, _, _ = chunk.symbol.rpartition(".")
    return [(chunk.text, 1), (path, PATH_FACTOR), (around, CLASS_FACTOR), (" ".join(chunk.symbols), SYMBOL_FACTOR)]


def switch(
    build: Build,
    repository: Repository,
    commit: str,
    skipped: dict[str, object],
    gone: Sequence[int],
    holds: Callable[[], bool] = lambda: True,
) -> None:
    """Make what was written visible, in one transaction. `gone` are documents of a partial build that no longer stand.

    `holds` is asked inside it whether the work is still this runner's. Raises InterruptedError when it is not, and
    Repository.DoesNotExist when the repository was deleted meanwhile; nothing becomes visible then.
    """
    index = build.index
    with transaction.atomic():
        if not holds():
            raise InterruptedError
        locked = Repository.objects.select_for_update().get(pk=repository.pk)
        previous = locked.current_index_id
        with connection.cursor() as cursor:
            if build.partial:
                _subtract_terms(cursor, build, gone)
                _delete_documents("id = ANY(%s)", [list(gone)])
                cursor.execute("UPDATE repos_document SET live = true WHERE index_id = %s AND NOT live", [index.pk])
                cursor.execute("UPDATE repos_chunk SET live = true WHERE index_id = %s AND NOT live", [index.pk])
                cursor.execute(
                    "DELETE FROM repos_term WHERE index_id = %s AND term = ANY(%s)", [index.pk, list(build.terms)]
                )
            with cursor.copy("COPY repos_term (index_id, term, count) FROM STDIN") as copy:
                for term, count in build.terms.items():
                    if count > 0:
                        copy.write_row((index.pk, term, count))
            cursor.execute("SELECT count(*) FROM repos_document WHERE index_id = %s", [index.pk])
            index.files = cursor.fetchone()[0]
            cursor.execute("SELECT count(*) FROM repos_chunk WHERE index_id = %s", [index.pk])
            index.chunks = cursor.fetchone()[0]
        index.commit, index.skipped, index.updated_at = commit, skipped, timezone.now()
        index.state = Index.State.READY if missing_vectors(index) == 0 else Index.State.LEXICAL
        index.save()
        locked.current_index = index
        locked.save(update_fields=["current_index"])
    repository.current_index = index
    if previous not in (None, index.pk):
        drop_index(previous)
    graphs.analyze()


def _subtract_terms(cursor: Any, build: Build, gone: Sequence[int]) -> None:
    """Turn `build.terms` from the new chunks' counts into the counts that hold after the switch."""
    delta = build.terms
    cursor.execute("SELECT words::text FROM repos_chunk WHERE document_id = ANY(%s)", [list(gone)])
    for (words,) in cursor:
        inner = words[1 : words.index("}")]
        delta.subtract(int(pair.partition(":")[0]) for pair in inner.split(",") if pair)
    cursor.execute(
        "SELECT term, count FROM repos_term WHERE index_id = %s AND term = ANY(%s)", [build.index.pk, list(delta)]
    )
    for term, count in cursor.fetchall():
        delta[term] += count


# --- vectors ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pending:
    """A chunk that still lacks a vector, with the text to embed."""

    chunk_id: int
    text: str

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).digest()


def missing_vectors(index: Index, embedder: str = "") -> int:
    """How many vectors the index still lacks, by one embedder or by all of its own."""
    keys = [embedder] if embedder else list(index.embedders)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM repos_chunk WHERE index_id = %s) * cardinality(%s::text[])"
            " - (SELECT count(*) FROM repos_embedding WHERE index_id = %s AND embedder = ANY(%s))",
            [index.pk, keys, index.pk, keys],
        )
        return int(cursor.fetchone()[0])


def pending(index: Index, embedder: str, after: int, limit: int) -> list[Pending]:
    """The next chunks, by id from `after` on, without a vector by `embedder`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, c.document_id, c.symbol, c.start, c."end"
            FROM repos_chunk c
            WHERE c.index_id = %s AND c.id > %s
              AND NOT EXISTS (SELECT 1 FROM repos_embedding e WHERE e.chunk_id = c.id AND e.embedder = %s)
            ORDER BY c.id LIMIT %s
            """,
            [index.pk, after, embedder, limit],
        )
        rows = cursor.fetchall()
        wanted = list({document for _, document, *_ in rows})
        cursor.execute("SELECT id, path, text FROM repos_document WHERE id = ANY(%s)", [wanted])
        documents = {pk: (path, text.split("\n")) for pk, path, text in cursor.fetchall()}
    found = []
    for pk, document, symbol, start, end in rows:
        path, lines = documents[document]
        text = "\n".join(lines[start - 1 : end])
        found.append(Pending(pk, f"{path} {symbol}\n{text}"))
    return found


def reuse_vectors(index: Index, embedder: str, wanted: Sequence[Pending]) -> list[Pending]:
    """Give chunks the vectors that the same text already has somewhere; returns those that must be computed."""
    digests = {item.digest for item in wanted}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (digest) digest, vector::text FROM repos_embedding WHERE embedder = %s AND digest = ANY(%s)",
            [embedder, list(digests)],
        )
        known = {bytes(digest): vector for digest, vector in cursor.fetchall()}
        found = [item for item in wanted if item.digest in known]
        _copy_vectors(cursor, index, embedder, [(item, known[item.digest]) for item in found])
    return [item for item in wanted if item.digest not in known]


def write_vectors(index: Index, embedder: str, items: Sequence[Pending], vectors: NDArray[np.float32]) -> None:
    """Store computed vectors, one row an item."""
    with _bulk() as cursor:
        texts = ["[" + ",".join(f"{x:.5g}" for x in row) + "]" for row in vectors.tolist()]
        _copy_vectors(cursor, index, embedder, list(zip(items, texts, strict=True)))


def passed(index: Index, commit: str, steps: int | None) -> None:
    """Note that the index went on from `commit`, and by how many commits where that is known."""
    kept = [entry for entry in index.passed if entry[0] != commit][-MOST_PASSED:]
    index.passed = [*kept, [commit, steps]]
    Index.objects.filter(pk=index.pk).update(passed=index.passed)


def finish(index: Index) -> None:
    """All vectors are there: say so."""
    Index.objects.filter(pk=index.pk).update(state=Index.State.READY, updated_at=timezone.now())
    index.state = Index.State.READY
    graphs.analyze()


def _copy_vectors(cursor: Any, index: Index, embedder: str, rows: list[tuple[Pending, str]]) -> None:
    if rows:
        with cursor.copy("COPY repos_embedding (index_id, chunk_id, embedder, digest, vector) FROM STDIN") as copy:
            for item, vector in rows:
                copy.write_row((index.pk, item.chunk_id, embedder, item.digest, vector))


# --- removing ---------------------------------------------------------------------------------------------------------


def drop_indexes(repository: Repository) -> None:
    """Remove every index of a repository with all its contents."""
    Repository.objects.filter(pk=repository.pk).update(current_index=None)
    for pk in list(repository.indexes.values_list("pk", flat=True)):
        drop_index(pk)


def drop_index(pk: int) -> None:
    """Remove one index. Set-based: going row by row through the ORM takes minutes on a large one."""
    graphs.drop(pk)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("repos_embedding", "repos_chunk", "repos_term", "repos_document"):
            cursor.execute(f"DELETE FROM {table} WHERE index_id = %s", [pk])  # noqa: S608 - names from the line above
        cursor.execute("DELETE FROM repos_index WHERE id = %s", [pk])


def sizes(only: int | None = None) -> dict[int, int]:
    """Bytes that each index takes, by its id: rows as stored, with a flat amount for what Postgres adds to each."""
    where = "" if only is None else "WHERE index_id = %(only)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT index_id, sum(bytes) FROM (
                SELECT index_id, sum(pg_column_size(text) + 300) AS bytes FROM repos_document {where} GROUP BY 1
                UNION ALL SELECT index_id, sum(pg_column_size(words) + 150) FROM repos_chunk {where} GROUP BY 1
                UNION ALL SELECT index_id, sum(pg_column_size(vector) + 250) FROM repos_embedding {where} GROUP BY 1
            ) AS parts GROUP BY 1
            """,  # noqa: S608 - a literal of the line above
            {"only": only},
        )
        return {pk: int(size) for pk, size in cursor.fetchall()}


def size_of(pk: int) -> int:
    """Bytes that one index takes, as `sizes` counts them."""
    return sizes(pk).get(pk, 0)


def _delete_documents(condition: str, values: list[Any]) -> None:
    which = f"SELECT id FROM repos_document WHERE {condition}"  # noqa: S608 - conditions are literals of this module
    with transaction.atomic(), connection.cursor() as cursor:
        chunks = f"SELECT id FROM repos_chunk WHERE document_id IN ({which})"  # noqa: S608
        cursor.execute(f"DELETE FROM repos_embedding WHERE chunk_id IN ({chunks})", values)  # noqa: S608
        cursor.execute(f"DELETE FROM repos_chunk WHERE document_id IN ({which})", values)  # noqa: S608
        cursor.execute(f"DELETE FROM repos_document WHERE id IN ({which})", values)  # noqa: S608


# --- helpers ----------------------------------------------------------------------------------------------------------


@contextmanager
def _bulk() -> Iterator[Any]:
    """A transaction that need not reach the disk before we go on: what a crash loses, the rebuild writes again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield cursor


def _ids(cursor: Any, table: str, count: int) -> list[int]:
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
    return [row[0] for row in cursor.fetchall()]
