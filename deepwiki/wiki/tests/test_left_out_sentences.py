"""Sentences that readers do not see are behind no door: site, files, programs, other front ends."""

import io
import json
import zipfile

import pytest
from django.core.management import call_command

from deepwiki.wiki.content import PageContent, TextBlock
from deepwiki.wiki.exports.program_texts import ProgramTexts
from deepwiki.wiki.ledger.page_claims import check_page, store_claims
from deepwiki.wiki.models import PageVersion, Wiki
from deepwiki.wiki.pages import markdown
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki
from deepwiki.wiki.writing.page_reply import read_page
from repos.access import OPERATOR_ID
from repos.models import Repository
from repos.search import release_snapshot, take_snapshot

pytestmark = pytest.mark.django_db
FILES = {"shop/prices.py": "def price():\n    return 1\n", "shop/read me.md": "Hello.\n"}
GIVEN = {"shop/prices.py": [(1, 1)]}
BODY = """## What it is

Rightly `shop/prices.py:L1`. Wrongly `shop/prices.py:L2`.

- Wrongly, too. `shop/none.py:L1`
- Wrongly in a path with spaces: `shop/read me.md:L1`.

> Wrongly quoted `shop/prices.py:L7-L9`.

| Wrongly in a row `shop/prices.py:L2` |
|---|
"""
SLIDES = "## A title\n\nWrongly on a slide `shop/prices.py:L2`."
SUMMARY = "Wrongly in short `shop/prices.py:L2`."
DOORS = {
    "page": "/r/{id}/wiki/",
    "slides": "/r/{id}/wiki/slides",
    "slides file": "/r/{id}/wiki/slides/slides.html",
    "repository": "/r/{id}/about",
    "markdown": "/r/{id}/wiki/overview.md",
    "html": "/r/{id}/wiki-export.html",
    "json": "/r/{id}/wiki-export.json",
    "search": "/r/{id}/wiki-search?q=rightly",
    "compared": "/r/{id}/wiki/overview/versions/1",
    "llms": "/shop/pocket/llms.txt",
    "llms full": "/shop/pocket/llms-full.txt",
    "cache": "/api/wiki_cache?owner=shop&repo=pocket&repo_type=github&language=en",
}


@pytest.fixture
def wiki(app, settings):
    """A public wiki whose pages a model wrote, with wrong sentences everywhere."""
    settings.ALLOW_ANONYMOUS = True
    Repository.objects.filter(pk=app.pk).update(
        kind="github", name="shop/pocket", url="https://github.com/shop/pocket", host_is_public=True
    )
    pages = (
        SamplePage("overview", "Pocket", BODY, "overview"),
        SamplePage("slides", "Slides", SLIDES, "slides"),
    )
    wiki = make_wiki(app, pages, is_public=True)
    for version in PageVersion.objects.all():
        by_model(version)
    return wiki


def by_model(version):
    snapshot = take_snapshot(version.page.wiki.repository_id, OPERATOR_ID)
    version.made_by = PageVersion.Author.MODEL
    version.content["summary"] = SUMMARY
    version.text = markdown(PageContent.from_json(version.content), version.title)
    version.save()
    store_claims(version, check_page(version.text, GIVEN, snapshot))
    release_snapshot(snapshot)


def read(client, wiki, path):
    reply = client.get(path.format(id=wiki.repository_id))
    assert reply.status_code == 200, path
    return reply.content.decode().lower()


@pytest.mark.parametrize("door", DOORS)
def test_what_readers_do_not_see_is_behind_no_door(client, alice, wiki, door):
    if door != "cache":
        client.force_login(alice)
    assert "wrongly" in read(client, wiki, DOORS[door]), "nothing was planted"
    Wiki.objects.update(leave_out_unsupported=True)
    text = read(client, wiki, DOORS[door])
    assert "wrongly" not in text


def test_nor_do_programs_get_it(alice, wiki):
    """Over REST and MCP."""
    Wiki.objects.update(leave_out_unsupported=True)
    pages = ProgramTexts().pages(alice, wiki.repository_id)
    assert len(pages) == 2 and "Rightly" in pages[0].text
    assert "wrongly" not in "".join(f"{page.summary} {page.text}" for page in pages).lower()


@pytest.mark.parametrize("file_format", ["markdown", "html", "json"])
def test_nor_is_it_in_files_of_the_command(wiki, tmp_path, file_format):
    Wiki.objects.update(leave_out_unsupported=True)
    path = tmp_path / "wiki"
    options = ["--format", file_format, "--output", str(path)]
    call_command("export_wiki", str(wiki.repository_id), *options)
    data = path.read_bytes()
    if file_format == "markdown":
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            data = b"".join(file.read(name) for name in file.namelist())
    assert b"Rightly" in data and b"rongly" not in data


def test_the_json_has_the_claims_that_stand_and_keeps_the_shape(client, alice, wiki):
    Wiki.objects.update(leave_out_unsupported=True)
    client.force_login(alice)
    exported = json.loads(read(client, wiki, DOORS["json"]))["pages"][0]
    assert [claim["state"] for claim in exported["claims"]] == ["verified"]
    assert PageContent.from_json(exported["content"]).blocks


def test_a_wiki_without_an_index_leaves_them_out_too(client, alice, wiki):
    Wiki.objects.update(leave_out_unsupported=True)
    Repository.objects.update(current_index=None)
    client.force_login(alice)
    assert "wrongly" not in read(client, wiki, "/r/{id}/wiki-export.html")


def test_a_summary_made_of_the_first_sentence_keeps_what_it_cites():
    """Else nobody knew that it does not stand."""
    reply = read_page("Wrongly so. `shop/prices.py:L2`\n\nAnd more.", lambda text: None)
    assert reply.summary == "Wrongly so. `shop/prices.py:L2`"
    assert isinstance(reply.blocks[0], TextBlock)
