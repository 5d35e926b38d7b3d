"""Whatever a client sends, the request parser returns a request or refuses it in words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.errors import BadRequest, RequestTooLarge
from chat.core.request import FILTERS, MAX_REPOSITORIES, ChatRequest, parse
from chat.core.request_json import RequestLimits, decode

pytestmark = pytest.mark.fuzz
LIMITS = RequestLimits(message_bytes=20_000, content_chars=500, history_messages=5)
TEXT = st.text(st.characters(exclude_categories=()), max_size=80)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)
ROLE = st.sampled_from(["user", "assistant", "system", "tool", ""])
TURN = st.fixed_dictionaries({"role": ROLE, "content": TEXT})
NAMES = [
    *("filePath", "token", "type", "provider", "model", "language", "conversation"),
    *("client_message_id", "deep_research", "revision", "render", "regenerate", "parent", "edit"),
    *("repository", *FILTERS),
]
PLAUSIBLE = st.fixed_dictionaries(
    {"repo_url": TEXT, "messages": st.lists(TURN, min_size=1, max_size=8)},
    optional={
        **dict.fromkeys(NAMES, TEXT | SCALAR),
        "repositories": st.lists(TEXT | SCALAR, max_size=8) | SCALAR,
    },
)


def read(data):
    """The request, or None where it was refused in words."""
    try:
        return parse(decode(data, LIMITS), LIMITS)
    except (BadRequest, RequestTooLarge) as error:
        assert error.message.strip()
        assert error.plain.strip()
        return None


def check(request: ChatRequest):
    texts = [request.repo_url, request.file_path, request.token, request.model, request.provider]
    texts += [turn.content for turn in request.messages]
    texts += request.filters.values()
    further = request.repositories or ()
    assert len(set(further) - {"", request.repo_url}) == len(further) <= MAX_REPOSITORIES
    texts += further
    for text in texts:
        text.encode()  # no lone surrogates
        assert "\0" not in text
    assert request.messages[-1].role == "user"
    assert request.question.strip()
    assert len(request.messages) <= LIMITS.history_messages
    assert all(len(turn.content) <= LIMITS.content_chars for turn in request.messages)
    assert not {"..", ".git", "~"} & set(request.file_path.split("/"))


@given(st.binary(max_size=300) | TEXT)
def test_any_bytes_are_a_request_or_refused(data):
    request = read(data)
    assert request is None or check(request) is None


@given(VALUE)
def test_any_json_is_a_request_or_refused(value):
    request = read(json.dumps(value))
    assert request is None or check(request) is None


@given(PLAUSIBLE)
def test_any_fields_are_a_request_or_refused(fields):
    request = read(json.dumps(fields))
    assert request is None or check(request) is None


@given(st.sampled_from(["[", "{", '{"a":', "[{"]), st.integers(1, 9_000), TEXT)
def test_any_nesting_is_refused(opening, depth, rest):
    assert read(opening * depth + rest) is None


@given(st.integers(1, 9_000), st.sampled_from(["", "-", "1e", "0."]))
def test_any_number_is_no_request(digits, sign):
    assert read(f'{{"messages": {sign}{"9" * digits}}}') is None
