"""What becomes of a claim when its file changes: kept, moved or changed, by hash and context."""

from dataclasses import replace

import pytest

from deepwiki.testing.growth import LINEAR, growth
from deepwiki.wiki.ledger.line_hashes import WEIGHT_CHARS, LineHashes
from deepwiki.wiki.ledger.relocation import ClaimLines, relocate, renamed

FUNCTION = [
    "def price(order):",
    "    total = sum(line.price for line in order)",
    "    return total",
]
BEFORE = ["import decimal", "", ""]
AFTER = ["", "", "def mail(order):", "    send(order)"]
FILE = [*BEFORE, *FUNCTION, *AFTER]


def claim_at(start, end, lines=FILE, path="a.py"):
    hashes = LineHashes("\n".join(lines))
    return ClaimLines(
        path,
        start,
        end,
        "blob",
        hashes.hash_of(start, end),
        hashes.before(start),
        hashes.after(end),
    )


def found(lines, claim=None, **others):
    """State, path and first line; `lines` is None where the file is gone."""
    own = None if lines is None else LineHashes("\n".join(lines))
    other = {f"{name}.py": LineHashes("\n".join(text)) for name, text in others.items()}
    relocation = relocate(claim or claim_at(4, 6), own, other)
    place = relocation.place
    return (relocation.state.value, *((place.path, place.start, place.end) if place else ()))


def test_the_same_lines_at_the_same_place_stay():
    assert found(FILE) == ("verified",)
    assert found([*FILE, "more"]) == ("verified",)
    assert found([line + "  " for line in FILE]) == ("verified",)


def test_lines_of_another_hash_and_the_same_weight_are_others():
    claim = claim_at(4, 6)
    weight, digest = claim.lines_hash[:WEIGHT_CHARS], claim.lines_hash[WEIGHT_CHARS:]
    assert found(FILE, replace(claim, lines_hash=weight + digest[::-1])) == ("changed",)


def test_lines_that_stand_further_down_have_moved():
    assert found(["# new", "# new", *FILE]) == ("moved", "a.py", 6, 8)


def test_lines_that_are_gone_or_say_something_else_have_changed():
    assert found([*BEFORE, *AFTER]) == ("changed",)
    assert found(None) == ("changed",)
    assert found([*BEFORE, FUNCTION[0], "    total = 0", FUNCTION[2], *AFTER]) == ("changed",)


def test_of_several_places_the_one_with_the_same_context_is_taken():
    copy = ["class Other:", "    # a copy", "", *FUNCTION, "", "# end"]
    assert found([*copy, *FILE]) == ("moved", "a.py", 12, 14)
    assert found([*FILE, *copy]) == ("verified",)


def test_lines_that_say_much_are_found_without_any_context():
    assert found(["x", *FUNCTION, "y"]) == ("moved", "a.py", 2, 4)


def test_the_context_before_tells_as_much_as_that_after():
    assert found(["x", *BEFORE, *FUNCTION, "y", *FUNCTION]) == ("moved", "a.py", 5, 7)
    assert found(["x", *FUNCTION, *AFTER, "y", *FUNCTION]) == ("moved", "a.py", 2, 4)


def test_of_several_places_that_are_alike_none_is_taken():
    assert found(["x", *FILE, *FILE]) == ("changed",)
    assert found([*FUNCTION, *FUNCTION], claim_at(4, 6)) == ("changed",)


def test_lines_that_stay_where_they_are_beside_a_copy_of_all_stay():
    assert found([*FILE, *FILE]) == ("verified",)


def test_a_common_line_is_not_taken_for_another_one_without_its_context():
    lines = ["def a():", "    x()", "    return None", "", "def b():", "    y()"]
    claim = claim_at(3, 3, lines)
    assert found(["def c():", "    z()", "    return None", "# other"], claim) == ("changed",)
    assert found(["# new", *lines], claim) == ("moved", "a.py", 4, 4)


def test_a_common_line_is_not_kept_at_its_place_when_the_context_says_that_it_moved():
    lines = ["a()", "b()", "c()", "return None", "d()", "e()", "f()"]
    claim = claim_at(4, 4, lines)
    assert found(["x", "y", "z", "return None", *lines], claim) == ("moved", "a.py", 8, 8)


def test_lines_of_a_file_that_is_gone_are_found_in_another_one():
    assert found(None, other=["# moved here", *FILE]) == ("moved", "other.py", 5, 7)
    assert found(None, other=FILE) == ("moved", "other.py", 4, 6)
    assert found(None, one=FILE, two=FILE) == ("changed",)


def test_lines_that_their_own_file_has_are_looked_for_nowhere_else():
    assert found(["x", *FILE], other=FILE) == ("moved", "a.py", 5, 7)


def test_a_file_under_another_path_is_a_move_if_there_is_one_such_path():
    claim = claim_at(4, 6)
    moved = renamed(claim, ["b.py"])
    place = moved.place
    assert (moved.state.value, place.path, place.start, place.end) == ("moved", "b.py", 4, 6)
    assert renamed(claim, []).state == renamed(claim, ["b.py", "c.py"]).state == "changed"


def test_lines_that_stand_in_very_many_places_are_not_compared():
    lines = ["}"] * 5_000
    assert found(["x", *lines], claim_at(100, 100, lines)) == ("changed",)


def test_lines_whose_polynomials_are_equal_are_told_apart():
    """A polynomial modulo a power of two is the same for both of these (Thue and Morse)."""
    bits = [bin(number).count("1") % 2 for number in range(2_048)]
    one = ["a line of some length" if bit else "another line like it" for bit in bits]
    two = ["another line like it" if bit else "a line of some length" for bit in bits]
    first, second = LineHashes("\n".join(one)), LineHashes("\n".join(two))
    assert first.hash_of(1, 2_048)[:16] == second.hash_of(1, 2_048)[:16]
    assert found(two, claim_at(1, 2_000, one)) == ("changed",)
    assert first.hash_of(1, 2_048) != second.hash_of(1, 2_048)


@pytest.mark.parametrize("line", ["}%.0s", "value = compute(value, %d)"])
def test_the_cost_grows_with_the_length_of_the_file(line):
    def work(size):
        lines = [line % n for n in range(size)]
        return found(["x", *lines], claim_at(size // 2, size // 2 + 5, lines))

    assert growth(work, 80_000) < LINEAR


def test_the_cost_grows_with_the_number_of_claims():
    text = LineHashes("\n".join(f"value = compute({n % 50})" for n in range(4_000)))
    lines = [f"value = compute({n % 50})" for n in range(4_000)]
    claim = claim_at(200, 220, lines)
    assert growth(lambda size: [relocate(claim, text, {}) for _ in range(size)], 1_600) < LINEAR
