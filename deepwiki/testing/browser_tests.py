"""pytest plugin for tests in a browser: what their pages showed at a failure, and one second try.

A test marked `browser` that failed by a time-out of Playwright, and by nothing else, is tried once
more (pytest-rerunfailures). A rerun is a race in the page or in the test, which somebody has to look
into: the end of the run shows how the first try failed, also where the second passed.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

import pytest

from deepwiki.testing.page_log import PAGE_LOGS

FAILURES = pytest.StashKey[list[BaseException]]()
RERUNS = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser"):
            condition = partial(_timed_out_alone, item)
            item.add_marker(pytest.mark.flaky(reruns=RERUNS, condition=condition))


@pytest.hookimpl(wrapper=True, trylast=True)  # inside that of the plugin that decides on a rerun
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "setup":
        item.stash[FAILURES] = []
    if report.failed and call.excinfo is not None:
        item.stash[FAILURES].append(call.excinfo.value)
        for log in item.stash.get(PAGE_LOGS, []):
            report.sections.append(("Page", log.report()))
    if report.failed or call.when == "teardown":
        item.stash[PAGE_LOGS] = []
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the first try of each test that was tried twice."""
    reruns = terminalreporter.stats.get("rerun", [])
    if not reruns:
        return
    terminalreporter.section(f"tried once more: {len(reruns)}, each a fault to look into")
    for report in reruns:
        terminalreporter.write_sep("_", report.nodeid)
        report.toterminal(terminalreporter._tw)
        for name, text in report.sections:
            terminalreporter.write_sep("-", name)
            terminalreporter.write_line(text)


def _timed_out_alone(item: pytest.Item, _error: BaseException | None) -> bool:
    from playwright.sync_api import TimeoutError as PageTimeout

    failures = item.stash.get(FAILURES, [])
    return bool(failures) and all(isinstance(failure, PageTimeout) for failure in failures)
