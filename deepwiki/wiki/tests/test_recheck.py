"""Claims after the index was switched: kept, moved or changed, and which pages are marked."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from deepwiki.testing.fixtures import write_files
from deepwiki.wiki import refresh, services
from deepwiki.wiki.ledger.page_claims import check_page, store_claims
from deepwiki.wiki.ledger.standing import claim_counts, stale_versions
from deepwiki.wiki.models import PageClaim, PageVersion, Wiki
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki, write
from repos import jobs
from repos.access import OPERATOR_ID
from repos.search import release_snapshot, take_snapshot

pytestmark = pytest.mark.django_db

PRICES = "import decimal\n\n\ndef price(order):\n    return sum(order.lines_of_the_order())\n"
MAIL = "import smtplib\n\n\ndef mail(order):\n    smtplib.SMTP().sendmail(order.receipt())\n"
FILES = {
    "shop/prices.py": PRICES,
    "shop/mail.py": MAIL,
    "shop/none.py": "x = 1\n",
    "shop/many.py": "return None\n" * 300,
    **{f"shop/other/o{n}.py": f"o = {n}\n" for n in range(6)},  # most files stay: an update
}
PAGES = (
    SamplePage("prices", "Prices", "Sums up `shop/prices.py:L4-L5`. Never `shop/none.py:L9`."),
    SamplePage("mail", "Mail", "Sends a mail at `shop/mail.py:L4-L5`."),
)


def with_claims(repository, pages=PAGES):
    """A wiki whose pages have claims, as if a model had been given all files."""
    wiki = make_wiki(repository, pages)
    for version in PageVersion.objects.all():
        add_claims(version)
    return wiki


def add_claims(version):
    snapshot = take_snapshot(version.page.wiki.repository_id, OPERATOR_ID)
    given = {path: [(1, 99)] for path in FILES}
    store_claims(version, check_page(version.text, given, snapshot))
    release_snapshot(snapshot)


def reindexed(repository, tmp_path, files):
    """The index after some files have changed; None as a text removes a file."""
    root = tmp_path / "app"
    for path in [path for path, text in files.items() if text is None]:
        (root / path).unlink()
    write_files(root, {path: text for path, text in files.items() if text is not None})
    jobs.run(jobs.request(repository, start=False)[0].pk)
    repository.refresh_from_db()
    wiki = Wiki.objects.get(repository=repository)
    refresh.run(wiki.pk)
    return wiki


def claims():
    """By page, its claims: state and present place."""
    rows = PageClaim.objects.order_by("version__page__slug", "version__version_number", "position")
    return [(row.version.page.slug, row.state, row.present_path, row.present_start) for row in rows]


def stale(wiki):
    return [version.page.slug for version in stale_versions(wiki)]


def test_lines_below_new_ones_have_moved_and_mark_no_page(app, tmp_path):
    with_claims(app)
    wiki = reindexed(app, tmp_path, {"shop/prices.py": "# new\n" + PRICES})
    assert claims() == [
        ("mail", "verified", "", 0),
        ("prices", "moved", "shop/prices.py", 5),
        ("prices", "unsupported", "", 0),
    ]
    assert stale(wiki) == []
    counts = claim_counts(PageVersion.objects.filter(page__slug="prices"))
    (count,) = counts.values()
    assert (count.moved, count.unsupported, count.total) == (1, 1, 2)
    assert count.commit == app.current_index.commit


def test_only_the_page_whose_lines_have_changed_is_marked_and_no_longer_once_they_are_back(
    app, tmp_path
):
    with_claims(app)
    changed = PRICES.replace("sum(", "max(")
    wiki = reindexed(app, tmp_path, {"shop/prices.py": changed})
    assert ("prices", "changed", "", 0) in claims() and stale(wiki) == ["prices"]
    reindexed(app, tmp_path, {"shop/prices.py": PRICES})
    assert ("prices", "verified", "", 0) in claims() and stale(wiki) == []


def test_a_file_under_another_path_has_moved(app, tmp_path):
    with_claims(app)
    reindexed(app, tmp_path, {"shop/mail.py": None, "post/letters.py": MAIL})
    assert ("mail", "moved", "post/letters.py", 4) in claims()


def test_a_file_under_another_path_has_moved_in_an_index_that_was_made_anew(app, tmp_path):
    with_claims(app)
    others = {f"shop/other/o{n}.py": f"o = 'other {n}'\n" for n in range(6)}
    reindexed(app, tmp_path, {"shop/mail.py": None, "post/letters.py": MAIL, **others})
    assert app.current_index.documents.exclude(added_in=0).count() == 0
    assert ("mail", "moved", "post/letters.py", 4) in claims()


def test_a_copy_of_a_file_is_not_where_its_lines_have_moved(app, tmp_path):
    with_claims(app)
    reindexed(app, tmp_path, {"shop/mail.py": "# new\n" + MAIL, "post/letters.py": MAIL})
    assert ("mail", "moved", "shop/mail.py", 5) in claims()


def test_a_file_of_another_path_and_other_text_has_moved_too(app, tmp_path):
    with_claims(app)
    reindexed(app, tmp_path, {"shop/mail.py": None, "post/mail.py": "# moved\n" + MAIL})
    assert ("mail", "moved", "post/mail.py", 5) in claims()


def test_a_file_of_the_same_name_is_looked_at_in_an_index_that_was_made_anew(app, tmp_path):
    with_claims(app)
    others = {f"shop/other/o{n}.py": f"o = 'other {n}'\n" for n in range(6)}
    moved = {"shop/mail.py": None, "post/mail.py": "# moved\n" + MAIL}
    reindexed(app, tmp_path, {**moved, **others})
    assert app.current_index.documents.exclude(added_in=0).count() == 0
    assert ("mail", "moved", "post/mail.py", 5) in claims()


def test_lines_that_went_to_a_file_of_another_name_have_moved(app, tmp_path):
    with_claims(app)
    wiki = reindexed(
        app, tmp_path, {"shop/mail.py": "import smtplib\n", "shop/none.py": "x = 1\n" + MAIL}
    )
    assert ("mail", "moved", "shop/none.py", 5) in claims() and stale(wiki) == []


def test_the_newest_versions_alone_are_looked_at(app, tmp_path):
    wiki = with_claims(app)
    page = wiki.pages.get(slug="prices")
    add_claims(write(page, PAGES[0], app.current_index.commit))
    reindexed(app, tmp_path, {"shop/prices.py": "# new\n" + PRICES})
    states = [(state, path) for slug, state, path, _ in claims() if slug == "prices"]
    assert states[0] == ("verified", "") and states[2] == ("moved", "shop/prices.py")


def test_what_was_not_given_to_the_model_stays_unsupported(app, tmp_path):
    with_claims(app)
    PageClaim.objects.filter(path="shop/mail.py").update(state="unsupported")
    reindexed(app, tmp_path, {"shop/mail.py": "# new\n" + MAIL})
    assert ("mail", "unsupported", "", 0) in claims()


def test_lines_that_come_back_to_their_place_no_longer_have_moved(app, tmp_path):
    with_claims(app)
    reindexed(app, tmp_path, {"shop/prices.py": "# new\n" + PRICES})
    reindexed(app, tmp_path, {"shop/prices.py": PRICES})
    assert ("prices", "verified", "", 0) in claims()


def test_lines_of_a_file_that_stays_are_kept_however_many_are_the_same(app, tmp_path):
    with_claims(app, [SamplePage("many", "Many", "One of many `shop/many.py:L50`.")])
    reindexed(app, tmp_path, {"shop/mail.py": "# new\n" + MAIL})
    assert claims() == [("many", "verified", "", 0)]


def test_an_original_whose_translation_is_read_is_looked_at_though_a_newer_one_exists(
    app, tmp_path
):
    wiki = with_claims(app)
    page = wiki.pages.get(slug="prices")
    write(page, PAGES[0], wiki.commit, language="es", translated_from=page.versions.get())
    add_claims(write(page, PAGES[0], wiki.commit))
    reindexed(app, tmp_path, {"shop/prices.py": "# new\n" + PRICES})
    assert claims().count(("prices", "moved", "shop/prices.py", 5)) == 2


def test_claims_are_looked_for_once_a_commit(app, tmp_path, django_assert_max_num_queries):
    with_claims(app)
    wiki = reindexed(app, tmp_path, {"shop/prices.py": "# new\n" + PRICES})
    with django_assert_max_num_queries(7):  # one looks whether there are notes
        assert refresh.run(wiki.pk).claims == 0


def test_a_switch_of_the_index_puts_one_message_into_the_queue(app, tmp_path, settings):
    settings.WIKI_AUTOMATIC = False
    waiting = ProcrastinateJob.objects.filter(task_name="wiki.refresh")
    with_claims(app)
    services.follow_index(app)
    assert not waiting.exists()
    PageVersion.objects.update(checked_commit="before")
    services.follow_index(app)
    services.follow_index(app)
    assert waiting.count() == 1
