"""The versions of a page, compared."""

import pytest

from deepwiki.wiki.models import PageVersion, WikiPage
from deepwiki.wiki.reading.version_changes import MAX_LINES, version_changes
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki, write


def version(text):
    return PageVersion(text=text)


def test_changes_are_lines_that_came_and_went():
    changes = version_changes(version("a\nb\nc"), version("a\nB\nc"))
    assert [(line.kind, line.text) for line in changes.lines[1:]] == [
        ("same", "a"),
        ("removed", "b"),
        ("added", "B"),
        ("same", "c"),
    ]
    assert not changes.is_cut


def test_a_line_that_looks_like_a_head_is_a_line():
    changes = version_changes(version("a"), version("a\n++ b\n-- c"))
    assert [line.kind for line in changes.lines] == ["gap", "same", "added", "added"]


def test_the_first_version_is_new_as_a_whole():
    assert {line.kind for line in version_changes(None, version("a\nb")).lines} == {"gap", "added"}


def test_what_is_compared_is_bounded():
    changes = version_changes(version("x\n" * 100_000), version("y" * 9_000_000))
    assert changes.is_cut
    assert len(changes.lines) <= 2 * MAX_LINES + 1
    assert max(len(line.text) for line in changes.lines) <= 1_000


@pytest.mark.django_db
def test_a_page_lists_its_versions_and_what_changed(client, repository, alice):
    make_wiki(repository)
    page = WikiPage.objects.get(slug="mail")
    write(page, SamplePage("mail", "Mail", "Now <b>new</b>."), "c0ffee")
    client.force_login(alice)
    address = f"/r/{repository.pk}/wiki/mail/versions"
    listed = client.get(address).content.decode()
    assert listed.index("Version 2") < listed.index("Version 1")
    changed = client.get(f"{address}/2").content.decode()
    assert "Changes from version 1 to 2" in changed
    assert "Now &lt;b&gt;new&lt;/b&gt;." in changed
    assert client.get(f"{address}/3").status_code == 404
    assert client.get(f"/r/{repository.pk}/wiki/none/versions").status_code == 404
