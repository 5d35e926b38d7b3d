"""What counts as read, whatever ranges were read in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.citations import Citation
from chat.core.read_lines import ReadLines, parse_place

pytestmark = pytest.mark.fuzz
NUMBERS = st.integers(-2, 40)
PLACES = st.builds(Citation, st.sampled_from(["a", "b:L1-L2", "ü"]), NUMBERS, NUMBERS)


@given(st.lists(st.lists(PLACES, max_size=6), max_size=6), PLACES)
def test_a_citation_is_read_exactly_when_each_of_its_lines_was(readings, cited):
    read = ReadLines()
    lines = set()
    for places in readings:
        read = read.adding(places)
        for place in places:
            if place.start >= 1:
                lines |= {(place.path, n) for n in range(place.start, place.end + 1)}
    if 1 <= cited.start <= cited.end:
        wanted = {(cited.path, n) for n in range(cited.start, cited.end + 1)}
        assert read.covers(cited) == (wanted <= lines)
    assert {(p.path, n) for p in read.places() for n in range(p.start, p.end + 1)} == lines


@given(st.text(max_size=60))
def test_any_text_is_a_place_or_none(written):
    place = parse_place(written)
    if place is not None:
        assert parse_place(f"{place.path}:L{place.start}-L{place.end}") == place
