"""Chat about a large repository by words alone, as ratios to a bare relay in the same run.

    python -m bench.large_chat FOLDER [--chunks 45000]

The repository holds copies of the chunks of a folder, see `bench.postings`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import chat
from bench.environment import database
from bench.postings import build_figures, index_source, make_copies


def main() -> None:
    """Print the figures of `bench.chat`, a line each."""
    parser = argparse.ArgumentParser(prog="bench.large_chat", description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--chunks", type=int, default=45_000)
    arguments = parser.parse_args()
    with database(DEEPWIKI_EMBEDDER="none"):
        original = index_source(arguments.source)
        repository = make_copies(original, arguments.chunks)
        print(f"{repository.current_index.chunks} chunks", build_figures(repository))
        original.delete()  # the figures are of the only repository
        for name, value in chat.measure().items():
            print(f"{name:<60}{value}", flush=True)


if __name__ == "__main__":
    main()
