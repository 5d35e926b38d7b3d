"""The lines that are shown to a model where those of a changed claim stood."""

import pytest

from deepwiki.wiki.ledger.line_hashes import LineHashes
from deepwiki.wiki.ledger.regions import MAX_REGION, present_region
from deepwiki.wiki.tests.test_relocation import claim_at

LINES = [f"line {number}" for number in range(1, 101)]


def changed(**lines):
    """The file with other lines in place of some: `l40=["a", "b"]`."""
    return [one for n, line in enumerate(LINES, 1) for one in lines.get(f"l{n}", [line])]


def region(lines, start=40, end=45):
    return present_region(claim_at(start, end, LINES), LineHashes("\n".join(lines)))


REPLACED = {"l40": ["a", "b", "c"], **{f"l{n}": [] for n in range(41, 46)}}


def test_it_is_between_the_context_before_and_the_context_after():
    assert region(changed(**REPLACED)) == (37, 45)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (changed(l37=["x"], l40=["x"]), (32, 48)),  # the context after is known
        (changed(l46=["x"], l40=["x"]), (37, 53)),  # that before
        (changed(l37=["x"], l46=["x"]), (33, 53)),  # none
        ([*changed(l40=["x"]), *LINES[36:39]], (32, 48)),  # that before stands twice
        (changed(**REPLACED)[:39], (37, 39)),  # the file ends there
        (["a", "b"], (2, 2)),
        ([], None),
    ],
)
def test_without_one_side_of_the_context_it_is_around_the_other(lines, expected):
    assert region(lines) == expected


def test_it_is_no_longer_than_what_is_shown():
    added = [f"new {n}" for n in range(MAX_REGION)]
    assert region(changed(l40=added[:49])) == (37, 96)
    assert region(changed(l40=added[:50])) == (37, 53)
    assert region(["x"], 1, 100) == (1, 1)
    assert region([f"other {n}" for n in range(300)], 10, 100) == (3, 62)


def test_of_a_long_claim_it_is_what_stands_nearest_to_the_known_context():
    lines = [f"line {number}" for number in range(1, 201)]
    claim = claim_at(10, 100, lines)
    lines[6] = lines[9] = "x"
    assert present_region(claim, LineHashes("\n".join(lines))) == (33, 92)


def test_contexts_in_the_other_order_are_none():
    assert region([*LINES[45:], *LINES[:39]]) == (92, 94)


def test_the_beginning_of_a_file_is_no_context():
    added = [f"new {n}" for n in range(30)]
    assert region(changed(l1=added, l2=[], l3=[]), 1, 3) == (20, 33)
