"""What a model writes as arguments and paths is read within bounds; what a result holds, too."""

import json

import pytest

from chat.tools.arguments import read_arguments
from chat.tools.grep import GREP
from chat.tools.parameters import MAX_NUMBER, MAX_PATTERNS, WrongArguments
from chat.tools.paths import MAX_NAMES, AskedPath, nearest_paths
from chat.tools.read_file import READ_FILE
from chat.tools.results import (
    MAX_LINE_CHARS,
    Body,
    ToolOutput,
    cut_line,
    refusal,
    result_of,
)
from chat.tools.search_code import SEARCH_CODE


def read(tool, **values):
    return read_arguments(json.dumps(values), tool.parameters)


def refused(tool, **values):
    with pytest.raises(WrongArguments) as caught:
        read(tool, **values)
    return str(caught.value)


def test_an_empty_value_is_none():
    assert read(READ_FILE, path="a.py", start="", end=None).key == read(READ_FILE, path="a.py").key


def test_a_required_text_of_spaces_is_missing():
    assert "path is missing" in refused(READ_FILE, path="   ")


def test_null_is_no_arguments_at_all():
    with pytest.raises(WrongArguments, match="path is missing"):
        read_arguments("null", READ_FILE.parameters)


def test_the_name_of_a_parameter_counts_before_its_aliases_in_either_order():
    for values in ({"query": "alias", "pattern": "name"}, {"pattern": "name", "query": "alias"}):
        assert read(GREP, **values).text("pattern") == "name"


def test_numbers_are_kept_within_what_the_database_takes():
    arguments = read(READ_FILE, path="a.py", start=10**30, end=-(10**30))
    assert (arguments.number("start"), arguments.number("end")) == (MAX_NUMBER, -MAX_NUMBER)


def test_patterns_are_so_many_and_so_long_and_may_stand_in_one_text():
    assert read(GREP, pattern="x", paths="a/, *.py").patterns("paths") == ("a/", "*.py")
    many = [f"d{n}/" for n in range(MAX_PATTERNS + 1)]
    assert "at most 20 patterns" in refused(GREP, pattern="x", paths=many)
    assert read(GREP, pattern="x", paths=many[1:]).patterns("paths")
    assert "at most 1,000 are read" in refused(GREP, pattern="x", paths=["x" * 1_001])


def test_a_flag_is_true_or_false_and_nothing_else():
    assert read(GREP, pattern="x", ignore_case="YES").flag("ignore_case")
    assert not read(GREP, pattern="x", ignore_case=0).flag("ignore_case")
    assert "ignore_case must be true or false" in refused(GREP, pattern="x", ignore_case="maybe")


def test_texts_hold_nothing_that_the_database_refuses():
    for tool, name in ((SEARCH_CODE, "query"), (GREP, "pattern")):
        text = read(tool, **{name: "a\x00b\ud800c"}).text(name)
        assert "\x00" not in text
        text.encode("utf-8")


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "\\..\\x", "/../x"])
def test_a_path_above_the_root_is_known_as_one(path):
    assert AskedPath.of(path, "").leaves_the_tree
    assert not AskedPath.of(f"a/b/{path.strip('/')}", "").leaves_the_tree or "../.." in path


def test_lines_behind_a_path_are_read_with_both_ends_or_one():
    assert AskedPath.of("a.py:L3-L9", "") == AskedPath("a.py", 3, 9)
    assert AskedPath.of("a.py#L3", "") == AskedPath("a.py", 3, 3)


def test_of_paths_with_one_name_that_with_more_of_the_folders_is_nearer():
    paths = ["models.py", "a/models.py", "deep/down/src/app/models.py"]
    assert nearest_paths("src/app/models.py", paths)[0] == paths[2]


def test_of_very_many_paths_the_first_are_compared():
    paths = (f"d/f{n}.py" for n in range(MAX_NAMES + 5))
    nearest_paths("none.py", paths)
    assert next(paths) == f"d/f{MAX_NAMES}.py"


@pytest.mark.parametrize(
    ("path", "leaves"), [("../a", True), ("..", True), ("a/../../b", True), ("..a/b", False)]
)
def test_only_a_path_above_the_root_leaves_the_tree(path, leaves):
    assert AskedPath.of(path, "").leaves_the_tree is leaves


def test_a_line_is_cut_where_it_is_longer_than_one_may_be():
    assert cut_line("x" * MAX_LINE_CHARS) == "x" * MAX_LINE_CHARS
    assert cut_line("x" * (MAX_LINE_CHARS + 1)).endswith("x… [1 characters left out]")


def test_lines_with_their_breaks_fit_the_room():
    body = Body(10)
    assert body.add_first(["a"] * 20) == 5
    assert len(body.text) <= 10


def test_a_long_head_and_a_long_refusal_stay_within_the_bounds_of_a_result():
    assert len(result_of("grep", ToolOutput("h" * 50_000, "step_grepped")).text) <= 16_000
    assert len(refusal("grep", "x" * 50_000, "step_wrong_call").text) <= 16_000


def test_a_result_holds_no_control_characters():
    text = result_of(
        "grep", ToolOutput("a\x1b[31mb\x00c\x7f", "step_grepped", body="d\x08e\n")
    ).text
    assert text.isprintable() or set(text) - {c for c in text if c.isprintable()} == {"\n"}
