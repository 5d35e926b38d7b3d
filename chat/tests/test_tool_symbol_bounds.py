"""How much the tools over the code graph give of much, and which definition they mean."""

import importlib

import pytest
from asgiref.sync import async_to_sync

from chat.testing.tool_calls import call, lines_of
from chat.tools import toolbox
from deepwiki.testing.fixtures import write_files
from repos.search import Filters

pytestmark = pytest.mark.django_db(transaction=True)

DEEP = "".join("    " * n + f"class C{n}:\n" for n in range(9)) + "    " * 9 + "pass\n"
LARGE = "def huge():\n    return 1\n" + "# filler of a large file\n" * 15_000
FILES = {
    "wide.py": f"def wide({', '.join(f'argument_{n}' for n in range(60))}):\n    return 1\n",
    "deep.py": DEEP,
    "many.py": "".join(f"def made_{n:04}_{'x' * 40}():\n    pass\n" for n in range(400)),
    "pkg/__init__.py": "def start():\n    return 1\n",
    "other/run.py": "def start():\n    return 2\n",
    "calls.py": (
        "from pkg import start\n\n\ndef often():\n"
        + "    start()\n" * 5
        + "    missing_one()\n\n\nstart()\n"
    ),
    "tests/test_calls.py": "from calls import often\n\n\ndef test_often():\n    often()\n",
    **{f"same/s{n}.py": f"def twin():\n    return {n}\n" for n in range(70)},
    "uses.py": "".join(f"def u{n}():\n    often()\n    often()\n" for n in range(40)),
}


def text_of(box, tool, **arguments):
    return async_to_sync(call)(box, tool, **arguments).text


def places(box, tool, **arguments):
    return lines_of(async_to_sync(call)(box, tool, **arguments))


def test_an_outline_is_cut_where_it_is_wide_deep_or_long(box):
    assert "argument_5" in text_of(box, "outline", path="wide.py")
    assert "argument_59" not in text_of(box, "outline", path="wide.py")
    lines = text_of(box, "outline", path="deep.py").split("\n")
    indents = [len(line) - len(line.lstrip()) for line in lines if " class C" in line]
    assert indents == [0, 2, 4, 6, 8, 10, 12, 12, 12][: len(indents)] and len(indents) >= 8
    assert "of 400 symbols; grep with paths finds the others" in text_of(
        box, "outline", path="many.py"
    )


def test_a_dotted_name_means_what_an_init_file_defines(box):
    assert places(box, "find_definition", name="pkg.start") == [("pkg/__init__.py", 1, 1)]


def test_a_dotted_name_that_means_no_definition_is_taken_by_its_last_part(box):
    assert len(places(box, "find_definition", name="Nowhere.start")) == 2


def test_of_a_name_with_many_definitions_sixty_are_shown_and_how_many_there_are(box):
    text = text_of(box, "find_definition", name="twin")
    assert "70 definitions of twin" in text and "The first 60 are shown." in text
    assert len(places(box, "find_definition", name="twin", path="uses.py")) == 60


def test_of_other_definitions_five_are_named(box):
    text = text_of(box, "find_callers", symbol="twin")
    assert "69 other definitions" in text
    assert text.partition("to be chosen by")[2].count("same/s") == 5
    told = text_of(box, "find_callers", symbol="twin", path="calls.py")
    assert "not defined there, but in" in told and told.count("same/s") == 5


def test_lines_of_a_large_file_are_named_without_text_and_do_not_count_as_read(
    index_folder, tmp_path, people
):
    write_files(tmp_path / "large", {"large.py": LARGE})
    box = toolbox([index_folder(tmp_path / "large").pk], person_id=people["alice"].pk)
    result = async_to_sync(call)(box, "find_definition", name="huge")
    assert "large.py:L1-L1 function huge\n1: (the file is large: read_file shows this line)" in (
        result.text
    )
    assert result.passages == () and result.parameters["count"] == 1


def test_of_one_caller_three_lines_are_shown(box):
    text = text_of(box, "find_callers", symbol="start", path="pkg/__init__.py")
    assert text.count(": start()") == 3 + 1
    assert "calls.py:L4-L10 function often\n5: start()\n6: start()\n7: start()\n" in text
    assert "calls.py outside of any function\n13: start()" in text


def test_callers_are_those_of_the_definition_that_is_meant(box):
    assert places(box, "find_callers", symbol="start", path="other/run.py") == []


def test_a_name_that_is_called_but_not_defined_says_so(box):
    text = text_of(box, "find_callees", symbol="often")
    assert "missing_one: not defined in this repository\n10: missing_one()" in text
    assert "start: pkg/__init__.py:L1-L2 function start" in text


def test_no_place_outside_the_filters_is_named(app, people):
    filters = Filters(excluded_dirs=["pkg", "other"])
    box = toolbox([app.pk], person_id=people["alice"].pk, filters=filters)
    text = text_of(box, "find_callees", symbol="often")
    assert "start: not defined in this repository" in text
    assert "pkg/" not in text and "other/" not in text
    only = Filters(included_dirs=["tests"], included_files=["calls.py"])
    box = toolbox([app.pk], person_id=people["alice"].pk, filters=only)
    found = places(box, "find_callers", symbol="often")
    assert {path for path, _, _ in found} <= {"tests/test_calls.py", "calls.py"}


def test_uses_of_one_file_share_the_places_with_others(box):
    text = text_of(box, "find_references", name="often")
    assert "tests/test_calls.py (2 uses)" in text and "uses.py (80 uses)" in text
    assert 20 <= len(places(box, "find_references", name="often", path="calls.py")) <= 60


def test_uses_of_an_ambiguous_name_are_those_of_all_its_definitions(box):
    text = text_of(box, "find_references", name="start")
    assert "calls.py (" in text and "[call]" in text and "[import]" in text


def test_uses_that_are_not_counted_are_told(app, box, people, monkeypatch):
    told = "More files use this name than are counted: grep with paths finds the others."
    assert told not in text_of(box, "find_references", name="often")
    monkeypatch.setattr(importlib.import_module("repos.graph.references"), "MAX_FILES", 2)
    filters = Filters(included_dirs=["pkg"])
    elsewhere = toolbox([app.pk], person_id=people["alice"].pk, filters=filters)
    for asked in (toolbox([app.pk], person_id=people["alice"].pk), elsewhere):
        text = text_of(asked, "find_references", name="often")
        assert told in text and "No code uses often" not in text
