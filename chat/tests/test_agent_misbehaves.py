"""Models that misbehave, over both wire formats, with the real tools: an honest end, stored."""

import itertools
import json
from dataclasses import dataclass

import pytest

from chat import services
from chat.models import Message
from chat.testing.google_server import GoogleServer
from chat.testing.tool_call_texts import PlannedCall
from chat.testing.tool_script import ModelTurn, call, turn
from chat.tests.test_answering import events_of
from chat.tests.test_endpoints import ask, settled
from deepwiki.testing.fixtures import write_files

pytestmark = [pytest.mark.django_db(transaction=True)]
SECRET = "the-word-of-another-repository"
PRICES = call("read_file", path="shop/prices.py", start=1, end=9)
ANSWER = "See `shop/prices.py:L1-L5`, not `shop/none.py:L1-L2`."
ANSWERS = turn(text=f"<answer>\n{ANSWER}")
OUTSIDE = ["../../etc/passwd", "/etc/passwd", "shop/../../private/secret.py", "private:secret.py"]


@dataclass
class Wire:
    """A service over one wire format. `sent` is what it was sent, as text."""

    provider: str
    server: object
    prefix: str = ""
    model: str = "fake"

    def plays(self, turns, model="fake"):
        self.model = model
        self.server.plays[self.prefix + model] = turns

    @property
    def sent(self):
        return [str(request) for request in self.server.requests]


@pytest.fixture
def gemini():
    with GoogleServer() as server:
        yield server


@pytest.fixture(params=["openai", "google"])
def wire(request, model, gemini, settings, closed_providers):
    """Each of both formats."""
    settings.PROVIDER_ENVIRONMENT = {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": model.url,
        "GOOGLE_API_KEY": "AIza-test",
        "GOOGLE_API_ENDPOINT": gemini.address,
    }
    services.providers.cache_clear()
    if request.param == "openai":
        return Wire("openai", model)
    return Wire("google", gemini, prefix="models/")


@dataclass
class Told:
    """What the reader was told, and the row that was stored."""

    events: list
    row: Message

    @property
    def text(self):
        return "".join(e["text"] for e in self.events if e["event"] == "delta")

    @property
    def steps(self):
        """Tool and state of each call, without the first search."""
        return [(step["tool"], step["state"]) for step in self.row.steps[1:]]

    @property
    def cited(self):
        return [(c["path"], c["state"]) for c in self.row.citations]

    @property
    def error(self):
        return next((e["message"] for e in self.events if e["event"] == "error"), "")


async def told(person, repository, wire, text="How is the discount computed?"):
    request = {**ask(repository, wire.model, text), "provider": wire.provider, "mode": "agent"}
    events = await events_of(person, request)
    row = (await settled())[-1]
    written = json.dumps(events) + json.dumps([row.content, row.steps, row.error])
    assert not any(word in written for word in ("root:x", SECRET, "sk-test", "AIza-test"))
    assert not any("root:x" in request or SECRET in request for request in wire.sent)
    result = Told(events, row)
    assert events[-1] == {"event": "done", "state": row.state}
    assert row.content == result.text and row.error == result.error
    assert all(step["state"] in ("done", "failed") for step in row.steps)
    return result


def honest(found):
    """The answer is whole, and its citations were looked up."""
    assert (found.text, found.row.state, found.error) == (ANSWER, "complete", "")
    assert found.cited == [("shop/prices.py", "read"), ("shop/none.py", "missing")]


@pytest.fixture
def private(index_folder, tmp_path, people):
    """Another repository, which alice may not read."""
    root = tmp_path / "private"
    write_files(root, {"secret.py": f"WORD = '{SECRET}'\n"})
    return index_folder(root, owner_id=people["bob"].pk, private=True)


async def test_steps_with_calls_at_once_end_in_an_answer_with_checked_citations(
    repository, alice, wire
):
    first = turn(PRICES, call("grep", pattern="discount"), call("list_files"), text="I look.\n")
    second = turn(
        call("find_callers", symbol="apply_discount"), call("outline", path="shop/mail.js")
    )
    wire.plays([first, second, ANSWERS])
    found = await told(alice, repository, wire)
    honest(found)
    tools = sorted(tool for tool, state in found.steps if state == "done")
    assert tools == ["find_callers", "grep", "list_files", "outline", "read_file"]
    assert len(wire.sent) == 3


async def test_a_tool_that_is_not_there_is_a_failed_step(repository, alice, wire):
    wire.plays([turn(call("delete_repository", name="all"), PRICES), ANSWERS])
    found = await told(alice, repository, wire)
    honest(found)
    assert sorted(found.steps) == [("read_file", "done"), ("unknown", "failed")]
    assert "There is no tool delete_repository" in wire.sent[1]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"path": 7},
        {"path": ["shop/prices.py"], "start": "first"},
        {"file_of_mine": "shop/prices.py"},
        {"path": {"a": {"b": [1, None]}}},
        {"path": "shop/prices.py", "start": -(10**30), "end": 10**30},
    ],
    ids=str,
)
async def test_wrong_arguments_are_told_to_the_model_which_corrects_them(
    repository, alice, wire, arguments
):
    wire.plays([turn(PlannedCall("read_file", json.dumps(arguments))), turn(PRICES), ANSWERS])
    found = await told(alice, repository, wire)
    honest(found)
    assert found.steps[-1] == ("read_file", "done")


@pytest.mark.parametrize("path", OUTSIDE)
async def test_a_file_outside_of_the_index_is_not_read(repository, private, alice, wire, path):
    calls = call("read_file", path=path), call("list_files", path=path), call("outline", path=path)
    wire.plays([turn(*calls, call("grep", pattern=".", paths=[path])), turn(PRICES), ANSWERS])
    found = await told(alice, repository, wire)
    honest(found)
    assert ("read_file", "failed") in found.steps


async def test_a_repository_that_the_person_may_not_read_is_not_named(
    repository, private, alice, wire
):
    reads = call("read_file", repository=private.name, path="secret.py")
    search = call("search_code", repository=private.name, query="word")
    wire.plays([turn(reads, search), turn(PRICES), ANSWERS])
    honest(await told(alice, repository, wire))


async def test_a_model_that_repeats_itself_is_made_to_answer(repository, alice, wire):
    wire.plays(_until_forbidden(itertools.repeat(turn(PRICES))))
    honest(await told(alice, repository, wire))
    assert len(wire.sent) == 4


async def test_a_model_that_calls_for_ever_is_made_to_answer(repository, alice, wire):
    reads = (turn(call("read_file", path="shop/prices.py", end=n)) for n in itertools.count(9))
    wire.plays(_until_forbidden(reads))
    honest(await told(alice, repository, wire))
    assert len(wire.sent) == 5


async def test_one_that_calls_although_none_are_possible_ends_in_a_clear_error(
    repository, alice, wire
):
    numbers = itertools.count(1)
    wire.plays(lambda request: turn(call("read_file", path="shop/prices.py", end=next(numbers))))
    found = await told(alice, repository, wire)
    assert (found.text, found.row.state) == ("", "partial")
    assert "tool" in found.error
    assert len(wire.sent) == 6


async def test_a_megabyte_of_arguments_is_neither_read_nor_stored_nor_sent_back(
    repository, alice, wire
):
    huge = PlannedCall("read_file", json.dumps({"path": "x" * 1_000_000}))
    wire.plays([turn(huge, wire="whole"), turn(PRICES), ANSWERS])
    found = await told(alice, repository, wire)
    honest(found)
    assert found.steps == [("read_file", "failed"), ("read_file", "done")]
    assert len(json.dumps(found.events)) < 50_000
    assert max(map(len, wire.sent)) < 100_000


async def test_text_beside_calls_is_no_answer(repository, alice, wire):
    wire.plays([turn(PRICES, text="Surely it is none of these."), ANSWERS])
    found = await told(alice, repository, wire)
    honest(found)
    assert "Surely" not in found.row.content


async def test_calls_behind_the_begun_answer_are_made_and_it_goes_on(repository, alice, wire):
    begun = turn(PRICES, text="<answer>\nTen percent.")
    wire.plays([begun, ANSWERS])
    found = await told(alice, repository, wire)
    assert found.text == f"Ten percent.\n\n{ANSWER}"
    assert found.row.state == "complete"


async def test_an_answer_that_breaks_off_is_kept_and_said_to_be(repository, alice, wire):
    wire.plays([turn(text="<answer>\n" + ANSWER * 3)], "fake?fault=cut")
    found = await told(alice, repository, wire)
    assert ANSWER.startswith(found.text[: len(ANSWER)]) and found.text
    assert found.row.state == "partial"
    assert found.error


async def test_a_turn_that_breaks_off_in_a_call_is_asked_again_and_then_an_error(
    repository, alice, wire
):
    wire.plays([turn(PRICES, text="I read the prices first, and then")], "fake?fault=cut")
    found = await told(alice, repository, wire)
    assert (found.text, found.row.state) == ("", "partial")
    assert found.error
    assert len(wire.sent) == 2


async def test_a_model_that_refuses_tools_answers_from_one_search_and_says_so(
    repository, alice, wire
):
    refusal = "INVALID_ARGUMENT", "Function calling is not enabled for models/fake"

    def refuse(request):
        if wire.provider == "google" and request.tools:
            return refusal
        return ModelTurn(ANSWER)

    wire.plays(refuse, "fake?fault=notools")
    found = await told(alice, repository, wire)
    assert (found.text, found.row.state) == (ANSWER, "complete")
    notices = [event["code"] for event in found.events if event["event"] == "notice"]
    assert "tools_unsupported" in notices
    assert found.steps == []


def _until_forbidden(turns):
    """The turns while calls are possible, then the answer."""

    def play(request):
        if _forbids_calls(request):
            return ANSWERS
        return next(turns)

    return play


def _forbids_calls(request):
    if isinstance(request, dict):
        return request.get("tool_choice") == "none"
    config = request.tool_config.function_calling_config
    return config.mode == type(config).Mode.NONE
