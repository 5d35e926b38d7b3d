"""`make bench`: one run of everything that is measured, written to bench/out/ and printed.

    python -m bench [--source FOLDER] [--only index,search,chat,local,memory]

`--source` names the folder to index (default: this checkout); figures are comparable only for the same input. The chat
figures are ratios to a bare relay measured in the same run: a WebSocket server that makes one embeddings call and
passes the model's stream on with the typed client. `local` (the built-in embedders) and `memory` (a repository of 200 MB
made of copies of the source) take many minutes and run only when named.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from bench.setting import database

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", default=str(ROOT))
    parser.add_argument("--only", default="index,search,chat")
    arguments = parser.parse_args()
    source, wanted = Path(arguments.source), arguments.only.split(",")
    results: dict[str, object] = {
        "source": source.name,
        "at": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
    }
    with database():
        from bench import chat, heavy, index

        if {"index", "search", "chat"} & set(wanted):
            results |= index.measure(source, "search" in wanted)
        if "chat" in wanted:
            results |= chat.measure()
        if "local" in wanted:
            results |= heavy.measure_local(source)
        if "memory" in wanted:
            results |= heavy.measure_memory(source)
    out = ROOT / "bench" / "out"
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1))
    for name, value in results.items():
        print(f"{name:<62}{value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
