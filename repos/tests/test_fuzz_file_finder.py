"""The finder tells where what was typed stands, whatever paths hold, in time linear in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepwiki.testing.growth import LINEAR, growth
from repos.search.file_finder import match_path

pytestmark = [pytest.mark.fuzz]
PATHS = st.text(alphabet="abAB/_-. ßİñ文", min_size=1, max_size=30)


def is_within(typed, path):
    rest = iter(path)
    return all(character in rest for character in typed)


@given(PATHS, st.text(alphabet="abAB/_.ñ文", max_size=6))
def test_a_path_is_found_exactly_if_it_holds_the_characters_in_order(path, typed):
    found = match_path(path, typed)
    lowered = path.lower() if len(path.lower()) == len(path) else path
    assert (found is not None) == is_within(typed.lower(), lowered)
    if found is not None:
        assert "".join(text for text, _ in found.parts) == path
        assert "".join(lowered[place] for place in found.positions) == typed.lower()


def test_matching_costs_what_the_path_does():
    def work(size):
        for _ in range(100):
            match_path("ab" * size, "a" * 50 + "c")

    assert growth(work, 40_000) < LINEAR
