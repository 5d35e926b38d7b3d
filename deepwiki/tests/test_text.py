"""Text that comes from elsewhere can be stored and sent anywhere."""

import json

import pytest

from deepwiki.foundation.text import TextCleaner, clean_json, clean_text

TEXTS = {
    "plain\ttext\n": "plain\ttext\n",
    "a\x00b\x1b[31mc\x7fd\x85e\r\n": "ab[31mcde\n",
    "Hello \ud83d world": "Hello \ufffd world",
    "\ude00 first": "\ufffd first",
    "both \ud83d\ude00": "both \U0001f600",
    "turned \ude00\ud83d": "turned \ufffd\ufffd",
    "\U0001f600 whole \U0010ffff": "\U0001f600 whole \U0010ffff",
    "": "",
}


@pytest.mark.parametrize(("text", "clean"), TEXTS.items())
def test_controls_go_halves_are_joined_and_lone_ones_replaced(text, clean):
    assert clean_text(text) == clean


@pytest.mark.parametrize(("text", "clean"), TEXTS.items())
def test_text_in_pieces_is_cleaned_as_the_whole(text, clean):
    cleaner = TextCleaner()
    assert "".join(map(cleaner.feed, text)) + cleaner.finish() == clean


def test_all_the_texts_of_a_json_value_are_cleaned():
    value = {"pa\x00th": ["a\ud83d", {"n": 1, "x": None, "t": ("\x01",)}], "ok": True}
    assert clean_json(value) == {"path": ["a\ufffd", {"n": 1, "x": None, "t": [""]}], "ok": True}
    json.dumps(clean_json(value), ensure_ascii=False).encode()
