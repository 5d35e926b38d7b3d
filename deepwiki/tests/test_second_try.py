"""The report of a failed browser test, and the one second try of tests that use more than Python."""

import subprocess
import sys
from pathlib import Path

import pytest

from deepwiki.testing import browser as chromium

pytestmark = [pytest.mark.browser, pytest.mark.acceptance]
ROOT = Path(__file__).resolve().parents[2]
TESTS = '''
import pytest
from playwright.sync_api import sync_playwright

from deepwiki.testing import browser as chromium
from deepwiki.testing.page_log import follow_page

HTML = """<p>Shown to people</p><script>
console.log("said by the script"); fetch("data:text/plain,x"); fetch("http://127.0.0.1:9/gone");
setTimeout(() => { throw new Error("a broken script"); });
</script>"""
tries = []


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])


@pytest.fixture
def page(browser, request, tmp_path):
    page = browser.new_page()
    log = tmp_path / "server.log"
    log.write_text("a line of the server")
    follow_page(request, page, log)
    page.goto("about:blank")
    page.set_content(HTML)
    return page


def wait_in_vain(page):
    page.wait_for_selector("text=Never shown", timeout=300)


@pytest.mark.integration
@pytest.mark.parametrize("number", range(4))
def test_what_passes_takes_no_second_try_from_others(number):
    tries.append("passed")


@pytest.mark.browser
def test_late_once(page):
    tries.append("late")
    if tries.count("late") == 1:
        wait_in_vain(page)


@pytest.mark.browser
def test_late_always(page):
    wait_in_vain(page)


@pytest.mark.django_db(transaction=True)
def test_whose_connection_breaks_once():
    from django.db import connection

    tries.append("broken")
    with connection.cursor() as cursor:
        if tries.count("broken") == 1:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        cursor.execute("SELECT 1")


@pytest.mark.integration
def test_the_fourth_that_fails():
    tries.append("fourth")
    assert tries.count("fourth") > 1


def test_without_a_database_process_or_browser():
    tries.append("unit")
    assert tries.count("unit") > 1
'''


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """What pytest says about TESTS, one worker of xdist running them."""
    if not chromium.find():
        pytest.skip("no Chromium can be had here")
    tests = tmp_path_factory.mktemp("inner") / "test_inner.py"
    tests.write_text(TESTS)
    options = "-p no:cacheprovider -n 1 --no-cov -c pyproject.toml".split()
    command = [sys.executable, "-m", "pytest", *options, str(tests)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


def test_three_tests_of_a_worker_are_tried_once_more(output):
    # The one whose connection broke failed in its teardown, too.
    assert "3 failed, 6 passed, 4 rerun" in output
    ended = {line.split("::")[1].split()[0] for line in output.splitlines() if "FAILED" in line[:6]}
    assert ended == {
        "test_late_always",
        "test_the_fourth_that_fails",
        "test_without_a_database_process_or_browser",
    }


def test_the_first_failure_of_a_test_that_then_passed_is_shown(output):
    shown = output.partition("tried once more: 3, each a fault to look into")[2]
    assert "::test_late_once" in shown and "Timeout 300ms exceeded" in shown


def test_a_broken_connection_is_replaced_and_what_the_server_wrote_is_shown(output):
    shown = output.partition("tried once more")[2].partition("::test_whose_connection_breaks_once")[
        2
    ]
    assert "terminating connection due to administrator command" in shown
    assert "ready to accept connections" in shown.partition("PostgreSQL")[2]


def test_the_report_says_what_the_page_showed(output):
    first = output.partition("tried once more")[2].partition("::test_late_always")[0]
    for part in (
        "about:blank",
        "console log: said by the script",
        "script error: a broken script",
        "request failed: net::ERR",
        "Shown to people",
        "a line of the server",
    ):
        assert part in first, part
