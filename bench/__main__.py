"""`make bench`: one run of everything that is measured, written to bench/out/ and printed.

    python -m bench [--source FOLDER] [--only index,search,chat,agent,words,render,soak,local,memory]
    python -m bench --only search,tools --embedder local
    python -m bench --only soak [--minutes 30] [--rate 10]

`--source` names the folder to index (default: this checkout); figures are comparable only for the
same input. The chat figures are ratios to a bare relay measured in the same run: a WebSocket server
that makes one embeddings call and passes the model's stream on with the typed client. `words` is
about a new repository while two others compute vectors.

`graph`, `grep`, `tools`, `doors` and `wiki` are measured when they are named, on an index of their
own; so is `refresh`, whose source is a bare git folder.

Only when named, since they take many minutes: `soak` (a warm-up of two minutes, then `--minutes` of
`--rate` questions a second), `local` (the built-in embedder) and `memory` (a repository of 200 MB
made of copies of the source).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from bench.environment import database
from bench.load import Load

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = "index,search,chat,agent,words"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", default=str(ROOT))
    parser.add_argument("--only", default=DEFAULT)
    parser.add_argument("--embedder", default="fake", help="fake costs nothing; local is built in")
    parser.add_argument("--minutes", type=int, default=30, help="of the soak, after its warm-up")
    parser.add_argument("--rate", type=float, default=10.0, help="questions a second of the soak")
    arguments = parser.parse_args()
    source = Path(arguments.source)
    load = Load(minutes=arguments.minutes, rate=arguments.rate)
    results: dict[str, object] = {
        "source": source.name,
        "at": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "embedder": arguments.embedder,
    }
    with database(DEEPWIKI_EMBEDDER=arguments.embedder):
        results |= measure(source, set(arguments.only.split(",")), load)
    out = ROOT / "bench" / "out"
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1))
    for name, value in results.items():
        print(f"{name:<62}{value}")
    return 0


def measure(source: Path, names: set[str], load: Load) -> dict[str, object]:
    """The results of the named measurements. Searching and chatting need the index."""
    from bench import (
        agent,
        chat,
        doors,
        graph,
        grep,
        index,
        large_repository,
        local_embedders,
        render,
        soak,
        tools,
        wiki,
        wiki_refresh,
        words_first,
    )

    results: dict[str, object] = {}
    if names & {"index", "search", "chat", "agent", "render", "soak"}:
        results |= index.measure(source, with_search="search" in names)
    if "chat" in names:
        results |= chat.measure()
    if "agent" in names:
        results |= agent.measure()
    if "render" in names:
        results |= render.measure()
    if "soak" in names:
        results |= soak.measure(load)
    if "words" in names:
        results |= words_first.measure()
    of_source = {
        "graph": graph,
        "local": local_embedders,
        "grep": grep,
        "tools": tools,
        "doors": doors,
        "wiki": wiki,
        "refresh": wiki_refresh,
        "memory": large_repository,
    }
    for name, part in of_source.items():
        if name in names:
            results |= part.measure(source)
    return results


if __name__ == "__main__":
    sys.exit(main())
