"""The places of a name in a file, as bytes."""

import pytest

from repos.graph.packing import count, pack, unpack


@pytest.mark.parametrize(
    "places",
    [(), (1,), (9, 10, 17), (9, 8 + 16_000, 8 + 9_000_000), tuple(range(0, 4_000_000, 127))],
)
def test_places_far_apart_come_back(places):
    packed = pack(places)
    assert list(unpack(packed)) == list(places) and count(packed) == len(places)


def test_places_on_lines_that_are_close_take_a_byte_each():
    assert len(pack(tuple(range(8, 8_000, 8)))) <= 1_010
