"""The stored index: built, switched, searched through HNSW graphs when large, deleted.

pipeline (fetch, select, chunk, store, switch) -> vectors -> hnsw
"""

from repos.index.pipeline import IndexOptions, IndexResult, index_repository, source_of
from repos.index.progress import Progress
from repos.index.removal import drop_indexes, size_of, sizes

__all__ = [
    "IndexOptions",
    "IndexResult",
    "Progress",
    "drop_indexes",
    "index_repository",
    "size_of",
    "sizes",
    "source_of",
]
