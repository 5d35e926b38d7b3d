"""Errors and events: every reason has its sentence, and an event survives its JSON."""

import ast
import re
import uuid
from pathlib import Path

import pytest

from chat.core import errors, events
from chat.core.errors import ChatError, Internal, RateLimited, RetrieverFailed, TooMany
from chat.core.events import Delta, Event, Failed, Notice, Numbered, Sources
from chat.core.left_out import trimmed_notice
from chat.core.messages import MESSAGES

CHAT = Path(__file__).resolve().parents[1]
FAMILY = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ChatError)
]
NOT_PARAMETERS = {"retry_after", "incident", "text"}


def reasons_in_code():
    """(reason, names of its parameters) of each error and notice that is constructed with a literal reason."""
    names = {kind.__name__ for kind in FAMILY}
    for path in CHAT.rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func)
            if called in names - {"Internal"} or called == "Notice.of":
                for reason in ast.walk(node.args[0]):
                    if isinstance(reason, ast.Constant):
                        yield (
                            reason.value,
                            {keyword.arg for keyword in node.keywords} - NOT_PARAMETERS,
                        )


def test_every_reason_has_a_sentence_with_just_its_parameters():
    found = list(reasons_in_code())
    assert len(found) > 40
    for reason, parameters in found:
        assert set(re.findall(r"\{(\w+)\}", MESSAGES[reason])) == parameters, reason


def test_every_sentence_is_used():
    sources = [
        path.read_text()
        for path in CHAT.rglob("*.py")
        if path.name != "messages.py" and "tests" not in path.parts
    ]
    assert {
        reason for reason in MESSAGES if not any(f'"{reason}"' in source for source in sources)
    } == set()


def test_an_error_without_a_reason_says_what_its_code_says():
    error = TooMany(retry_after=5)
    assert (error.reason, error.message, error.retry_after) == ("too_many", MESSAGES["too_many"], 5)
    limited = RateLimited("rate_limited_for", seconds=7, retry_after=7)
    assert limited.parameters == {"seconds": 7}
    assert "in 7 seconds" in str(limited)
    assert Internal("ab12").message.endswith("incident ab12.")


def test_a_finished_sentence_of_elsewhere_is_passed_on_with_the_prefix_once():
    error = RetrieverFailed(text="This repository is empty.")
    assert (error.reason, error.plain) == ("retriever_failed", "Error: This repository is empty.")
    assert RetrieverFailed().plain.startswith("Error preparing retriever")


@pytest.mark.parametrize(
    "event",
    [
        Delta("x"),
        Sources([], "c0ffee", "words"),
        trimmed_notice({"history": 1, "passages": 12}),
        Notice("old", "x"),
        events.Done("partial"),
        events.Usage(1, None, 3),
        Failed.of(TooMany("questions_from_address", retry_after=60)),
        Failed.of(Internal("ab12")),
        events.Accepted(None, None),
        events.Html(3, "<p>"),
    ],
    ids=lambda event: event.name,
)
def test_an_event_comes_back_from_its_json(event):
    run = uuid.uuid4()
    data = Numbered(run, 7, event).as_json()
    assert (data["run"], data["seq"], data["event"]) == (str(run), 7, event.name)
    assert Numbered.from_json({**data, "something_new": 1}) == Numbered(run, 7, event)


def test_what_is_internal_or_empty_is_not_serialized():
    assert Sources([], "", "words", check=print).as_json() == {
        "event": "sources",
        "items": [],
        "commit": "",
        "mode": "words",
    }
    assert Notice.of("from_cache").as_json().keys() == {"event", "code", "message"}
    assert Failed.of(TooMany()).as_json().keys() == {"event", "code", "message", "reason"}


@pytest.mark.parametrize("data", [{"event": "wizard"}, {}, {"event": "delta"}])
def test_what_is_no_event_is_refused(data):
    with pytest.raises(ValueError, match="event"):
        Event.from_json(data)
