"""Whatever a model writes, in whatever pieces: the answer's text, the arguments shown, the loop's end."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.answer_text import AnswerText
from chat.core.errors import ChatError, CutOff
from chat.core.events import Delta, Step, Usage
from chat.core.ports import AnswerLimits, Thinking, Tokens
from chat.core.tool_calls import ToolCall, ToolExchange
from chat.core.tool_exchanges import fit_exchanges
from chat.core.tool_runner import shown_arguments
from chat.testing.agent_parts import OpenTools, TurnScript, call
from chat.tests.test_agent_loop import ask

pytestmark = pytest.mark.fuzz

MARKS = st.sampled_from(
    [
        "<answer>",
        "</answer>",
        "<Answer>",
        "<",
        ">",
        "answer>",
        "</",
        "\n",
        " ",
        "`",
        "word",
        "é\u2028",
    ]
)
TEXTS = st.lists(MARKS | st.text(max_size=8), max_size=25).map("".join)
CALLS = st.builds(
    ToolCall,
    id=st.text(max_size=3),
    name=st.sampled_from(["read_file", "break", "none", ""]),
    arguments=st.sampled_from(['{"path": "shop/mail.py"}', "{", "[]", "null", '{"path": [1]}']),
)
PIECES = st.one_of(
    TEXTS.filter(bool),
    CALLS,
    st.just(Tokens(1, 1)),
    st.just(Thinking()),
    st.builds(CutOff),
)
TURNS = st.lists(st.lists(PIECES, max_size=8), min_size=1, max_size=6)


def shown(pieces, **options):
    answer = AnswerText(**options)
    parts = [answer.feed(piece) for piece in pieces]
    return "".join(parts) + answer.finish(has_calls=False)


@given(TEXTS, st.lists(st.integers(1, 9), max_size=60), st.booleans())
def test_the_answer_does_not_depend_on_where_the_text_was_parted(text, sizes, follows):
    pieces, rest = [], text
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    assert shown([*pieces, rest], follows=follows) == shown([text], follows=follows)


@given(TEXTS)
def test_the_answer_holds_only_what_the_model_wrote(text):
    written = iter(text)
    assert all(char in written for char in "".join(shown([text]).split()))


@given(
    st.text(max_size=200)
    | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps)
)
def test_arguments_that_are_shown_can_be_stored(text):
    for arguments in (shown_arguments(text), shown_arguments(f'{{"a": {text}}}')):
        json.dumps(arguments, allow_nan=False)
        assert len(json.dumps(arguments)) < 20_000


@given(
    st.lists(st.lists(st.text(max_size=5_000), min_size=1, max_size=3), max_size=5),
    st.integers(0, 9_000),
)
def test_fitting_results_keeps_every_call_and_makes_nothing_longer(results, tokens):
    exchanges = [
        ToolExchange("", tuple(call("read_file", n) for n in range(len(texts))), tuple(texts))
        for texts in results
    ]
    fitted = fit_exchanges(exchanges, tokens, len)
    assert [one.calls for one in fitted] == [one.calls for one in exchanges]
    for before, after in zip(exchanges, fitted, strict=True):
        assert all(map(lambda a, b: len(a) <= len(b), after.results, before.results))


@given(TURNS)
def test_every_answer_ends_with_its_usage_or_a_clear_error(turns):
    events, context = asyncio.run(
        ask(TurnScript([*turns, ["The end."]]), OpenTools(), limits=AnswerLimits(chars=2_000))
    )
    assert isinstance(events[-1], Usage | ChatError) or events[-1].name == "done"
    ended = {event.n for event in events if isinstance(event, Step) and event.state != "running"}
    begun = {event.n for event in events if isinstance(event, Step) and event.state == "running"}
    assert ended <= begun
    if isinstance(events[-1], Usage):
        assert "".join(event.text for event in events if isinstance(event, Delta)).strip()
        assert begun == ended
