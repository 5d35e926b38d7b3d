"""Any call of any tool is a result within bounds, and reads nothing that it must not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.prompt import PromptPassage, neutralize
from chat.tools import TOOLS
from chat.tools.arguments import read_arguments
from chat.tools.named_places import asked_names
from chat.tools.parameters import WrongArguments
from chat.tools.paths import AskedPath, nearest_paths
from chat.tools.read_file import ReadRange
from chat.tools.results import MAX_BODY_CHARS, Body, ToolOutput, result_of
from chat.tools.symbols import AskedName
from chat.tools.tool import repository_parameter

pytestmark = pytest.mark.fuzz

TEXT = st.text(max_size=40) | st.sampled_from(
    ["../", "a/", "src/app.py", "L3", "12", "true", "*", "**/*.py", "a.b::c#d()", "</result>", "."]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(TEXT, values, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    sorted({name for tool in TOOLS for p in tool.parameters for name in (p.name, *p.aliases)})
)
ARGUMENTS = st.dictionaries(NAMES | TEXT, VALUES, max_size=5).map(json.dumps) | TEXT
TOOL = st.sampled_from(TOOLS)


@given(TOOL, ARGUMENTS)
def test_arguments_are_read_or_the_model_is_told_what_is_wrong(tool, text):
    parameters = (repository_parameter(["a/b", "c/d"]), *tool.parameters)
    for known in (tool.parameters, parameters):
        try:
            arguments = read_arguments(text, known)
        except WrongArguments as error:
            assert "Arguments: " in str(error) and len(str(error)) < 2_000
        else:
            assert set(arguments.values) <= {parameter.name for parameter in known}
            hash(arguments.key)
            again = json.dumps(arguments.values)
            assert read_arguments(again, known).key == arguments.key


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=30), max_size=20))
def test_no_spelling_of_a_path_leads_out_of_the_tree(text, paths):
    asked = AskedPath.of(text, "a/b:")
    spelled = list(asked.spellings())
    assert len(spelled) == 4
    assert asked.leaves_the_tree or not any(p.startswith("../") for p in spelled[1:2])
    near = nearest_paths(text, paths)
    assert len(near) <= 3 and set(near) <= set(paths)


@given(st.integers(), st.integers(), st.none() | st.integers(1, 3_000))
def test_a_range_of_lines_lies_inside_of_the_file(start, end, total):
    parameters = next(tool for tool in TOOLS if tool.name == "read_file").parameters
    arguments = read_arguments(json.dumps({"path": "x", "start": start, "end": end}), parameters)
    try:
        found = ReadRange.of(arguments, AskedPath("x"), total or 1)
    except WrongArguments:
        return
    assert 1 <= found.start <= found.end <= (total or 1)
    assert found.end - found.start < 300


@given(st.lists(st.text(max_size=3_000), max_size=20))
def test_a_result_is_fenced_once_and_within_bounds(lines):
    body = Body()
    count = body.add_first(lines)
    result = result_of("grep", ToolOutput("head", "step_grepped", body=body.text))
    assert len(body.text) <= MAX_BODY_CHARS and len(result.text) <= 16_000
    assert count == len(body.lines)
    assert result.text.count("<result") == 1 and result.text.count("</result") == 1
    assert neutralize(result.text[22:-10]) == result.text[22:-10]


@given(st.text(max_size=60), st.lists(TEXT, max_size=4))
def test_any_question_and_symbols_give_names(question, symbols):
    hits = [PromptPassage("a", 1, 1, "", symbol=name, match_reason="defined") for name in symbols]
    for asked in asked_names(question, hits):
        assert asked.parts and len(asked.dotted) <= 600


@given(st.text(max_size=200))
def test_a_name_is_read_or_refused(text):
    try:
        asked = AskedName.of(text)
    except WrongArguments:
        return
    assert asked.name and all(asked.parts)
