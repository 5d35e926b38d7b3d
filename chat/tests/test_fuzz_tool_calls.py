"""Calls of tools in any format and any pieces: the same calls, and the same text."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.errors import ProviderError
from chat.core.ports import Text
from chat.core.tool_calls import ToolCall
from chat.providers.call_fragments import CallFragments
from chat.providers.event_stream import EventDecoder
from chat.providers.reply_reader import ReplyReader
from chat.providers.text_call_filter import TextCallFilter
from chat.providers.text_call_formats import TEXT_FORMATS as READ_FORMATS
from chat.testing.tool_call_texts import TEXT_FORMATS, PlannedCall
from chat.testing.tool_script import ModelTurn, deltas, finish_reason
from deepwiki.testing.growth import LINEAR, growth

pytestmark = pytest.mark.fuzz

NAMES = {
    "grep": {"pattern": {"type": "string"}, "limit": {"type": "integer"}},
    "read_file": {"path": {"type": "string"}},
    "list_files": {},
}
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    ["</tool_call>", "```", '"', "\\", "<function=", "[TOOL_CALLS]", "{}", "</function>x", "`a"]
)
GREPS = st.fixed_dictionaries({"pattern": TEXTS, "limit": st.integers(0, 99)})
READS = st.fixed_dictionaries({"path": TEXTS})
CALLS = st.lists(
    st.one_of(
        st.builds(lambda given: ("grep", given), GREPS),
        st.builds(lambda given: ("read_file", given), READS),
        st.just(("list_files", {})),
    ),
    min_size=1,
    max_size=4,
)
PROSE = st.sampled_from(
    ["", "Let me look.\n", "It is `x`.\n", "```py\nx = 1\n```\n", "a < b [1]\n"]
)
CUTS = st.lists(st.integers(0, 900), max_size=30)
# Formats that cannot write their own marks inside of an argument.
FRAGILE = {
    "mistral": ["[TOOL_CALLS]"],
    "mistral-names": ["[TOOL_CALLS]"],
    "qwen-coder": ["</function>", "<function=", "\\"],
    "llama-function": [],
}
MARKS = [*(each.opener for each in READ_FORMATS), *(each.closer for each in READ_FORMATS)]
WORDS = [
    *filter(None, MARKS),
    *('grep {"name": "grep", "arguments": { "} } [ ` \n ```json\n " \\ x'.split(" ")),
    *("<parameter=pattern> </parameter> <|message|> [ARGS] <｜tool▁sep｜> function".split()),
    " to=functions.grep",
    '{"name": "grep", "arguments": {',
    '{"name": "none"}',
    " ",
]
NOISE = st.lists(st.sampled_from(WORDS), max_size=30)


def pieces(text, cuts):
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    return [text[start:end] for start, end in itertools.pairwise(places)]


def read(parts):
    """The text that is shown, and the calls, of a text in parts."""
    reader = TextCallFilter(NAMES)
    shown = "".join(map(reader.feed, parts)) + reader.finish()
    return shown, [(each.name, each.arguments) for each in reader.calls]


@given(st.sampled_from(sorted(TEXT_FORMATS)), PROSE, CALLS, CUTS)
def test_calls_in_a_text_are_read_whatever_the_borders(wire, prose, calls, cuts):
    awkward = json.dumps(calls)
    if any(mark in awkward for mark in FRAGILE.get(wire, ())):
        return
    prose = prose * (wire != "fenced")
    planned = [PlannedCall(name, json.dumps(given)) for name, given in calls]
    text = prose + TEXT_FORMATS[wire](planned)
    expected = prose, [(name, given) for name, given in calls]
    for parts in ([text], pieces(text, cuts), list(text)):
        shown, found = read(parts)
        assert (shown, [(name, json.loads(given)) for name, given in found]) == expected


@given(NOISE, CUTS)
def test_marks_in_any_order_read_the_same_whatever_the_borders(parts, cuts):
    text = "".join(parts)
    whole = read([text])
    assert read(list(text)) == whole
    assert read(pieces(text, cuts)) == whole
    assert all(name in NAMES for name, _ in whole[1])


@given(NOISE)
def test_without_a_tool_by_that_name_everything_is_text(parts):
    text = "".join(parts)
    reader = TextCallFilter({"other": {}})
    assert "".join(map(reader.feed, text)) + reader.finish() == text
    assert reader.calls == []


FRAGMENT = st.fixed_dictionaries(
    {},
    optional={
        "index": st.none() | st.integers(-1, 3) | st.text(max_size=2) | st.floats(),
        "id": st.none() | st.text(max_size=3) | st.integers(),
        "type": st.just("function"),
        "name": st.sampled_from(["grep", "gr", 1]),
        "function": st.none()
        | st.text(max_size=3)
        | st.fixed_dictionaries(
            {},
            optional={
                "name": st.none()
                | st.sampled_from(["grep", "read_file", "gr", "ep", "\ud800", ""]),
                "arguments": st.none()
                | st.sampled_from(["", "{", "}", '{"a": 1}', '{"a"', ": 1}", "[]", "\ud800"])
                | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2)
                | st.integers(),
            },
        ),
    },
)
DELTA = st.fixed_dictionaries(
    {},
    optional={
        "content": st.none() | st.text(max_size=5),
        "tool_calls": st.none() | FRAGMENT | st.lists(FRAGMENT | st.none(), max_size=3),
        "function_call": st.none() | FRAGMENT,
        "reasoning_content": st.text(max_size=5),
        "reasoning_details": st.lists(
            st.dictionaries(st.sampled_from(["type", "text", "index"]), st.text(max_size=2))
            | st.none(),
            max_size=2,
        ),
    },
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "delta": DELTA,
            "message": DELTA,
            "index": st.integers(0, 1),
            "finish_reason": st.sampled_from([None, "stop", "tool_calls", "length", "x"]),
        },
    ),
    max_size=8,
)


@given(EVENTS, st.booleans())
def test_any_fragments_are_calls_or_an_error_of_the_service(choices, is_done):
    reader, read = ReplyReader(calls=CallFragments(NAMES)), []
    try:
        for choice in choices:
            read += reader.signals({"choices": [choice]})
        read += reader.finish(is_done=is_done)
    except ProviderError:
        pass
    calls = [piece for piece in read if isinstance(piece, ToolCall)]
    assert len({each.id for each in calls}) == len(calls)
    for each in calls:
        json.dumps([each.id, each.name, each.arguments]).encode()
        assert isinstance(json.loads(each.json_arguments), dict)
        assert each.id
        assert isinstance(each.opaque, bytes)


@given(CALLS, st.sampled_from(["fragments", "whole"]), CUTS)
def test_calls_in_fragments_are_joined_whatever_the_borders_of_bytes(calls, wire, cuts):
    planned = tuple(PlannedCall(name, json.dumps(given)) for name, given in calls)
    turn = ModelTurn("Looking.", planned, wire)
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas(turn, "c")]
    choices.append({"index": 0, "delta": {}, "finish_reason": finish_reason(turn)})
    data = "".join(f"data: {json.dumps({'choices': [each]})}\n\n" for each in choices).encode()
    decoder, reader, read = EventDecoder(), ReplyReader(calls=CallFragments(NAMES)), []
    for part in pieces(data, cuts):
        for event in decoder.feed(part):
            read += reader.signals(event)
    read += reader.finish(is_done=True)
    assert "".join(each.text for each in read if isinstance(each, Text)) == "Looking."
    found = [each for each in read if isinstance(each, ToolCall)]
    assert [(each.name, json.loads(each.arguments)) for each in found] == calls


HOSTILE = [
    *(each.opener for each in READ_FORMATS),
    *(each.closer for each in READ_FORMATS if each.closer),
    '<tool_call>{"name": "grep", "arguments": {"a": "</tool_call>',
    '<tool_call>{"name": "grep"}</tool_call>',
    '<tool_call>{"arguments": ',
    "<function=grep><parameter=a>",
    "<function=grep></parameter>",
    "<function=grep>{</function>",
    '[TOOL_CALLS][{"name": "grep", ',
    "[TOOL_CALLS]grep[ARGS]",
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>grep<｜tool▁sep｜>",
    "<|channel|>commentary to=functions.grep<|message|>",
    '{"name": "grep", "arguments": {',
    '```json\n{"name": "grep", ',
    "`<tool_call>",
    "[",
    "<",
]


@pytest.mark.parametrize("part", HOSTILE)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_the_cost_of_a_hostile_text_is_linear(part, size):
    def work(chars):
        text = (part * (chars // len(part) + 1))[:chars]
        reader = TextCallFilter(NAMES)
        for start in range(0, len(text), size):
            reader.feed(text[start : start + size])
        reader.finish()

    assert growth(work, 120_000) < LINEAR


@pytest.mark.parametrize("name", ["grep", ""])
@pytest.mark.parametrize("arguments", ["}", '{"', "x", '{"a": 1}'])
def test_the_cost_of_fragments_is_linear(name, arguments):
    def work(count):
        calls = CallFragments(NAMES)
        for number in range(count):
            function = {"name": name, "arguments": arguments}
            calls.read({"tool_calls": [{"index": 0, "id": str(number), "function": function}]})
            calls.read({"reasoning_details": [{"type": "t", "text": "x"}]})
        list(calls.take())

    assert growth(work, 40_000) < LINEAR
