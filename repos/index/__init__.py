"""The stored index: built, switched, searched through HNSW graphs when large, deleted.

pipeline (fetch, select, chunk, store, switch) -> vector_phase (vectors, graphs)
"""

from repos.index.pipeline import (
    IndexOptions,
    IndexResult,
    WordsOutcome,
    index_words,
    source_of,
)
from repos.index.progress import UNLIMITED, Pace, Progress
from repos.index.purge import held_indexes, purge_all
from repos.index.removal import drop_indexes, size_of, size_of_repository, sizes
from repos.index.staged_build import Outdated, StagedBuild
from repos.index.vector_phase import index_vectors

__all__ = [
    "UNLIMITED",
    "IndexOptions",
    "IndexResult",
    "Outdated",
    "Pace",
    "Progress",
    "StagedBuild",
    "WordsOutcome",
    "drop_indexes",
    "held_indexes",
    "index_vectors",
    "index_words",
    "purge_all",
    "size_of",
    "size_of_repository",
    "sizes",
    "source_of",
]
