"""What a file defines, uses and imports, found in its syntax tree. Pure."""

from repos.indexing.symbols.extraction import KINDS, file_symbols, has_queries
from repos.indexing.symbols.fallback import fallback_symbols
from repos.indexing.symbols.types import (
    ARTIFACT_KINDS,
    KIND_BITS,
    MAX_NAME_CHARS,
    MAX_REFERENCES,
    MAX_SIGNATURE_CHARS,
    MAX_SYMBOLS,
    Artifact,
    FileSymbols,
    ImportedName,
    ReferenceKind,
    SymbolDefinition,
    dotted,
    from_message,
    line_and_kind,
    places,
    to_message,
)

__all__ = [
    "ARTIFACT_KINDS",
    "KINDS",
    "KIND_BITS",
    "MAX_NAME_CHARS",
    "MAX_REFERENCES",
    "MAX_SIGNATURE_CHARS",
    "MAX_SYMBOLS",
    "Artifact",
    "FileSymbols",
    "ImportedName",
    "ReferenceKind",
    "SymbolDefinition",
    "dotted",
    "fallback_symbols",
    "file_symbols",
    "from_message",
    "has_queries",
    "line_and_kind",
    "places",
    "to_message",
]
