"""An index that is updated while its files are read, and links to a commit that is no longer held."""

import pytest
from django.urls import reverse

from deepwiki.testing.page import bring_session
from repos.models import Document, Index, Repository
from repos.search import code_url

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "f" * 40


def test_an_update_is_told_once_the_index_is_of_another_commit(client, repository, alice):
    client.force_login(alice)
    url = reverse("code-update", args=[repository.pk])
    commit = repository.current_index.commit
    assert client.get(url, {"commit": commit}).status_code == 204
    assert client.get(url).status_code == 204
    Index.objects.update(commit=OTHER)
    told = client.get(url, {"commit": commit})
    assert b"This repository was updated." in told.content


def test_a_link_to_a_commit_that_is_no_longer_held_says_so(client, repository, alice):
    client.force_login(alice)
    Repository.objects.filter(pk=repository.pk).update(
        kind="github", url="https://github.com/shop/pocket"
    )
    url = code_url(repository.pk, "shop/prices.py")
    held = repository.current_index.commit
    assert "no longer held" not in client.get(url, {"commit": held}).content.decode()
    shown = client.get(url, {"commit": OTHER}).content.decode()
    assert (
        f"This link is to commit ffffffff, which is no longer held here: this is {held[:8]}."
        in shown
    )
    assert f'href="https://github.com/shop/pocket/blob/{OTHER}/shop/prices.py"' in shown
    gone = client.get(code_url(repository.pk, "gone.py"), {"commit": OTHER})
    assert gone.status_code == 404 and "no longer held here" in gone.content.decode()
    for hostile in ("<b>", "../../etc", "f" * 65, "main"):
        assert "no longer held" not in client.get(url, {"commit": hostile}).content.decode()


class TestPage:
    pytestmark = pytest.mark.browser

    @pytest.fixture
    def page(self, start, open_page, repository):
        live = start()
        page = open_page(live)
        bring_session(page, live)
        page.goto(live.url + code_url(repository.pk, "shop/prices.py"))
        page.wait_for_selector("#L1")
        return page

    def test_a_quiet_line_leads_to_the_new_version(self, page, repository):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        Index.objects.update(commit=OTHER)
        Document.objects.filter(path="shop/prices.py").update(text="new = 1\n", sha=OTHER)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_selector("text=This repository was updated.")
        page.screenshot(path="test-artifacts/reader-updated.png")
        assert "class PriceList" in page.inner_text("#code-lines")
        page.click("text=Show the new version")
        page.wait_for_selector("#code-lines >> text=new = 1")
        assert page.locator(".updated").count() == 0

    def test_a_file_of_a_newer_commit_than_the_tree_tells_of_it(self, page):
        Index.objects.update(commit=OTHER)
        page.click("#tree summary:has-text('tests')")
        page.click("#tree a:has-text('test_prices.py')")
        page.wait_for_selector("text=This repository was updated.")

    def test_the_permalink_of_a_folder_of_the_machine_keeps_its_commit(self, page, repository):
        page.click("#L4 .number")
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page.evaluate(
            "document.addEventListener('copy', () => { window.copied = document.activeElement.value; })"
        )
        page.click("text=Links")
        page.click("text=Copy permalink")
        page.wait_for_selector("text=Copied")
        link = page.evaluate("window.copied")
        commit = repository.current_index.commit
        assert link.endswith(f"/code/shop/prices.py?commit={commit}&lines=4-4#L4")
        Index.objects.update(commit=OTHER)
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_selector("#L4.marked")
        page.wait_for_selector("text=which is no longer held here")
