"""What each tool gives, on an indexed repository."""

import re

import pytest
from asgiref.sync import async_to_sync

from chat.testing.tool_calls import call, lines_of
from chat.tools import toolbox
from chat.tools.results import REPEATED
from deepwiki.testing.fixtures import write_files
from repos.search import Filters

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "x = 1\n" * 700 + "needle = 2\n"
WIDE = "w = '" + "y" * 900 + "'\n"
FILES = {
    "README.md": "# Shop\n\nOrders are priced in `shop/prices.py`.\n",
    "shop/__init__.py": '"""The shop."""\n',
    "shop/prices.py": "def total(order):\n    return apply_discount(sum(order))\n\n\ndef apply_discount(amount):\n    return amount * 0.9\n",
    "shop/long.py": LONG,
    "shop/wide.py": WIDE,
    "shop/deep/er/inner.py": "INNER = 1\n",
    "tests/test_prices.py": "from shop.prices import apply_discount\n\n\ndef test_discount():\n    assert apply_discount(200) == 180\n",
    **{f"many/m{n:03}.py": f"def made_{n}():\n    return 'common word'\n" for n in range(120)},
}


@pytest.fixture
def box(index_folder, tmp_path, people):
    write_files(tmp_path / "shop", FILES)
    return toolbox([index_folder(tmp_path / "shop").pk], person_id=people["alice"].pk)


def result_of(box, tool, **arguments):
    result = async_to_sync(call)(box, tool, **arguments)
    assert not result.is_error, result.text
    assert len(result.text) <= 16_000
    assert result.text.startswith(f'<result tool="{tool}">\n') and result.text.endswith(
        "\n</result>"
    )
    return result


def test_read_file_gives_numbered_lines_and_says_which(box):
    result = result_of(box, "read_file", path="shop/prices.py", start=2, end=5)
    assert "shop/prices.py lines 2-5 of 7; to go on, call read_file with start=6" in result.text
    assert (
        "2:     return apply_discount(sum(order))\n3: \n4: \n5: def apply_discount" in result.text
    )
    assert lines_of(result) == [("shop/prices.py", 2, 5)]
    assert (result.summary, result.parameters["start"]) == ("step_read", 2)


def test_read_file_gives_300_lines_and_how_to_go_on(box):
    result = result_of(box, "read_file", path="shop/long.py")
    assert lines_of(result) == [("shop/long.py", 1, 300)]
    assert "lines 1-300 of 702; to go on, call read_file with start=301" in result.text
    last = result_of(box, "read_file", path="shop/long.py", start=601)
    assert (
        "lines 601-702 of 702, the end of the file" in last.text and "701: needle = 2" in last.text
    )


def test_long_lines_are_cut_and_fewer_lines_fit_where_they_are_long(index_folder, tmp_path, people):
    write_files(tmp_path / "r", {"a.md": WIDE * 100})
    box = toolbox([index_folder(tmp_path / "r").pk], person_id=people["alice"].pk)
    result = result_of(box, "read_file", path="a.md")
    assert f"1: {WIDE[:500]}… [406 characters left out]" in result.text
    [(_, first, last)] = lines_of(result)
    assert first == 1 and 20 < last < 100
    assert f"{last}: w = " in result.text and f"\n{last + 1}: " not in result.text
    assert f"call read_file with start={last + 1}" in result.text


def test_search_code_gives_up_to_20_passages_whose_lines_stand_in_it(box):
    result = result_of(box, "search_code", query="common word made")
    assert len(result.passages) == 20
    for path, start, end in lines_of(result):
        assert f"\n{path}:L{start}-L{end}" in result.text
    assert result.summary == "step_searched" and result.parameters["count"] == 20


def test_search_code_goes_on_page_by_page_to_passages_that_were_not_shown(box):
    pages = [result_of(box, "search_code", query="common word made", page=n) for n in range(1, 6)]
    shown = [line for page in pages for line in lines_of(page)]
    assert len(shown) == len(set(shown)) == 100
    assert "call search_code with page=2" in pages[0].text
    assert "with page=" not in pages[4].text
    beyond = [result_of(box, "search_code", query="common word made", page=n) for n in (-1, 99)]
    assert [lines_of(page) for page in beyond] == [lines_of(pages[0]), lines_of(pages[4])]
    few = result_of(box, "search_code", query="apply_discount", paths=["tests/"])
    assert "with page=" not in few.text and "goes on to line" not in few.text
    nothing = result_of(box, "search_code", query="apply_discount", paths=["tests/"], page=2)
    assert "Nothing more was found" in nothing.text and not nothing.passages


def test_search_code_looks_in_the_given_paths_only(box):
    result = result_of(box, "search_code", query="apply_discount", paths=["tests/"])
    assert {path for path, _, _ in lines_of(result)} == {"tests/test_prices.py"}


def test_grep_groups_lines_by_file_with_two_of_context(box):
    result = result_of(box, "grep", pattern=r"def apply_discount\(")
    assert (
        "shop/prices.py (1 match)\n3- \n4- \n5: def apply_discount(amount):\n6-     return"
        in result.text
    )
    assert lines_of(result) == [("shop/prices.py", 3, 6)]
    assert result.summary == "step_grepped_one"


def test_grep_tells_capitals_apart_unless_asked(box):
    assert "No line matches" in result_of(box, "grep", pattern="Apply_Discount").text
    assert result_of(box, "grep", pattern="Apply_Discount", ignore_case=True).passages


def test_grep_gives_100_lines_of_many_files_and_says_how_many_there_are(box):
    result = result_of(box, "grep", pattern="common word")
    shown = len(re.findall(r"^\d+: ", result.text, re.MULTILINE))
    assert 80 < shown <= 100 and len(result.passages) == shown
    assert "120 matches in 120 files." in result.text
    assert f"The first {shown} of the files are shown" in result.text


def test_grep_shows_the_part_of_a_wide_line_that_matches(index_folder, tmp_path, people):
    write_files(tmp_path / "r", {"a.md": "a " * 3_000 + "needle" + " b" * 3_000 + "\n"})
    box = toolbox([index_folder(tmp_path / "r").pk], person_id=people["alice"].pk)
    text = result_of(box, "grep", pattern="needle").text
    assert "needle" in text and "characters left out" in text and len(text) < 900


def test_list_files_shows_a_tree_with_counts(box):
    text = result_of(box, "list_files").text
    assert "README.md (4 lines)" in text and "shop/deep/ (1 file)" in text
    assert "shop/prices.py (7 lines)" in text and "inner.py" not in text
    assert "shop/deep/er/inner.py" in result_of(box, "list_files", path="shop", depth=5).text


def test_list_files_finds_by_glob_with_and_without_folders(box):
    for pattern in ("*rices.py", "**/*rices.py", "./**/*rices.py"):
        text = result_of(box, "list_files", pattern=pattern).text
        assert "shop/prices.py" in text and "tests/test_prices.py" in text
    assert "tests/" not in result_of(box, "list_files", pattern="*prices.py", path="shop").text


def test_list_files_gives_500_entries_and_says_how_to_go_on(index_folder, tmp_path, people):
    write_files(tmp_path / "r", {f"f{n:03}.py": f"a = {n}\n" for n in range(600)})
    box = toolbox([index_folder(tmp_path / "r").pk], person_id=people["alice"].pk)
    text = result_of(box, "list_files").text
    assert text.count(".py (2 lines)") == 500
    assert "The first 500 of 600 entries; for the others give" in text


def test_a_repeated_call_is_answered_from_memory_and_says_so(box):
    first = result_of(box, "read_file", path="shop/prices.py", end="3")
    again = async_to_sync(call)(box, "read_file", end=3, start=None, path="shop/prices.py")
    assert again.text == f"{REPEATED}\n{first.text}"
    assert again.passages == first.passages


def test_results_are_remembered_compressed(box):
    texts = [
        result_of(box, "read_file", path="shop/long.py", start=n, end=n + 250).text for n in (1, 2)
    ]
    assert sum(len(kept.text) for kept in box._results.values()) < sum(map(len, texts)) / 3


def test_filters_of_the_question_hold_for_every_tool(index_folder, tmp_path, people):
    write_files(tmp_path / "shop", FILES)
    repository = index_folder(tmp_path / "shop")
    filters = Filters(included_dirs=["tests"])
    box = toolbox([repository.pk], person_id=people["alice"].pk, filters=filters)
    assert {path for path, _, _ in lines_of(result_of(box, "grep", pattern="discount"))} == {
        "tests/test_prices.py"
    }
    searched = result_of(box, "search_code", query="apply_discount")
    assert {path for path, _, _ in lines_of(searched)} == {"tests/test_prices.py"}
    assert "shop" not in result_of(box, "list_files", depth=9).text.replace("from shop", "")
    for tool, arguments in (
        ("read_file", {"path": "shop/prices.py"}),
        ("grep", {"pattern": "discount", "paths": ["shop/"]}),
        ("search_code", {"query": "discount", "paths": ["shop/"]}),
        ("list_files", {"pattern": "prices.py", "path": "shop"}),
    ):
        result = async_to_sync(call)(box, tool, **arguments)
        assert result.is_error and "return" not in result.text, tool
