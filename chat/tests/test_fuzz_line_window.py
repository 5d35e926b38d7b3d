"""Windows of lines hold the lines of the text, whatever it holds, and cost what they show."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.web.reader.file_view import ReadFile, crumbs
from chat.web.reader.line_window import MAX_LINE_CHARS, coloured_lines, count_lines, line_start
from deepwiki.testing.growth import LINEAR, growth
from repos.models import Document

pytestmark = [pytest.mark.fuzz, pytest.mark.integration]
PIECES = st.sampled_from(
    [
        '"""',
        "'",
        "#",
        "\n",
        "\n\n",
        " ",
        "def f():",
        "x = 1",
        "\r",
        "\f",
        "\x0b",
        "\x85",
        "\u2028",
        "é",
        "<b>",
        "&",
        "\t",
        "{%",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)
LANGUAGES = st.sampled_from(["python", "javascript", "html", "none such", ""])


def shown(line):
    return html.unescape(re.sub(r"<[^>]+>", "", line.html))


@given(TEXTS, LANGUAGES, st.integers(1, 40), st.integers(1, 40))
def test_a_window_holds_the_lines_as_they_are(text, language, first, last):
    lines = text.split("\n")
    found = coloured_lines(text, language, first, last)
    expected = lines[first - 1 : last]
    assert [line.number for line in found] == list(range(first, first + len(expected)))
    assert [shown(line) for line in found] == [
        line[:MAX_LINE_CHARS].rstrip("\r").replace("\r", " ") for line in expected
    ]


@given(TEXTS, st.integers(-5, 10**9), st.integers(-5, 10**9))
def test_any_numbers_give_lines_of_the_file(text, first, last):
    file = ReadFile(Document(text=text, language="python"))
    numbers = [line.number for line in file.window(first, last)]
    assert numbers
    assert set(numbers) <= set(range(1, count_lines(text) + 1))


@given(st.text(alphabet="0123456789-L ", max_size=25), TEXTS)
def test_any_lines_of_an_address_are_moved_into_the_file(asked, text):
    chosen = ReadFile(Document(text=text, language="")).chosen(asked)
    assert set(chosen) <= set(range(1, count_lines(text) + 1))


@given(st.text(alphabet="ab/.", max_size=30))
def test_the_crumbs_of_a_path_end_with_it(path):
    parts = crumbs(path)
    assert [part.path for part in parts[-1:]] == [path] * bool(path.strip("/"))
    assert all(part.name for part in parts)


def test_finding_a_line_costs_what_the_text_does():
    assert growth(lambda size: line_start("x = 1\n" * size, size), 4_000_000) < LINEAR


def test_a_window_costs_the_same_wherever_it_is():
    text = "x = 1\n" * 200_000

    def work(lines):
        coloured_lines(text[: 6 * lines], "python", lines - 50, lines)

    assert growth(work, 200_000, bound=4) < 4
