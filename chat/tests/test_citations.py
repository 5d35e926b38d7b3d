"""What counts as a citation: line numbers behind a path of the index, however it is written."""

import re
import unicodedata

import pytest

from chat.core.citation_search import find
from chat.core.citations import Citation, short_name
from chat.rendering.citation_links import CitationChecker, CitationTable, citation_rows
from chat.rendering.markdown import render_blocks
from chat.rendering.rules import environment
from deepwiki.testing.growth import LINEAR, growth
from repos.sources import parse_address

LINES = {
    "src/app.py": 40,
    "src/two words.py": 9,
    "words.py": 9,
    "app/routes/$postId.tsx": 30,
    "app/(group)/[id]/page.tsx": 12,
    "docs/C# notes.md": 5,
    "docs/überblick.md": 7,
    "文档/说明.md": 8,
    "Makefile": 20,
    "lib/__init__.py": 3,
    ".env.example": 4,
}
CHECK = CitationChecker(parse_address("https://github.com/a/b"), "c0ffee", LINES)


def rendered(text, check=CHECK):
    """As a worker renders: it knows what the web process looked up."""
    table = CitationTable.from_json(citation_rows(text, check)) if check else None
    return "".join(block.html for block in render_blocks(text, environment(table), 10.0))


def linked(text, check=CHECK):
    pattern = r'data-path="([^"]*)" data-start="(\d+)" data-end="(\d+)"'
    return [f"{p}:{a}-{b}" for p, a, b in re.findall(pattern, rendered(text, check))]


@pytest.mark.parametrize("path", sorted(LINES))
@pytest.mark.parametrize(
    "form",
    ["see {}:L1-L2 there", "`{}:L1-L2`", "({}:L1–L2)", "**{}:L1-2**", "`{}:1-2`", "`{}#L1-L2`"],
)
def test_every_path_of_the_index_is_cited_whatever_characters_it_has(path, form):
    assert linked(form.format(path)) == [f"{path}:1-2"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_path_is_found_in_either_unicode_form(form):
    for stored in ("NFC", "NFD"):
        path = unicodedata.normalize(stored, "docs/überblick.md")
        check = CitationChecker(CHECK.address, "", {path: 7})
        written = unicodedata.normalize(form, "docs/überblick.md")
        assert len(linked(f"`{written}:L2`", check)) == 1
        assert len(linked(f"in {written}:L2.", check)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("src/app.py:L1-L2, L5", ["src/app.py:1-2", "src/app.py:5-5"]),
        ("`src/app.py:L1-L2, L5-L9`", ["src/app.py:1-2", "src/app.py:5-9"]),
        ("src/app.py:L1; L3 and L7–L9.", ["src/app.py:1-1", "src/app.py:3-3", "src/app.py:7-9"]),
        ("./src/app.py:L3 /src/app.py:L4", ["src/app.py:3-3", "src/app.py:4-4"]),
        ("src/app.py:10:5 failed", ["src/app.py:10-10"]),
        ("参见src/app.py:L3。文档/说明.md:L2也", ["src/app.py:3-3", "文档/说明.md:2-2"]),
        (r"lib/\_\_init\_\_.py:L2", ["lib/__init__.py:2-2"]),
        ("[src/app.py:L3]", ["src/app.py:3-3"]),
        ("src/app.py words.py:L3", ["words.py:3-3"]),
        ("and/or words.py:L3", ["words.py:3-3"]),
    ],
)
def test_citations_are_found_as_models_write_them(text, expected):
    assert linked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "src/app.py:L41",
        "src/app.py:L5-L3",
        "src/app.py:L0",
        "`src/other words.py:L1`",
        "src/other words.py:L1",
        "`lib/app.py:L1`",
        "xsrc/app.py:L1",
        "src/app.py:L39-L41",
        "`src/app.py:30-99`",
    ],
)
def test_lines_that_do_not_exist_are_marked_and_no_other_file_is_linked(text):
    html = rendered(text)
    assert "unverified" in html and 'a class="cite"' not in html


@pytest.mark.parametrize(
    "text", ["at 10:30", "localhost:8000", "`nope.py:10`", "`HEAD:L1 x`", "a 3:2 win", "v1.2:3.4"]
)
def test_numbers_behind_a_colon_are_no_citation_without_a_path(text):
    assert "cite" not in rendered(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[login](src/app.py)", ["src/app.py:1-1"]),
        ("[login](./src/app.py#L10-L20)", ["src/app.py:10-20"]),
        ("[login](/src/app.py#L10)", ["src/app.py:10-10"]),
        ("[two](<src/two words.py>)", ["src/two words.py:1-1"]),
        ("[two](src/two%20words.py:L3-L4)", ["src/two words.py:3-4"]),
        ("[page](app/(group)/[id]/page.tsx#L2)", ["app/(group)/[id]/page.tsx:2-2"]),
        ("[src/app.py:L3](src/app.py)", ["src/app.py:3-3"]),
        ("[`src/app.py:L3`](src/app.py#L3)", ["src/app.py:3-3"]),
        ("[app](src/app.py?plain=1#L4)", ["src/app.py:4-4"]),
        ("[src/app.py:L3-L4](somewhere/else.html)", ["src/app.py:3-4"]),
    ],
)
def test_a_relative_link_to_a_file_is_a_citation(text, expected):
    html = rendered(text)
    assert linked(text) == expected
    assert html.count("<a ") == html.count("</a>") == len(expected)


@pytest.mark.parametrize(
    "text",
    [
        "[login](src/none.py)",
        "[top](#top)",
        "[up](../x)",
        "[root](/)",
        "![image](docs/image.png)",
        "[q](?a=b)",
        "[ref]\n\n[ref]: src/none.py",
        "<src/none.py>",
    ],
)
def test_any_other_relative_link_is_text(text):
    for check in (CHECK, None):
        html = rendered(text, check)
        assert "<a" not in html and "<img" not in html
        assert re.search(r"login|top|up|root|image|q|ref|none", html)


def test_a_linked_range_past_the_end_is_marked():
    html = rendered("[login](src/app.py#L99)")
    assert "login" in html and "unverified" in html and "not found in this commit" in html


def test_a_citation_inside_of_a_link_to_another_host_stays_text():
    html = rendered("[see `src/app.py:L3` and src/app.py:L4](https://example.org)")
    assert html.count("<a") == 1 and "src/app.py:L3" in html


def test_the_worker_finds_what_the_web_process_looked_up():
    text = "`src/two words.py:L1`, words.py:L2, [x](docs/C%23%20notes.md), src/nope.py:L1"
    assert [(c.path, CHECK(c).found) for c in find(text, CHECK)] == [
        ("docs/C# notes.md", True),
        ("src/two words.py", True),
        ("words.py", True),
        ("src/nope.py", False),
    ]
    assert rendered(text).count('class="cite"') == 3
    assert find("x.py:L3") == [Citation("x.py", 3, 3)]


@pytest.mark.parametrize(
    "piece",
    [":L1", "(:L1", "a.b:L1 ", "a/", "[x](a ", "](", "`a:L1", "参:L1", "( ", "x:1 ", "a:L1, L2"],
)
def test_looking_for_citations_takes_linear_time(piece):
    _takes_linear_time(piece)


@pytest.mark.parametrize("piece", [":1", ":1a", "a:1/", "a/b:1/c.py:2"])
def test_numbers_that_may_begin_a_path_take_linear_time(piece):
    _takes_linear_time(piece)


def _takes_linear_time(piece):
    assert growth(lambda size: find((piece * size)[:size], CHECK), 16_000) < LINEAR


def test_names_in_double_underscores_are_not_emphasis_and_emphasis_is():
    html = rendered("lib/__init__.py, self.__init__() and __tests__/a.py, but __this__ is strong.")
    assert "lib/__init__.py" in html and "self.__init__()" in html and "__tests__/a.py" in html
    assert "<strong>this</strong>" in html


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "a.py"),
        ("src/a.py", "a.py"),
        ("own/stable:src/a.py", "stable:a.py"),
        ("stable:a.py", "stable:a.py"),
        ("src/odd:name.py", "odd:name.py"),
    ],
)
def test_a_chip_shows_the_name_of_the_file_and_of_its_repository_where_it_has_one(path, name):
    assert short_name(path) == name
