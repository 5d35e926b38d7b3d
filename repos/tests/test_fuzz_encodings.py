"""Any bytes: decoded or declined, never an exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repos.indexing.encodings import decode

pytestmark = pytest.mark.fuzz

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00\x1b"))
MARKS = [b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\xef\xbb\xbf"]
HEADS = [b"# coding: %s\n" % n for n in (b"gbk", b"utf-7", b"iso2022_jp", b"cp1258", b"x", b"hz")]
PARTS = st.sampled_from([*MARKS, *HEADS, b"\x1b$B", b"\x1b(B", b"<?xml encoding='big5'?>", b"\n"])
BYTES = st.lists(st.binary() | PARTS | TEXT.map(str.encode), max_size=6).map(b"".join)


@given(BYTES)
def test_any_bytes_are_a_text_that_can_be_stored_or_none(data):
    text = decode(data)
    if text is not None:
        assert "\x00" not in text
        assert "\r\n" not in text
        text.encode()


@given(TEXT.filter(lambda text: not text.startswith("\ufeff")))
def test_valid_utf_8_comes_back_unchanged(text):
    assert decode(text.encode()) == text


@given(TEXT.filter(str.isprintable).filter(lambda text: not text.startswith("\ufeff")))
def test_a_byte_order_mark_tells_the_encoding(text):
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert decode(text.encode(encoding)) == text


@given(
    st.text("aeiouéèàçñöüß中文字数据テストпривет검증 \n", min_size=1),
    st.binary(min_size=1, max_size=1),
)
def test_a_bad_byte_leaves_the_lines_around_it(text, byte):
    line = f"é {text}".replace("\r", "").strip()
    data = b"\n".join([line.encode(), b"\xff" + byte, line.encode()])
    if b"\x00" not in data:
        assert decode(data).count(line) >= 2
