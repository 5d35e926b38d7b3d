"""pytest plugin: what the pages of a failed test showed, and one second try of tests that use more than Python.

A test with a database, another process or a browser can fail by what else the machine does. Up to
MAX_RERUNS such tests of a worker are tried once more (pytest-rerunfailures). A test that then passes
still has a race, or the product has one, which somebody has to look into: the end of the run shows
how the first try failed. A unit test is never tried again.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections

from deepwiki.testing.page_log import PAGE_LOGS

LOG_CHARS = 3_000
MAX_RERUNS = 3  # tests of a worker: more than these are no accident
_tried_again: set[str] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not item.get_closest_marker("unit"):
            condition = partial(_may_try_again, item)
            item.add_marker(pytest.mark.flaky(reruns=1, condition=condition))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """The second try has new connections: the first may have failed by a broken one."""
    if item.nodeid in _tried_again:
        connections.close_all()


@pytest.hookimpl(wrapper=True, trylast=True)  # inside that of the plugin that decides on a rerun
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and call.excinfo is not None:
        for log in item.stash.get(PAGE_LOGS, []):
            report.sections.append(("Page", log.report()))
        if call.excinfo.errisinstance(OperationalError):
            report.sections.append(("PostgreSQL", _end_of_its_log()))
    if report.failed or call.when == "teardown":
        item.stash[PAGE_LOGS] = []
    return report


def _end_of_its_log() -> str:
    """What the embedded server wrote last; empty where tests use another."""
    log = Path(os.environ["DATA_DIR"]) / "postgres" / "postgres.log"
    if not log.exists():
        return ""
    return log.read_text("utf-8", "replace")[-LOG_CHARS:]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the first try of each test that was tried twice."""
    reruns = terminalreporter.stats.get("rerun", [])
    if not reruns:
        return
    count = len({report.nodeid for report in reruns})  # one can have failed in its teardown, too
    terminalreporter.section(f"tried once more: {count}, each a fault to look into")
    for report in reruns:
        terminalreporter.write_sep("_", report.nodeid)
        report.toterminal(terminalreporter._tw)
        for name, text in report.sections:
            terminalreporter.write_sep("-", name)
            terminalreporter.write_line(text)


def _may_try_again(item: pytest.Item, error: BaseException | None) -> bool:
    """Asked after each test, with no error for one that has passed."""
    if error is None:
        return False
    if item.nodeid not in _tried_again and len(_tried_again) == MAX_RERUNS:
        return False
    _tried_again.add(item.nodeid)
    return True
