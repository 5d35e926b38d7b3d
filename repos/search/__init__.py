"""A question to ranked hits. Nothing else reads the index tables.

question vector -> statement (one SQL statement: words, vectors, permission, filters) ->
ranking -> texts
"""

from repos.access import PersonId
from repos.search.chunk_symbols import ChunkSymbol, symbols_of_file
from repos.search.code_address import code_url, code_urls
from repos.search.file_finder import FoundFile, find_files
from repos.search.file_versions import FileState, FileVersion, file_states, file_versions
from repos.search.files import line_counts, outline, read_file, read_text, snapshot_line_counts
from repos.search.filters import (
    MAX_PATTERNS,
    Filters,
    has_too_many_patterns,
    parse_filters,
    parse_patterns,
)
from repos.search.folders import Folder, FolderEntry, list_folder
from repos.search.line_texts import LineTexts, file_texts, line_texts
from repos.search.passages import SearchHit, SearchOptions, SearchResult
from repos.search.question_vector import embedder_config, warm_up
from repos.search.search import search
from repos.search.snapshots import (
    IndexSnapshot,
    extend_snapshot,
    release_snapshot,
    take_snapshot,
)
from repos.search.targets import Target, is_readable

__all__ = [
    "MAX_PATTERNS",
    "ChunkSymbol",
    "FileState",
    "FileVersion",
    "Filters",
    "Folder",
    "FolderEntry",
    "FoundFile",
    "IndexSnapshot",
    "LineTexts",
    "PersonId",
    "SearchHit",
    "SearchOptions",
    "SearchResult",
    "Target",
    "code_url",
    "code_urls",
    "embedder_config",
    "extend_snapshot",
    "file_states",
    "file_texts",
    "file_versions",
    "find_files",
    "has_too_many_patterns",
    "is_readable",
    "line_counts",
    "line_texts",
    "list_folder",
    "outline",
    "parse_filters",
    "parse_patterns",
    "read_file",
    "read_text",
    "release_snapshot",
    "search",
    "snapshot_line_counts",
    "symbols_of_file",
    "take_snapshot",
    "warm_up",
]
