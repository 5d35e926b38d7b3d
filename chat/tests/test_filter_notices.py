"""An answer tells when its filters matched nothing, and how much was searched."""

from dataclasses import replace

import pytest

from chat.core.ports import FilterCounts, Retrieved
from chat.core.prompt import PromptPassage
from chat.core.retrieval_events import notices

PASSAGE = PromptPassage("a.py", 1, 1, "x", "python")
FOUND = Retrieved((PASSAGE,), "c0ffee", "words", "o/r")
NOTHING = replace(FOUND, passages=())


def told(retrieved, filtered):
    return notices(replace(retrieved, filtered=filtered), is_generative=True)


@pytest.mark.parametrize(
    ("retrieved", "filtered", "codes"),
    [
        (FOUND, None, []),
        (FOUND, FilterCounts(3, 9), []),
        (FOUND, FilterCounts(3, 9, ("*.rs",)), ["filter_without_files"]),
        (NOTHING, FilterCounts(3, 9), ["nothing_found"]),
        (NOTHING, FilterCounts(0, 9, ("*.rs",)), ["filters_leave_nothing"]),
        (NOTHING, FilterCounts(0, 9), ["filters_leave_nothing"]),
    ],
)
def test_a_filter_without_files_is_said(retrieved, filtered, codes):
    assert [notice.code for notice in told(retrieved, filtered)] == codes


def test_the_notice_names_the_patterns_and_what_was_searched():
    (notice,) = told(FOUND, FilterCounts(3, 9, ("*.rs", "lib")))
    assert notice.message == "No file matches *.rs, lib. Searched were 3 of 9 files."
    many = tuple(f"x{n}" * 100 for n in range(50))
    (notice,) = told(FOUND, FilterCounts(3, 9, many))
    assert "(+45)" in notice.message
    assert len(notice.message) < 600
