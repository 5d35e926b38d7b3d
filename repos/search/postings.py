"""When and how far a search reads postings instead of every chunk.

See `indexing.postings` for what they are. The scores of words are exact either way;
postings decide which chunks are scored.
"""

from __future__ import annotations

from typing import Any

from repos.models import Index

MIN_CHUNKS = 12_000  # of all indexes; below, reading every chunk is as fast
MIN_FILTERED_CHUNKS = 20_000  # the same of what a filter leaves
READ_FACTOR = 4.5  # times the number of chunks to the power of 0.8: postings that are read
MIN_BLOCKS = 100  # that are scored, and
BLOCK_FACTOR = 6.0  # times the root of the number of chunks


def parameters(filtered_share: float | None) -> dict[str, Any]:
    """The parameters of `search.sql` about postings.

    `filtered_share` is the share of the files that filters leave, None without filters.
    """
    return {
        "postings_format": Index.LOOKUP_FORMAT,
        "share": 1.0 if filtered_share is None else filtered_share,
        "min_chunks": MIN_CHUNKS if filtered_share is None else MIN_FILTERED_CHUNKS,
        "read_factor": READ_FACTOR,
        "min_blocks": MIN_BLOCKS,
        "block_factor": BLOCK_FACTOR,
    }
