"""Any bytes through the wire parsers: text, or an error of the service, whatever the borders."""

import itertools
import json

import google.ai.generativelanguage as glm
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.core.errors import ProviderError
from chat.core.ports import Text
from chat.core.reasoning import ReasoningFilter
from chat.providers.answer_pieces import AnswerReader, end_of_answer
from chat.providers.event_stream import EventDecoder
from chat.providers.gemini_replies import GeminiReader
from chat.providers.service_errors import Report, error_of_body, parse_retry_after
from chat.testing.service_quirks import THOUGHT
from deepwiki.foundation.text import TextCleaner

pytestmark = pytest.mark.fuzz

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(
    """
    choices delta message content text refusal parts index finish_reason done done_reason usage
    prompt_tokens completion_tokens error errors code type status detail object reasoning
    reasoning_content thinking param loc retry_after retryDelay metadata
    """.split()
)
WORDS = st.sampled_from(
    ["stop", "length", "error", "text", "thinking", "tool_calls", "<think>", "</think>", "Hello"]
)
# JSON with the keys and words of the format, in places where they do not belong.
EVENT = st.recursive(
    JSON | WORDS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS, children, max_size=4),
    max_leaves=16,
)
GOOD = st.builds(
    lambda text: json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}),
    st.text(max_size=12) | WORDS,
)
DATA = st.one_of(GOOD, st.builds(json.dumps, EVENT), st.text(max_size=20), st.just("[DONE]"))
PREFIX = st.sampled_from(["data: ", "data:", "", ": ", "event: ", "id: ", "\ufeff", "<", " "])
NEWLINE = st.sampled_from(["\n\n", "\n", "\r\n\r\n", "\r", "\r\n", ""])
LINES = st.lists(st.tuples(PREFIX, DATA, NEWLINE), max_size=8)
STREAM = st.builds(
    lambda lines: "".join(map("".join, lines)).encode("utf-8", "surrogatepass"), LINES
)
BYTES = st.binary(max_size=200)
MUTATED = st.builds(
    lambda stream, at, junk: (
        stream[: at % (len(stream) + 1)] + junk + stream[at % (len(stream) + 1) :]
    ),
    STREAM,
    st.integers(0, 10_000),
    st.binary(max_size=6),
)
CUTS = st.lists(st.integers(0, 400), max_size=12)
THINKING = st.lists(
    st.sampled_from(
        ["<think>", "</think>", "<thi", "nk>", "`", "```", "\n", "a", " ", "[THINK]", "<", "~~~"]
    ),
    max_size=20,
)


def chunks(data, cuts):
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


def read(parts):
    """The text and the class of the error, as the adapter reads a reply."""
    decoder, reader, text = EventDecoder(), AnswerReader(), []
    try:
        for part in parts:
            for event in decoder.feed(part):
                take(reader, event, text)
            if decoder.is_done:
                break
        for event in decoder.finish():
            take(reader, event, text)
        reader.check_end(is_done=decoder.is_done)
        end_of_answer(reader.reason or "stop")
    except ProviderError as error:
        return "".join(text), type(error), error.reason
    return "".join(text), None, ""


def take(reader, event, text):
    usual = reader.usual_text(event)
    if usual:
        text.append(usual)
        return
    text += [piece.text for piece in reader.pieces(event) if isinstance(piece, Text)]


@given(STREAM | MUTATED | BYTES, CUTS)
@example(b"data: 1\r\n\r\ndata: [DONE]", [8, 9, 10])
@example(b"\xef\xbb\xbfdata: {}", [1, 2])
def test_the_borders_of_chunks_change_nothing(data, cuts):
    assert read(chunks(data, cuts)) == read([data] if data else [])


@given(STREAM | MUTATED | BYTES)
def test_byte_by_byte_changes_nothing(data):
    assert read([data[at : at + 1] for at in range(len(data))]) == read([data] if data else [])


@given(EVENT)
def test_any_json_is_read_or_is_an_error_of_the_service(event):
    read([f"data: {json.dumps(event)}\n\n".encode()])
    read([json.dumps(event, indent=1).encode()])


@given(EVENT, st.none() | st.integers(100, 700), st.none() | st.text(max_size=20))
def test_any_body_of_an_error_becomes_one_of_ours(body, status, header):
    error = error_of_body(body, status, parse_retry_after(header))
    assert isinstance(error, ProviderError)
    assert error.retry_after is None or 0 <= error.retry_after <= 86_400
    Report.of(body)


@given(THINKING, THINKING)
def test_reasoning_is_told_apart_whatever_the_borders(parts, others):
    text = "".join(parts)
    whole = ReasoningFilter()
    expected = whole.feed(text) + whole.finish()
    pieces = ReasoningFilter()
    assert "".join(map(pieces.feed, parts)) + pieces.finish() == expected
    letters = ReasoningFilter()
    assert "".join(map(letters.feed, text)) + letters.finish() == expected


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_text_without_tags_is_not_changed(text):
    if "<" in text or "[" in text or "◁" in text:
        return
    reasoning, cleaner = ReasoningFilter(), TextCleaner()
    shown = reasoning.feed(cleaner.feed(text)) + reasoning.feed(cleaner.finish())
    assert (shown + reasoning.finish()).strip() == "".join([cleaner_text(text)]).strip()


def cleaner_text(text):
    cleaner = TextCleaner()
    return cleaner.feed(text) + cleaner.finish()


REPLY = st.tuples(
    st.lists(st.tuples(st.text(max_size=8), st.booleans()), max_size=4),
    st.integers(-(2**31), 2**31 - 1) | st.integers(0, 15),
    st.integers(-(2**31), 2**31 - 1),
)


@given(st.lists(REPLY, max_size=5))
def test_any_reply_of_gemini_is_read_or_is_an_error_of_the_service(replies):
    reader, read = GeminiReader(), []
    try:
        for parts, reason, count in replies:
            read += reader.signals(gemini_reply(parts, reason, count))
        reader.check_end()
    except ProviderError:
        pass
    shown = "".join(piece.text for piece in read if isinstance(piece, Text))
    assert "thought" not in shown


def gemini_reply(parts, reason, count):
    reply = glm.GenerateContentResponse.pb(glm.GenerateContentResponse())
    candidate = reply.candidates.add()
    candidate.finish_reason = reason
    reply.usage_metadata.total_token_count = count
    reply.usage_metadata.candidates_token_count = count
    for text, is_thought in parts:
        part = candidate.content.parts.add()
        part.text = "thought" if is_thought else text
        if is_thought:
            part.MergeFromString(THOUGHT)
    return reply
