"""The versions of a page, compared."""

import pytest

from deepwiki.wiki.builds.page_store import save_page
from deepwiki.wiki.content import PageContent, TextBlock
from deepwiki.wiki.models import BuildPage, PageClaim, PageVersion, WikiBuild, WikiPage
from deepwiki.wiki.reading.version_changes import MAX_LINES, version_changes
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki, write

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def mail(repository):
    """A page with three versions."""
    make_wiki(repository)
    page = WikiPage.objects.get(slug="mail")
    for words in ("Second.", "Third."):
        write(page, SamplePage("mail", "Mail", words), "c0ffee")
    return page


def test_any_two_versions_are_compared(client, repository, alice, mail):
    client.force_login(alice)
    address = f"/r/{repository.pk}/wiki/mail/versions/compare"
    page = client.get(f"{address}?old=1&new=3").content.decode()
    assert "Changes from version 1 to 3" in page
    assert "sends a receipt" in page
    assert "Second." not in page
    assert client.get(f"{address}?old=1&new=4").status_code == 404
    assert client.get(f"{address}?old=x&new=").status_code == 404


def restore(client, repository, number):
    return client.post(f"/r/{repository.pk}/wiki/mail/versions/{number}/restore").status_code


def test_an_editor_restores_an_earlier_version_as_a_new_one(client, repository, carol, mail):
    client.force_login(carol)
    assert restore(client, repository, 1) == 302
    newest = mail.versions.get(version_number=4)
    assert newest.text == mail.versions.get(version_number=1).text
    assert (newest.restored_from, newest.author, newest.made_by) == (1, carol, "code")
    assert "sends a receipt" in client.get(f"/r/{repository.pk}/wiki/mail").content.decode()
    listed = client.get(f"/r/{repository.pk}/wiki/mail/versions").content.decode()
    assert "restored from version 1" in listed
    assert restore(client, repository, 4) == 302  # the newest itself
    assert mail.versions.count() == 4


def test_who_may_not_edit_restores_nothing(client, repository, alice, mail):
    client.force_login(alice)
    assert restore(client, repository, 1) == 404
    changes = client.get(f"/r/{repository.pk}/wiki/mail/versions/2").content.decode()
    assert "Restore this version" not in changes


def test_a_restored_version_has_the_claims_of_the_earlier_one(client, repository, carol, mail):
    PageClaim.objects.create(
        version=mail.versions.get(version_number=1),
        position=0,
        text="It sends.",
        path="shop/mail.js",
        start_line=1,
        end_line=3,
        state="verified",
    )
    client.force_login(carol)
    restore(client, repository, 1)
    assert PageClaim.objects.filter(version__version_number=4, text="It sends.").count() == 1


def test_a_build_leaves_a_restored_version_until_it_has_something_new(
    client, repository, carol, mail
):
    client.force_login(carol)
    restore(client, repository, 2)
    build = WikiBuild.objects.create(wiki=mail.wiki, state="running", commit="c0ffee")
    row = BuildPage.objects.create(build=build, page=mail)
    replaced = PageContent.from_json(mail.versions.get(version_number=3).content)
    save_page(build, row, "Mail", replaced)
    assert mail.versions.count() == 4
    save_page(build, row, "Mail", PageContent("New.", (TextBlock("Fourth."),)))
    newest = mail.versions.order_by("-version_number").first()
    assert "Fourth." in newest.text
    assert newest.build == build
