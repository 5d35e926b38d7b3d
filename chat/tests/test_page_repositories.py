"""Repositories that failed, on the page: listed, asked about, removed."""

from pathlib import Path

import pytest

from deepwiki.testing.page import ask, begin, bring_session
from repos.models import Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARTIFACTS = Path("test-artifacts")


def test_asking_about_one_that_failed_shows_that_it_is_indexed_again(start, open_page, failed):
    live = start()
    page = begin(open_page(live), live, failed)
    page.wait_for_selector("text=Failed: There is no such repository.")
    ask(page, "What is it?")
    page.wait_for_selector("#status >> text=Waiting for a free worker")
    page.wait_for_selector("#status >> text=Failed", state="detached")
    page.click("#job-cancel")
    page.wait_for_selector("#status >> text=Indexing was cancelled")


def test_it_is_found_and_removed(start, open_page, failed):
    live = start()
    page = open_page(live)
    bring_session(page, live)
    page.goto(live.url)
    page.wait_for_selector("#choices >> text=Indexing failed: open it to try again or remove it.")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "home-failed.png")
    page.keyboard.press("Control+k")
    page.fill("#switch-input", "flusk")
    page.wait_for_selector("#switch-list >> text=Indexing failed")
    page.click("#switch-list a:has-text('flusk')")
    page.click("#status-menu-button")
    page.click("#status >> text=Remove")
    page.wait_for_selector("#remove-for-good")
    page.screenshot(path=ARTIFACTS / "remove.png")
    page.click("text=Keep it")
    assert Repository.objects.filter(pk=failed.pk).exists()
    page.click("#status-menu-button")
    page.click("#status >> text=Remove")
    page.click("#remove-for-good")
    page.wait_for_selector("text=Removed “pallets/flusk”")
    assert page.locator("#choices a:has-text('flusk')").count() == 0
    assert not Repository.objects.filter(pk=failed.pk).exists()
