"""Writes documents, chunks and terms.

Nothing outside `repos.index` writes the index tables. A new index is built beside the
current one and made current in one transaction; changed files of a live index are
staged beside their old states and switched the same way. If the process is killed
before the switch, the old index stays current and the next build deletes the unfinished
rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from deepwiki.foundation.sql import copy_rows
from repos.embedders import Embedder
from repos.graph import change_of, link_changes, link_index, write_symbols
from repos.index import link_updates, links, terms
from repos.index.bulk import (
    analyze,
    bulk_transaction,
    delete_staged_documents,
    next_ids,
)
from repos.index.main_languages import main_languages
from repos.index.purge import held_indexes, purge
from repos.index.removal import drop_index
from repos.index.retirement import count_not_retired, make_staged_live, next_generation, retire
from repos.index.rows import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    IDENTIFIER_COLUMNS,
    TRIGRAM_COLUMNS,
    ChunkedFile,
    chunk_rows,
    document_rows,
    identifier_rows,
    trigram_rows,
)
from repos.index.vectors import missing_vectors
from repos.models import Index, Repository

# Raise it when chunking or weights change: every index is then built anew.
FORMAT = 3
MAX_COMMIT_HISTORY = 200
SAVED_FIELDS = "files chunks languages commit skipped updated_at state".split()
ANALYZE_SHARE = 0.1  # of an index's files; a smaller update leaves the statistics as they are

LiveDocuments = Mapping[str, tuple[int, str]]  # path -> (document id, content id)


@dataclass
class Build:
    """An index being written: a new one, or (`partial`) changes of a live one.

    `live_documents` maps the paths of a partial build to (document id, sha); `files` and
    `chunks` count those written.
    """

    index: Index
    partial: bool
    live_documents: LiveDocuments = field(default_factory=dict)
    files: int = 0
    chunks: int = 0

    @property
    def is_live(self) -> bool:
        """Are its documents live at once? Those of a partial build are staged."""
        return not self.partial

    def live_sha(self, path: str) -> str:
        """The content id of a live document, empty when there is none at the path."""
        _, sha = self.live_documents.get(path, (0, ""))
        return sha


def begin(
    repository: Repository,
    commit: str,
    embedders: Sequence[Embedder],
    shas: Mapping[str, str],
    *,
    force: bool,
) -> Build:
    """Start a build, and delete what interrupted ones left.

    `shas` is the tree to index, path to content id. The build is partial unless `force`
    is set, the options changed, or more than half of the files did.
    """
    _delete_leftovers(repository)
    current = repository.current_index
    if current is not None and not force and is_current(current, repository, embedders):
        live_documents = _live_documents(current)
        if 2 * _changed(shas, live_documents) <= len(shas):
            return Build(current, partial=True, live_documents=live_documents)
    return Build(_new_index(repository, commit, embedders), partial=False)


def is_current(index: Index, repository: Repository, embedders: Sequence[Embedder]) -> bool:
    """Was the index made with today's format, embedders and revision?"""
    keys = [embedder.key for embedder in embedders]
    made_with = (index.format, index.embedders, index.revision)
    return made_with == (FORMAT, keys, repository.revision)


def write(build: Build, files: Iterable[ChunkedFile]) -> None:
    """Store files with their chunks in one transaction.

    Files without chunks are left out.
    """
    rows = [file for file in files if file.chunks]
    if not rows:
        return
    with bulk_transaction():
        ids = next_ids("repos_document", len(rows))
        stored = list(zip(ids, rows, strict=True))
        documents = document_rows(build.index.pk, stored, is_live=build.is_live)
        copy_rows("repos_document", DOCUMENT_COLUMNS, documents)
        identifiers = identifier_rows(build.index.pk, stored)
        copy_rows("repos_identifiers", IDENTIFIER_COLUMNS, identifiers)
        copy_rows("repos_trigrams", TRIGRAM_COLUMNS, trigram_rows(build.index.pk, stored))
        chunks = chunk_rows(build.index.pk, stored, is_live=build.is_live)
        copy_rows("repos_chunk", CHUNK_COLUMNS, chunks)
        write_symbols(build.index.pk, [(pk, file.symbols) for pk, file in stored])
    build.files += len(rows)
    build.chunks += sum(len(file.chunks) for file in rows)


def store_terms(build: Build, repository: Repository) -> None:
    """Store the terms and links of a new index, ahead of its switch.

    Those of a partial build change with the switch. Raises Repository.DoesNotExist when
    the repository was deleted.
    """
    if build.partial:
        return
    index_id = build.index.pk
    for postings in terms.read_all(index_id):
        with _locked(repository):
            terms.insert(index_id, postings)
    with _locked(repository):
        links.store(index_id)
        link_index(index_id)


def switch(
    build: Build,
    repository: Repository,
    commit: str,
    skipped: Mapping[str, object],
    replaced: list[int],
    holds_claim: Callable[[], bool] = lambda: True,
) -> None:
    """Make a build the repository's current index in one transaction.

    The terms of a new index are stored already. `replaced` are the ids of live documents
    that a partial build removes. Raises InterruptedError when `holds_claim`, called inside
    the transaction, is false, and Repository.DoesNotExist when the repository was deleted;
    the old index then stays.
    """
    index = build.index
    with transaction.atomic():
        if not holds_claim():
            raise InterruptedError
        locked = Repository.objects.select_for_update().get(pk=repository.pk)
        files_before = index.files
        if build.partial:
            _switch_documents(build, replaced)
        _save(index, commit, skipped)
        _set_current(locked, index)
    repository.current_index = index
    purge(repository)
    if build.partial:
        terms.renew_if_worn(index.pk)
    added = index.files - files_before + len(replaced)
    if not build.partial or max(added, len(replaced)) > ANALYZE_SHARE * index.files:
        analyze()


def record_commit_history(index: Index, commit: str, steps: int | None) -> None:
    """Record that the index moved on from `commit`, by `steps` commits if known."""
    history = [entry for entry in index.commit_history if entry[0] != commit]
    index.commit_history = [*history[-MAX_COMMIT_HISTORY:], [commit, steps]]
    Index.objects.filter(pk=index.pk).update(commit_history=index.commit_history)


@contextmanager
def _locked(repository: Repository) -> Iterator[None]:
    """A transaction during which the repository is not deleted."""
    with bulk_transaction():
        Repository.objects.select_for_update().get(pk=repository.pk)
        yield


def _delete_leftovers(repository: Repository) -> None:
    """Delete what interrupted builds left: other indexes, and staged documents."""
    current = repository.current_index_id
    others = set(repository.indexes.exclude(pk=current or 0).values_list("pk", flat=True))
    for index_id in others - held_indexes(others):
        drop_index(index_id)
    if current is not None:
        delete_staged_documents(current)


def _live_documents(index: Index) -> LiveDocuments:
    rows = index.documents.filter(is_live=True).values_list("path", "pk", "sha")
    return {path: (pk, sha) for path, pk, sha in rows}


def _changed(shas: Mapping[str, str], live_documents: LiveDocuments) -> int:
    """How many files of a tree are new or differ from the live documents."""
    live_shas = {path: sha for path, (_, sha) in live_documents.items()}
    return sum(live_shas.get(path) != sha for path, sha in shas.items())


def _new_index(repository: Repository, commit: str, embedders: Sequence[Embedder]) -> Index:
    index = Index(
        repository=repository,
        revision=repository.revision,
        commit=commit,
        embedders=[embedder.key for embedder in embedders],
        format=FORMAT,
    )
    if repository.current_index is not None:
        index.commit_history = repository.current_index.commit_history
    index.save()
    return index


def _switch_documents(build: Build, replaced: list[int]) -> None:
    """Replace live documents by the staged ones, and bring the terms up to date.

    The replaced ones are retired, for the answers that have a snapshot of them.
    """
    index_id = build.index.pk
    terms.update(index_id, replaced)
    link_updates.update(index_id, replaced)
    change = change_of(index_id, replaced)
    if not replaced and not change.documents:
        return
    generation = next_generation(index_id)
    retire(replaced, generation)
    make_staged_live(index_id, generation)
    link_changes(index_id, change)


def _save(index: Index, commit: str, skipped: Mapping[str, object]) -> None:
    """Save the index with what it now holds."""
    index.files = count_not_retired("repos_document", index.pk)
    index.chunks = count_not_retired("repos_chunk", index.pk)
    index.languages = main_languages(index.pk)
    index.commit, index.skipped, index.updated_at = commit, skipped, timezone.now()
    index.state = Index.State.LEXICAL
    if missing_vectors(index, index.embedders) == 0:
        index.state = Index.State.READY
    index.save(update_fields=SAVED_FIELDS)


def _set_current(repository: Repository, index: Index) -> None:
    repository.current_index = index
    repository.save(update_fields=["current_index"])
