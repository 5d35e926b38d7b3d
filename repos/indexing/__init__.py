"""Indexing: from files to chunks and their weights. No Django, no database, no network.

file_selection (encodings) -> chunking (languages, syntax_units, notebooks) -> code_tokens
"""

from repos.indexing.chunking import (
    ParsedFile,
    TextChunk,
    chunk,
    chunk_by_lines,
    chunk_text,
    parse,
    parse_by_words,
)
from repos.indexing.code_tokens import (
    DIMENSION,
    question_terms,
    sparse_text,
    term_id,
    weigh,
)
from repos.indexing.file_selection import File, Limits, Skipped, files, select
from repos.indexing.languages import language_of
from repos.indexing.symbols import FileSymbols

__all__ = [
    "DIMENSION",
    "File",
    "FileSymbols",
    "Limits",
    "ParsedFile",
    "Skipped",
    "TextChunk",
    "chunk",
    "chunk_by_lines",
    "chunk_text",
    "files",
    "language_of",
    "parse",
    "parse_by_words",
    "question_terms",
    "select",
    "sparse_text",
    "term_id",
    "weigh",
]
