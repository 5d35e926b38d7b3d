"""A question to ranked passages: the only reader of indexes.

question -> statement (one SQL statement: words, vectors, permission, filters) -> ranking -> passages with their text
"""

from repos.search.files import line_counts, outline, read_file
from repos.search.filters import Filters, parse_patterns
from repos.search.passages import PersonId, SearchHit, SearchResult
from repos.search.search import embedder_config, search, warm_up

__all__ = [
    "Filters",
    "PersonId",
    "SearchHit",
    "SearchResult",
    "embedder_config",
    "line_counts",
    "outline",
    "parse_patterns",
    "read_file",
    "search",
    "warm_up",
]
