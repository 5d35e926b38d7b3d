"""Any text, however it is cut into pieces, becomes clean, and the same as the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepwiki.foundation.text import UNCLEAN, TextCleaner, clean_text

CHARACTERS = st.characters(codec=None) | st.sampled_from("\ud83d\ude00\x00\x1b\r\n\t\x85a")
PIECES = st.lists(st.text(CHARACTERS, max_size=6), max_size=12)


@pytest.mark.fuzz
@given(PIECES)
def test_pieces_become_what_the_whole_becomes(pieces):
    cleaner = TextCleaner()
    cleaned = [cleaner.feed(piece) for piece in pieces] + [cleaner.finish()]
    assert "".join(cleaned) == clean_text("".join(pieces))
    for piece in cleaned:
        piece.encode()
        assert UNCLEAN.search(piece) is None
