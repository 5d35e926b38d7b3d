"""Writes the symbols of documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deepwiki.foundation.sql import copy_rows
from repos.graph.name_keys import cached_name_key
from repos.graph.packing import pack
from repos.indexing.symbols import ARTIFACT_KINDS, KINDS, FileSymbols, ImportedName

DEFINITION_COLUMNS = (
    'document_id, key, position, parent, start, "end", kind, name, scope, signature, comment'
)
ARTIFACT_COLUMNS = "document_id, position, kind, line, name, target"
REFERENCE_COLUMNS = "document_id, keys, places, imports, left_out, by_words"
KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
ARTIFACT_NUMBERS = {kind: number for number, kind in enumerate(ARTIFACT_KINDS)}
NUL = "\x00"  # which PostgreSQL does not take

DocumentSymbols = tuple[int, FileSymbols]
Row = tuple[object, ...]


def write_symbols(index_id: int, documents: Sequence[DocumentSymbols]) -> None:
    """Store the symbols of new documents, by document id, in the caller's transaction."""
    for table, (columns, rows_of) in TABLES.items():
        copy_rows(table, columns, rows_of(index_id, documents))


def _definitions(index_id: int, documents: Sequence[DocumentSymbols]) -> Iterator[Row]:
    for document, symbols in documents:
        for number, symbol in enumerate(symbols.definitions):
            yield (
                document,
                cached_name_key(index_id, symbol.name),
                number,
                symbol.parent,
                symbol.start,
                symbol.end,
                KIND_NUMBERS[symbol.kind],
                _clean(symbol.name),
                _clean(symbol.scope),
                _clean(symbol.signature),
                _clean(symbol.comment),
            )


def _references(index_id: int, documents: Sequence[DocumentSymbols]) -> Iterator[Row]:
    for document, symbols in documents:
        names = (_keys(index_id, symbols), list(map(pack, symbols.references.values())))
        lost = (symbols.left_out, symbols.by_words)
        if symbols.references or symbols.imports or any(lost):
            yield document, *names, stored_imports(symbols), *lost


def _artifacts(_index_id: int, documents: Sequence[DocumentSymbols]) -> Iterator[Row]:
    for document, symbols in documents:
        for number, artifact in enumerate(symbols.artifacts):
            kind = ARTIFACT_NUMBERS[artifact.kind]
            name, target = _clean(artifact.name), _clean(artifact.target)
            yield document, number, kind, artifact.line, name, target


def _keys(index_id: int, symbols: FileSymbols) -> list[int]:
    return [cached_name_key(index_id, name) for name in symbols.references]


def stored_imports(symbols: FileSymbols) -> str:
    """The imports of a file as one text: a line each, its fields divided by tabs."""
    return _clean("\n".join(map(_import_line, symbols.imports)))


def _import_line(name: ImportedName) -> str:
    texts = map(_one_field, (name.module, name.name, name.alias))
    return "\t".join((str(name.line), *texts))


def _one_field(text: str) -> str:
    return " ".join(text.split())


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace(NUL, "")


TABLES = {
    "repos_graphdefinition": (DEFINITION_COLUMNS, _definitions),
    "repos_graphreferences": (REFERENCE_COLUMNS, _references),
    "repos_graphartifact": (ARTIFACT_COLUMNS, _artifacts),
}
