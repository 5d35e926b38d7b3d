"""The only writer of indexes.

A new index is built beside the old one and becomes visible in one transaction; a changed file's new state is staged
beside its old one and switched the same way. Whoever is killed in between leaves the old state answering, and only
rows nobody sees, which the next build removes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from repos.embedders.base import Embedder
from repos.index import hnsw
from repos.index.bulk import _bulk, _delete_documents, _ids
from repos.index.removal import drop_index
from repos.index.vectors import missing_vectors
from repos.indexing.chunking import TextChunk
from repos.indexing.code_tokens import sparse_text, weigh
from repos.indexing.file_selection import File
from repos.indexing.languages import language_of
from repos.models import Index, Repository
from repos.sources.tree import printable

FORMAT = 1  # raise it when cutting or weighing changes: every index is then built anew, beside the old one
PATH_FACTOR, CLASS_FACTOR, SYMBOL_FACTOR = 3, 2, 2
COMMITS_KEPT = 200


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
    repository: Repository,
    commit: str,
    embedders: Sequence[Embedder],
    shas: dict[str, str],
    *,
    force: bool,
) -> Build:
    """Decide between changing the live index and building a new one, and clear what an interrupted build left.

    `shas` is the wanted state, path to content id.
    """
    keys = [embedder.key for embedder in embedders]
    current = repository.current_index
    for leftover in repository.indexes.exclude(pk=current.pk if current else 0):
        drop_index(leftover.pk)
    if current is not None:
        _delete_documents("index_id = %s AND NOT is_live", [current.pk])
        if is_current(current, repository, embedders) and not force:
            known = {
                path: (pk, sha)
                for path, pk, sha in current.documents.filter(is_live=True).values_list(
                    "path", "pk", "sha"
                )
            }
            changed = sum(1 for path, sha in shas.items() if known.get(path, (0, ""))[1] != sha)
            if changed * 2 <= len(shas):
                return Build(current, True, known)
    index = Index.objects.create(
        repository=repository,
        revision=repository.revision,
        commit=commit,
        embedders=keys,
        format=FORMAT,
        commit_history=current.commit_history if current is not None else [],
    )
    return Build(index, False)


def is_current(index: Index, repository: Repository, embedders: Sequence[Embedder]) -> bool:
    """Was the index made the way it would be made now? Another format, embedder or revision means a new one."""
    keys = [embedder.key for embedder in embedders]
    return (
        index.format == FORMAT and index.embedders == keys and index.revision == repository.revision
    )


def write(build: Build, files: Iterable[tuple[File, list[TextChunk]]]) -> int:
    """Store files with their chunks; returns the number of chunks. One transaction: all of them or none."""
    rows = [(file, chunks) for file, chunks in files if chunks]
    total = sum(len(chunks) for _, chunks in rows)
    if not rows:
        return 0
    live = not build.partial
    with _bulk() as cursor:
        documents = _ids(cursor, "repos_document", len(rows))
        columns = "id, index_id, path, sha, language, role, lines, size, is_live, text"
        with cursor.copy(f"COPY repos_document ({columns}) FROM STDIN") as copy:
            for pk, (file, _) in zip(documents, rows, strict=True):
                path = printable(file.entry.path)
                copy.write_row(
                    (
                        pk,
                        build.index.pk,
                        path,
                        file.entry.sha,
                        language_of(path),
                        file.role,
                        file.text.count("\n") + 1,
                        file.entry.size,
                        live,
                        file.text,
                    )
                )
        columns = 'index_id, document_id, is_live, role, start, "end", symbol, words'
        with cursor.copy(f"COPY repos_chunk ({columns}) FROM STDIN") as copy:
            for pk, (file, chunks) in zip(documents, rows, strict=True):
                for chunk in chunks:
                    words = weigh(_fields(file.entry.path, chunk))
                    build.terms.update(words.keys())
                    copy.write_row(
                        (
                            build.index.pk,
                            pk,
                            live,
                            file.role,
                            chunk.start,
                            chunk.end,
                            chunk.symbol,
                            sparse_text(words),
                        )
                    )
    build.files += len(rows)
    build.chunks += total
    return total


def _fields(path: str, chunk: TextChunk) -> list[tuple[str, int]]:
    """What BM25 reads of a chunk: its text once, its path three times, its class and its symbols twice."""
    around, _, _ = chunk.symbol.rpartition(".")
    return [
        (chunk.text, 1),
        (path, PATH_FACTOR),
        (around, CLASS_FACTOR),
        (" ".join(chunk.symbols), SYMBOL_FACTOR),
    ]


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
                cursor.execute(
                    "UPDATE repos_document SET is_live = true WHERE index_id = %s AND NOT is_live",
                    [index.pk],
                )
                cursor.execute(
                    "UPDATE repos_chunk SET is_live = true WHERE index_id = %s AND NOT is_live",
                    [index.pk],
                )
                cursor.execute(
                    "DELETE FROM repos_term WHERE index_id = %s AND term = ANY(%s)",
                    [index.pk, list(build.terms)],
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
    hnsw.analyze()


def _subtract_terms(cursor: Any, build: Build, gone: Sequence[int]) -> None:
    """Turn `build.terms` from the new chunks' counts into the counts that hold after the switch."""
    delta = build.terms
    cursor.execute("SELECT words::text FROM repos_chunk WHERE document_id = ANY(%s)", [list(gone)])
    for (words,) in cursor:
        inner = words[1 : words.index("}")]
        delta.subtract(int(pair.partition(":")[0]) for pair in inner.split(",") if pair)
    cursor.execute(
        "SELECT term, count FROM repos_term WHERE index_id = %s AND term = ANY(%s)",
        [build.index.pk, list(delta)],
    )
    for term, count in cursor.fetchall():
        delta[term] += count


def record_commit_history(index: Index, commit: str, steps: int | None) -> None:
    """Note that the index went on from `commit`, and by how many commits where that is known."""
    kept = [entry for entry in index.commit_history if entry[0] != commit][-COMMITS_KEPT:]
    index.commit_history = [*kept, [commit, steps]]
    Index.objects.filter(pk=index.pk).update(commit_history=index.commit_history)
