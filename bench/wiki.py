"""The wiki of a source tree without a model: its plan, and all of its pages.

Only the words of the source are indexed: the graph is there then.
"""

from __future__ import annotations

import time
from pathlib import Path

from bench.index import copy_of


def measure(source: Path) -> dict[str, object]:
    """Index a copy of `source`, read its graph, plan its wiki, make it, and make it again."""
    from deepwiki.wiki import builds
    from deepwiki.wiki.evidence import IndexReader, read_code_base, read_name_hints
    from deepwiki.wiki.plan import plan_wiki
    from repos.access import OPERATOR_ID
    from repos.jobs import request, run_next
    from repos.search import release_snapshot, take_snapshot
    from repos.services import add
    from repos.sources import parse_address

    with copy_of(source) as copy:
        repository = add(parse_address(str(copy), "local"), None)
        request(repository, start=False)
        run_next()
        repository.refresh_from_db()
        snapshot = take_snapshot(repository.pk, OPERATOR_ID)
        assert snapshot is not None
        began = time.perf_counter()
        code = read_code_base(snapshot, repository.name)
        results = {"wiki, files": len(code.files), "wiki, links": len(code.links)}
        results["wiki, read the graph: s"] = round(time.perf_counter() - began, 2)
        began = time.perf_counter()
        plan = plan_wiki(code, read_name_hints(code, IndexReader(snapshot)))
        results["wiki, plan: s"] = round(time.perf_counter() - began, 2)
        release_snapshot(snapshot)
        results["wiki, pages"] = len(plan.pages)
        for title in ("plan and all pages", "the same again"):
            began = time.perf_counter()
            build = builds.run(builds.request(repository, start=False)[0].pk)
            assert build is not None
            assert build.state == "done", build.error
            results[f"wiki, {title}: s"] = round(time.perf_counter() - began, 2)
    return results
