"""What an attached file is, by its content; what of an image is kept."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.errors import BadRequest, ChatError, RequestTooLarge
from chat.services.uploads import MAX_FILE_BYTES, recognise
from chat.services.uploads.jpeg import check_jpeg
from chat.services.uploads.orientation import orientation
from chat.services.uploads.png import check_png
from chat.services.uploads.webp import check_webp
from chat.testing.images import (
    PLACE,
    exif,
    jpeg,
    jpeg_segment,
    png,
    png_chunk,
    webp,
    webp_chunk,
)

IMAGES = {
    "image/png": png(2, 2, png_chunk(b"tEXt", PLACE), png_chunk(b"eXIf", PLACE)),
    "image/jpeg": jpeg(3, 2, exif(), jpeg_segment(0xFE, PLACE), jpeg_segment(0xE2, b"MPF" + PLACE)),
    "image/webp": webp(4, 3, webp_chunk(b"EXIF", PLACE), webp_chunk(b"XMP ", PLACE)),
}


def reason(data):
    with pytest.raises(ChatError) as caught:
        recognise(data)
    return caught.value.reason


@pytest.mark.parametrize("media_type", IMAGES)
def test_an_image_is_known_by_its_content_and_keeps_no_place_nor_what_stands_behind_it(media_type):
    data = IMAGES[media_type]
    assert PLACE in data
    found = recognise(data + b"<script>alert(1)</script>" * (media_type != "image/webp"))
    assert found.media_type == media_type
    assert PLACE not in found.data
    assert b"script" not in found.data
    assert recognise(found.data) == found  # the copy is whole, and copied as it is


def test_sizes_are_read_from_each_format():
    assert [(one.width, one.height) for one in (check_png(png(7, 5)), check_jpeg(jpeg(7, 5)))] == [
        (7, 5),
        (7, 5),
    ]
    assert (check_webp(webp(7, 5)).width, check_webp(webp(7, 5)).height) == (7, 5)
    lossless = webp_chunk(b"VP8L", b"\x2f" + (6 | 4 << 14).to_bytes(4, "little"))
    body = b"WEBP" + lossless
    found = check_webp(b"RIFF" + len(body).to_bytes(4, "little") + body)
    assert (found.width, found.height) == (7, 5)


def test_a_photo_stays_turned():
    kept = recognise(jpeg(3, 2, exif(6))).data
    start = kept.index(b"\xff\xe1")
    assert orientation(kept[start:]) == 6
    assert b"\xff\xe1" not in recognise(jpeg(3, 2, exif(1))).data


def test_a_bomb_of_pixels_is_refused_before_anything_decodes_it():
    assert reason(png(50_000, 50_000)) == "attachment_too_many_pixels"
    assert reason(jpeg(60_000, 60_000)) == "attachment_too_many_pixels"
    assert reason(webp(16_000, 16_000)) == "attachment_too_many_pixels"


@pytest.mark.parametrize(
    "data",
    [
        png()[:-4],
        png().replace(b"\x80", b"\x81", 1)[:-1] + b"\x00",
        png().replace(b"IDAT", b"IDAX"),
        jpeg()[:-2],
        jpeg()[:30],
        jpeg(0, 2),
        webp().replace(b"VP8 ", b"ANMF"),
        webp()[:40],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\0\0\0\0WEBP",
    ],
)
def test_a_damaged_image_is_refused(data):
    assert reason(data) == "attachment_broken"


def test_texts_of_any_encoding_become_utf_8():
    assert recognise("Größe\r\n".encode("utf-16")).data == "Größe\n".encode()
    assert recognise(b"a,b\n1,2\n").media_type == "text/plain"
    assert recognise(b"<svg onload=alert(1)>").media_type == "text/plain"


def test_what_is_neither_text_nor_a_known_image_is_refused():
    assert reason(b"\x7fELF\x02\x01\x01" + bytes(200)) == "attachment_not_known"
    assert reason(b"GIF89a" + bytes(range(256)) * 8) == "attachment_not_known"
    assert reason(b"") == "attachment_empty"
    assert reason(b"   \n") == "attachment_not_known"


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(RequestTooLarge):
        recognise(b"a" * (MAX_FILE_BYTES + 1))


@pytest.mark.fuzz
@given(st.sampled_from(sorted(IMAGES)), st.data())
def test_fuzz_a_changed_image_is_refused_or_still_one(media_type, data):
    changed = bytearray(IMAGES[media_type])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(12, len(changed) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(12, len(changed)))
    try:
        found = recognise(bytes(changed[:cut]))
    except BadRequest:
        return
    assert recognise(found.data) == found


@pytest.mark.fuzz
@given(st.binary(max_size=400), st.sampled_from([b"", *[one[:12] for one in IMAGES.values()]]))
def test_fuzz_any_bytes_are_recognised_or_refused(data, start):
    with contextlib.suppress(BadRequest):
        recognise(start + data)
