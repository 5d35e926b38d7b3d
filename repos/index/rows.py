"""Files with their chunks as rows of the tables of documents and chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from repos.indexing.chunking import TextChunk
from repos.indexing.code_tokens import sparse_text, weigh
from repos.indexing.file_selection import File
from repos.indexing.identifiers import defined_names, pair_key, used_identifiers
from repos.indexing.languages import language_of
from repos.indexing.symbols import FileSymbols
from repos.indexing.trigrams import index_number, trigrams_of_text
from repos.sources.tree import printable

PATH_FACTOR, CLASS_FACTOR, SYMBOL_FACTOR = 3, 2, 2
DOCUMENT_COLUMNS = "id, index_id, path, sha, language, role, lines, size, is_live, pair_key, text"
IDENTIFIER_COLUMNS = "document_id, index_id, defines, uses"
TRIGRAM_COLUMNS = "document_id, numbers"
CHUNK_COLUMNS = (
    'index_id, document_id, is_live, role, start, "end", start_column, end_column, symbol, words'
)


class ChunkedFile(NamedTuple):
    """A file to store, with what its parse gave."""

    file: File
    chunks: list[TextChunk]
    symbols: FileSymbols = FileSymbols()


StoredFile = tuple[int, ChunkedFile]  # with the id of its document
Row = tuple[object, ...]


def document_rows(index_id: int, files: Iterable[StoredFile], *, is_live: bool) -> Iterator[Row]:
    """DOCUMENT_COLUMNS of each file."""
    for document, (file, *_) in files:
        path = printable(file.entry.path)
        yield (
            document,
            index_id,
            path,
            file.entry.sha,
            language_of(path),
            file.role,
            file.text.count("\n") + 1,
            file.entry.size,
            is_live,
            pair_key(path, file.role),
            file.text,
        )


def identifier_rows(index_id: int, files: Iterable[StoredFile]) -> Iterator[Row]:
    """IDENTIFIER_COLUMNS of each file."""
    for document, (file, chunks, _) in files:
        names = defined_names(language_of(file.entry.path), file.role, chunks)
        uses = used_identifiers(file.text).astype("<u4").tobytes()
        yield document, index_id, " ".join(names), uses


def trigram_rows(index_id: int, files: Iterable[StoredFile]) -> Iterator[Row]:
    """TRIGRAM_COLUMNS of each file."""
    for document, (file, *_) in files:
        numbers = [index_number(index_id), *trigrams_of_text(file.text)]
        yield document, "{" + ",".join(map(str, numbers)) + "}"


def chunk_rows(index_id: int, files: Iterable[StoredFile], *, is_live: bool) -> Iterator[Row]:
    """CHUNK_COLUMNS of each chunk."""
    for document, (file, chunks, _) in files:
        for chunk in chunks:
            weights = weigh(bm25_fields(file.entry.path, chunk))
            yield (
                index_id,
                document,
                is_live,
                file.role,
                chunk.start,
                chunk.end,
                chunk.start_column,
                chunk.end_column,
                chunk.symbol,
                sparse_text(weights),
            )


def bm25_fields(path: str, chunk: TextChunk) -> list[tuple[str, int]]:
    """The texts that BM25 counts of a chunk, each with its factor."""
    enclosing, _, _ = chunk.symbol.rpartition(".")
    return [
        (chunk.text, 1),
        (path, PATH_FACTOR),
        (enclosing, CLASS_FACTOR),
        (" ".join(chunk.symbols), SYMBOL_FACTOR),
    ]
