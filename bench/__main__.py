"""`make bench`: one run of everything that is measured, written to bench/out/ and printed.

    python -m bench [--source FOLDER] [--only index,search,chat]

`--source` names the folder to index (default: this checkout); figures are comparable only for the same input. The chat
figures are ratios to a bare relay measured in the same run: a WebSocket server that makes one embeddings call and
passes the model's stream on with the typed client.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", default=str(ROOT))
    parser.add_argument("--only", default="index,search,chat")
    arguments = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="deepwiki-bench-"))
    data.chmod(0o755)
    limits = ("DEEPWIKI_REQUESTS_PER_MINUTE", "DEEPWIKI_RUNS_PER_USER", "DEEPWIKI_SOCKETS_PER_USER")
    os.environ |= dict.fromkeys(limits, "1000000")
    os.environ |= {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "deepwiki.settings"}
    os.environ |= {"DEEPWIKI_EMBEDDER": "fake", "DEEPWIKI_LOG_LEVEL": "ERROR"}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from deepwiki.migrating import migrate
    from deepwiki.postgres import release

    migrate()
    source = Path(arguments.source)
    results: dict[str, object] = {
        "source": source.name,
        "at": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
    }
    try:
        from bench import chat, index

        wanted = arguments.only.split(",")
        results |= index.measure(source, "search" in wanted)
        if "chat" in wanted:
            results |= chat.measure()
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()
        release()
        shutil.rmtree(data, ignore_errors=True)
    out = ROOT / "bench" / "out"
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1))
    for name, value in results.items():
        print(f"{name:<54}{value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
