"""Where a note belongs on a page, also on one that was written anew."""

import pytest

from deepwiki.testing.growth import LINEAR, growth
from deepwiki.wiki.contributions.places import NoteAnchor, find_place, page_blocks

PAGE = (
    "<p>It sells things to people.</p>"
    '<h3 id="s-a">Prices</h3><p>A price list <em>sums up</em> an order.</p>'
    "<ul><li>one<br></li></ul>"
    '<h4 id="s-b">Discounts</h4><p>Ten percent is taken off large orders.</p>'
)


def text_before(page, place):
    return page[:place].rpartition("<h")[2].partition(">")[2] if place is not None else None


def anchor_behind(text, page=PAGE):
    return NoteAnchor.at(next(block for block in page_blocks(page) if text in block.text))


def test_the_blocks_of_a_page_are_its_outermost_elements():
    blocks = page_blocks(PAGE)
    assert [block.text for block in blocks] == [
        "It sells things to people.",
        "Prices",
        "A price list sums up an order.",
        "one",
        "Discounts",
        "Ten percent is taken off large orders.",
    ]
    headings = ["", "Prices", "Prices", "Prices", "Discounts", "Discounts"]
    assert [block.heading for block in blocks] == headings
    assert blocks[-1].end == len(PAGE)


def test_a_place_is_found_on_the_page_itself():
    for block in page_blocks(PAGE):
        assert find_place(NoteAnchor.at(block), page_blocks(PAGE)) == block.end
    assert find_place(NoteAnchor(), page_blocks(PAGE)) == 0


@pytest.mark.parametrize(
    ("name", "page", "behind"),
    [
        ("sections moved", "<h3>New</h3><p>x</p>" + PAGE, "Ten percent is taken off large orders."),
        (
            "the paragraph was reworded",
            PAGE.replace("taken off large", "now taken off all large"),
            "Ten percent is now taken off all large orders.",
        ),
        (
            "the heading is another",
            PAGE.replace("Discounts", "Rebates"),
            "Ten percent is taken off large orders.",
        ),
        (
            "the paragraph is gone",
            PAGE.replace("Ten percent is taken off large orders.", "Nothing alike."),
            "Nothing alike.",
        ),
    ],
)
def test_a_place_is_found_again_when(name, page, behind):
    place = find_place(anchor_behind("Ten percent"), page_blocks(page))
    assert page[:place].endswith(f"{behind}</p>"), name


def test_a_note_whose_heading_and_paragraph_are_gone_has_no_place():
    page = "<h3>Something else</h3><p>About other things.</p>"
    assert find_place(anchor_behind("Ten percent"), page_blocks(page)) is None


def test_of_headings_of_one_name_the_nearest_is_taken():
    page = "<h3>A</h3><p>x</p><h3>See also</h3><p>one</p><h3>B</h3><h3>See also</h3><p>two</p>"
    second = NoteAnchor.at(page_blocks(page)[-2])
    place = find_place(second, page_blocks(page))
    assert page[:place].count("See also") == 2


def test_in_a_translation_the_order_of_headings_counts():
    page = "<p>Il vend.</p><h3>Prix</h3><p>Une liste.</p><h4>Remises</h4><p>Dix pour cent.</p>"
    blocks = page_blocks(page)
    place = find_place(anchor_behind("Ten percent"), blocks, is_translated=True)
    assert place == len(page)
    beyond = NoteAnchor("Nine", 9, "words")
    assert find_place(beyond, blocks, is_translated=True) is None


@pytest.mark.parametrize(
    "page", ["<" * 20_000, "<p" * 20_000, "<p a='" * 8_000, "</p>" * 20_000, "<p>" * 20_000, "x"]
)
def test_broken_html_has_blocks_or_none(page):
    assert len(page_blocks(page)) <= 1_000


@pytest.mark.parametrize("piece", ["<p>word</p>", "<p ", '<p a="', "<a b='c'>", "</i>"])
def test_reading_the_blocks_takes_linear_time(piece):
    assert growth(lambda size: page_blocks(piece * size), 40_000) < LINEAR
