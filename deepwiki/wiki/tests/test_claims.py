"""Claims of a page: cut out of its text, verified only by lines that the model was given."""

import pytest

from deepwiki.wiki.ledger.checking import check_claims
from deepwiki.wiki.ledger.claim import (
    MAX_CLAIM_LINES,
    MAX_CLAIMS,
    MAX_TEXT_CHARS,
    CitedFile,
    ClaimState,
    DraftClaim,
)
from deepwiki.wiki.ledger.line_hashes import LineHashes
from deepwiki.wiki.ledger.page_claims import MAX_LINE, check_drafts, check_page, store_claims
from deepwiki.wiki.ledger.page_sentences import claims_of
from deepwiki.wiki.models import PageClaim, PageVersion, WikiPage
from deepwiki.wiki.tests.wikis import make_wiki
from repos.access import OPERATOR_ID
from repos.search import take_snapshot

TEXT = "def price(order):\n    total = sum(order)\n    return total\n\n\ndef mail(order):\n    send(order)\n"
FILES = {"shop/prices.py": TEXT, "shop/mail.py": "send = print\n"}
GIVEN = {"shop/prices.py": [(1, 3)]}


def read_file(path):
    return CitedFile(FILES[path], f"blob of {path}") if path in FILES else None


def states(markdown, given=None):
    checked = check_claims(claims_of(markdown), given or GIVEN, read_file)
    return [claim.state.value for claim in checked]


def test_a_sentence_with_its_citation_is_a_claim():
    claims = claims_of(
        "## Prices\n\nAn order is summed up at `shop/prices.py:L1-L3`. Then it is mailed"
        " (`shop/prices.py:L6-L7`, `shop/mail.py:L1`).\n\n- Item e.g. one, `a.py:L2`.\n"
    )
    assert claims == [
        DraftClaim("An order is summed up at `shop/prices.py:L1-L3`.", "shop/prices.py", 1, 3),
        *(
            DraftClaim(
                "Then it is mailed (`shop/prices.py:L6-L7`, `shop/mail.py:L1`).", path, start, end
            )
            for path, start, end in [("shop/prices.py", 6, 7), ("shop/mail.py", 1, 1)]
        ),
        DraftClaim("Item e.g. one, `a.py:L2`.", "a.py", 2, 2),
    ]


def test_a_citation_behind_a_sentence_belongs_to_it():
    claims = claims_of("It sums orders up. `shop/prices.py:L1-L3`\n")
    assert [claim.text for claim in claims] == ["It sums orders up. `shop/prices.py:L1-L3`"]


def test_citations_in_tables_code_and_links_are_claims_too():
    markdown = "| a | b |\n|---|---|\n| x | `a.py:L1` |\n\n```text\nb.py:L2\n```\n\nSee c/d.py:L3."
    assert {claim.path for claim in claims_of(markdown)} == {"a.py", "b.py", "c/d.py"}


class KnownPaths:
    """Knows one path."""

    def __init__(self, path):
        self.path = path

    def __call__(self, citation):
        raise AssertionError

    def known_path(self, path):
        return path * (path == self.path)

    def has_folder(self, path):
        return False


def test_a_citation_that_no_sentence_holds_whole_is_a_claim_of_no_sentence_once():
    path = "docs/Read me. Now.md"
    claims = claims_of(f"It is in {path}:L1-L2 as said. See `a.py:L3`.", KnownPaths(path))
    assert DraftClaim("", path, 1, 2) in claims
    assert [claim.path for claim in claims].count("a.py") == 1


def test_claims_beyond_the_bound_are_left_out():
    markdown = " ".join(f"One `a.py:L{n}`." for n in range(1, 2 * MAX_CLAIMS))
    assert len(claims_of(markdown)) == MAX_CLAIMS


@pytest.mark.parametrize(
    ("cited", "state"),
    [
        ("shop/prices.py:L1-L3", "verified"),
        ("shop/prices.py:L2", "verified"),
        ("shop/prices.py:L1-L4", "unsupported"),  # line 4 was not given
        ("shop/prices.py:L6-L7", "unsupported"),
        ("shop/mail.py:L1", "unsupported"),
        ("shop/none.py:L1", "unsupported"),
        ("shop/prices.py:L3-L1", "unsupported"),
        ("shop/prices.py:L0-L1", "unsupported"),
        ("shop/../shop/prices.py:L1", "unsupported"),
        ("/shop/prices.py:L1", "unsupported"),
    ],
)
def test_lines_that_exist_and_were_given_are_verified_and_no_others(cited, state):
    assert states(f"A sentence `{cited}`.") == [state]


def test_lines_beyond_the_end_and_blank_lines_are_never_verified():
    given = {"shop/prices.py": [(1, 99)]}
    cited = ["L7-L8", "L8", "L4-L5", "L99"]
    assert [states(f"A `shop/prices.py:{lines}`.", given) for lines in cited] == [
        ["unsupported"]
    ] * len(cited)


def test_given_ranges_that_touch_are_read_as_one():
    assert states("A `shop/prices.py:L1-L3`.", {"shop/prices.py": [(1, 1), (2, 3)]}) == ["verified"]
    assert states("A `shop/prices.py:L1-L3`.", {"shop/prices.py": [(1, 1), (3, 3)]}) == [
        "unsupported"
    ]


def test_lines_exist_within_the_file_unless_all_of_them_are_blank():
    lines = LineHashes("a\n\nb1\n")
    assert [span for span in ((1, 3), (1, 2), (3, 3)) if lines.has(*span)] == [
        (1, 3),
        (1, 2),
        (3, 3),
    ]
    assert not any(lines.has(*span) for span in ((2, 2), (0, 1), (3, 4), (3, 1), (-2, 3)))
    assert lines.has_letters(3, 3, 2) and lines.has_letters(1, 3, 3)
    assert not lines.has_letters(3, 3, 3) and not lines.has_letters(2, 2, 1)
    assert lines.before(4) == lines.hash_of(1, 3) and lines.after(0) == lines.hash_of(1, 3)


def test_a_claim_of_very_many_lines_is_never_verified():
    file = CitedFile("x = 1\n" * (MAX_CLAIM_LINES + 1), "blob")
    drafts = [DraftClaim("All.", "a.py", 1, MAX_CLAIM_LINES + more) for more in (0, 1)]
    checked = check_claims(drafts, {"a.py": [(1, MAX_CLAIM_LINES + 1)]}, lambda path: file)
    assert [claim.is_verified for claim in checked] == [True, False]


def test_a_file_is_read_once_and_claims_beyond_the_bound_are_not_checked():
    read = []

    def reading(path):
        read.append(path)
        return CitedFile("x = 1\n", "blob")

    drafts = [DraftClaim(str(n), "a.py", 1, 1) for n in range(MAX_CLAIMS + 1)]
    assert len(check_claims(drafts, {}, reading)) == MAX_CLAIMS and read == ["a.py"]


def test_the_text_of_a_claim_is_one_line_within_a_bound():
    long, first, second = claims_of(
        f"{'word ' * 200}\nends `a.py:L1`.\n\n甲である`b.py:L1`。乙\nである `c.py:L1`。"
    )
    assert len(long.text) == MAX_TEXT_CHARS and "\n" not in long.text
    assert (first.text, second.text) == ("甲である`b.py:L1`。", "乙 である `c.py:L1`。")


def test_hashes_ignore_whitespace_at_line_ends_and_know_the_ends_of_a_file():
    lines, other = LineHashes("a\nb\nc\n"), LineHashes("a  \nb\t\r\nc")
    assert (lines.count, other.count) == (3, 3)
    assert lines.hash_of(1, 2) == other.hash_of(1, 2) != lines.hash_of(2, 3)
    assert (lines.before(1), lines.after(3)) == (other.before(1), other.after(3))
    assert lines.after(3) != LineHashes("a\nb\nc\n\n\n\n").after(3)


def test_lines_of_a_hash_are_found_wherever_they_stand():
    lines_hash = LineHashes("x\ny\n").hash_of(1, 2)
    assert LineHashes("x\ny\n1\nx\ny\nx\n").starts(lines_hash, 2) == [1, 4]
    assert LineHashes("y\nx\n").starts(lines_hash, 2) == []


@pytest.mark.django_db
def test_claims_are_stored_with_their_version_and_deleted_with_it(repository):
    wiki = make_wiki(repository)
    snapshot = take_snapshot(repository.pk, OPERATOR_ID)
    version = PageVersion.objects.get(page__slug="prices")
    checked = check_page(version.text, {"shop/prices.py": [(1, 13)]}, snapshot)
    store_claims(version, checked)
    store_claims(version, checked)
    rows = PageClaim.objects.filter(version=version).order_by("position")
    assert [(row.start_line, row.state) for row in rows] == [(10, "verified"), (16, "unsupported")]
    assert all(row.blob and row.lines_hash for row in rows)
    version.refresh_from_db()
    assert version.checked_commit == version.commit
    WikiPage.objects.filter(wiki=wiki).delete()
    assert not PageClaim.objects.exists()


@pytest.mark.django_db
def test_claims_about_impossible_paths_and_lines_are_stored_as_unsupported(repository):
    make_wiki(repository)
    snapshot = take_snapshot(repository.pk, OPERATOR_ID)
    version = PageVersion.objects.get(page__slug="prices")
    drafts = [
        DraftClaim("a\0\ud800", "a\0b\ud800.py", 10**12, 10**13),
        DraftClaim("b", "p" * 2000, -(10**12), 1),
        DraftClaim("c", "", 1, 1),
    ]
    store_claims(version, check_drafts(drafts, {"": [(1, 1)]}, snapshot))
    assert set(PageClaim.objects.values_list("state", flat=True)) == {ClaimState.UNSUPPORTED}
    lines = PageClaim.objects.order_by("position").values_list("start_line", flat=True)
    assert list(lines) == [MAX_LINE, 0, 1]
