"""The wiki of a source tree without a model: its plan, all of its pages, and reading them.

Only the words of the source are indexed: the graph is there then.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.index import copy_of

if TYPE_CHECKING:
    from django.test import Client

    from repos.models import Repository

READINGS = 5  # of each page


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
        return results | _pages_from_storage(repository)


def _pages_from_storage(repository: Repository) -> dict[str, object]:
    """How long a process takes for a stored page, all middleware included, without the network."""
    client = _signed_in()
    slugs = repository.wiki.pages.filter(is_removed=False).values_list("slug", flat=True)
    urls = [f"/r/{repository.pk}/wiki/{slug}" for slug in slugs]
    first = [_milliseconds(client, url) for url in urls]
    times = sorted(_milliseconds(client, url) for url in urls * READINGS)
    return {
        "wiki, a page when it is first read: ms p50": round(statistics.median(first), 1),
        "wiki, a page from storage: ms p50": round(statistics.median(times), 1),
        "wiki, a page from storage: ms p95": round(times[int(len(times) * 0.95)], 1),
    }


def _signed_in() -> Client:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client

    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(SERVER_NAME="localhost")
    person, _ = get_user_model().objects.get_or_create(username="reader")
    client.force_login(person)
    return client


def _milliseconds(client: Client, url: str) -> float:
    began = time.perf_counter()
    reply = client.get(url, follow=True)
    assert reply.status_code == 200, (url, reply.status_code)
    return (time.perf_counter() - began) * 1_000
