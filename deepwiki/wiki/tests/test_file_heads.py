"""What a file says of itself: the first words of its first comment that are about it."""

import pytest

from deepwiki.wiki.pages.file_heads import head_of

TITLED = '''"""
shop.prices
~~~~~~~~~~~

This module contains what an order costs,
with all discounts.

:copyright: (c) 2012 by somebody.
:license: MIT, see LICENSE.
"""
'''


def said(text, language="python"):
    head = head_of(text, language)
    return (head.text, head.start, head.end) if head is not None else None


def test_what_stands_below_an_underlined_title_is_taken():
    assert said(TITLED) == ("This module contains what an order costs, with all discounts.", 5, 6)


def test_a_title_that_nothing_follows_is_taken_itself():
    assert said('"""\nPrices of a shop\n=====\n"""\n') == ("Prices of a shop", 2, 2)
    assert (
        said('"""\n=====\nPrices of a shop\n=====\n\nAll prices here.\n"""\n')[0]
        == "All prices here."
    )


@pytest.mark.parametrize(
    "comment",
    [
        "# pyright: reportUnusedImport=false",
        "# pylint: disable=all of it",
        "# Copyright 2012 by somebody.",
        '"""\n:license: MIT, see LICENSE.\n"""',
        "# Prices is free software: see the\n# licence of it.",
    ],
)
def test_what_is_for_tools_and_licences_says_nothing(comment):
    assert said(f"{comment}\n\nx = 1\n") is None
    assert said(f"{comment}\n\n# What an order costs.\nx = 1\n")[0] == "What an order costs."
