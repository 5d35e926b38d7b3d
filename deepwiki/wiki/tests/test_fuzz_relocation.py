"""Claims over files that are edited at random: what is not marked as changed has the same lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.ledger.line_hashes import LineHashes
from deepwiki.wiki.ledger.relocation import ClaimLines, relocate

pytestmark = pytest.mark.fuzz
LINE = st.sampled_from(
    ["", "}", "    return None", "def a():", "class A:", "x = 1", "\ud800", "é \t", "a" * 40]
) | st.text(max_size=50).map(lambda text: text.replace("\n", " "))
FILE = st.lists(LINE, min_size=1, max_size=40)
EDIT = st.tuples(st.integers(0, 40), st.integers(0, 6), st.lists(LINE, max_size=6))


def edited(lines, edits):
    """Each edit replaces some lines from a position on."""
    lines = list(lines)
    for position, removed, added in edits:
        lines[position : position + removed] = added
    return lines


def same(one, other):
    return [line.rstrip() for line in one] == [line.rstrip() for line in other]


@given(FILE, st.lists(EDIT, max_size=5), FILE, st.data())
def test_verified_and_moved_claims_have_the_lines_they_had(lines, edits, other, data):
    start = data.draw(st.integers(1, len(lines)))
    end = data.draw(st.integers(start, len(lines)))
    before = LineHashes("\n".join([*lines, ""]))
    claim = ClaimLines(
        "a.py",
        start,
        end,
        "blob",
        before.hash_of(start, end),
        before.before(start),
        before.after(end),
    )
    after = edited(lines, edits)
    files = {"a.py": after, "b.py": other}
    own = data.draw(st.sampled_from([LineHashes("\n".join([*after, ""])), None]))
    found = relocate(claim, own, {"b.py": LineHashes("\n".join([*other, ""]))})
    cited = lines[start - 1 : end]
    if found.state == ClaimState.MOVED:
        place = found.place
        assert (place.path, place.start) != ("a.py", start)
        assert same(files[place.path][place.start - 1 : place.end], cited)
    elif found.state == ClaimState.VERIFIED:
        assert same(after[start - 1 : end], cited)
    if not edits and own is not None:
        assert found.state in (ClaimState.VERIFIED, ClaimState.CHANGED)


@given(FILE, st.integers(0, 8), st.data())
def test_telling_lines_below_new_ones_are_found_again(lines, added, data):
    """As long as the new lines are of no other kind, and nothing else changed."""
    unique = [f"line {number} of the file: {line}" for number, line in enumerate(lines)]
    start = data.draw(st.integers(1, len(unique)))
    before = LineHashes("\n".join(unique))
    claim = ClaimLines(
        "a.py",
        start,
        start,
        "blob",
        before.hash_of(start, start),
        before.before(start),
        before.after(start),
    )
    new = [f"new {number}" for number in range(added)]
    found = relocate(claim, LineHashes("\n".join([*new, *unique])), {})
    if added:
        assert (found.state, found.place.start) == (ClaimState.MOVED, start + added)
    else:
        assert found.state == ClaimState.VERIFIED
