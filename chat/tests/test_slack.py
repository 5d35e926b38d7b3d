"""Questions in Slack: signed events in, answers in the thread, at a Slack on loopback."""

import json
import time

import pytest
from django.test import AsyncClient

from chat.api.slack.signature import sign
from chat.models import AnonymousRun, Conversation
from chat.testing.slack_server import TOKEN, SlackServer
from deepwiki.foundation.slack_app import SlackApp
from deepwiki.foundation.threads import in_thread
from repos.models import Repository

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "shhh"
CITING = "fake?text=It is in `shop/prices.py:L16-L18`, not in `shop/prices.py:L90-L99`. <!channel>"
NONE = "There is no public repository of this name here."


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def app_of(slack, settings):
    """The app that is set up here, with a repository for each channel."""

    def set_up(**repositories):
        settings.SLACK = SlackApp(SECRET, TOKEN, slack.api, repositories)

    return set_up


@pytest.fixture
def pocket(public_repository, with_model, app_of):
    Repository.objects.update(name="shop/pocket")
    with_model.default = CITING
    app_of(C1="shop/pocket")
    return public_repository


def event(text="<@UAPP> How is the discount computed?", at=1, **fields):
    inner = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": f"{at}.5", "text": text}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": f"Ev{at}",
        "event": {**inner, **fields},
    }


def signed(body, secret=SECRET, age=0):
    data = json.dumps(body).encode()
    timestamp = str(int(time.time()) - age)
    return data, {
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": sign(secret, timestamp, data),
    }


async def send(body, data=None, headers=None, **more):
    made, of_slack = signed(body)
    headers = of_slack if headers is None else headers
    response = await AsyncClient().post(
        "/slack/events",
        data=made if data is None else data,
        content_type="application/json",
        headers={**headers, **more},
    )
    return response.status_code, json.loads(response.content)


async def ask(slack, *arguments, messages=1, **fields):
    """The texts once a question is answered: the message that was noted, and changed."""
    before = len(slack.calls)
    assert await send(event(*arguments, **fields)) == (200, {})
    await slack.wait_for_async(lambda: len(slack.calls) >= before + messages)
    return slack.texts


async def test_a_question_is_answered_in_its_thread_with_links_to_the_lines(pocket, slack):
    [text] = await ask(slack, messages=2)
    page = f"http://localhost:8000/r/{pocket.pk}/code/shop/prices.py?lines=16-18#L16-L18"
    assert text.startswith(
        f"It is in <{page}|shop/prices.py:L16-L18>, not in `shop/prices.py:L90-L99`."
    )
    assert "&lt;!channel&gt;" in text
    assert text.endswith(f"Sources: <{page}|shop/prices.py:L16-L18>")
    [(noted, first), (changed, second)] = slack.calls
    assert (noted, changed) == ("chat.postMessage", "chat.update")
    assert first["text"] == "Looking into shop/pocket …"
    assert (first["channel"], first["thread_ts"]) == ("C1", "1.5")
    assert first["unfurl_links"] is False
    assert second["ts"] in slack.messages
    assert not await in_thread(Conversation.objects.exists)


async def test_an_event_that_slack_sends_again_is_answered_once(pocket, slack, with_model):
    await ask(slack, messages=2)
    for number in range(1, 4):
        assert (await send(event(), **{"x-slack-retry-num": str(number)}))[0] == 200
    await ask(slack, at=2, messages=2)
    assert len(slack.texts) == len(with_model.requests) == 2


async def test_a_message_to_the_app_alone_is_answered_too(pocket, slack, app_of):
    app_of(**{"*": "shop/pocket"})
    texts = await ask(slack, type="message", channel_type="im", channel="D1", messages=2)
    assert texts[0].startswith("It is in")


@pytest.mark.parametrize(
    "text",
    [
        "shop/pocket How?",
        "<https://github.com/shop/pocket> How?",
        "<@UAPP> How does <https://github.com/shop/pocket|pocket> price?",
        "How, in `shop/pocket`?",
    ],
)
async def test_a_message_names_its_repository(pocket, slack, app_of, text):
    app_of()
    assert (await ask(slack, text, messages=2))[0].startswith("It is in")


@pytest.mark.parametrize("field", ["is_private", "host_is_public", "unknown"])
@pytest.mark.parametrize("text", ["shop/pocket How?", "https://github.com/shop/pocket How?"])
async def test_a_private_repository_is_answered_about_like_an_unknown_one(
    pocket, slack, with_model, alice, field, text
):
    values = {
        "is_private": {"is_private": True, "added_by": alice},
        "host_is_public": {"host_is_public": False},
        "unknown": {"name": "shop/other", "url": "https://github.com/shop/other"},
    }
    await in_thread(lambda: Repository.objects.update(**values[field]))
    assert await ask(slack, text) == [NONE]
    assert with_model.requests == []
    assert await in_thread(Repository.objects.count) == 1  # nothing was added


async def test_a_repository_that_becomes_private_meanwhile_is_told_nothing_of(
    pocket, slack, with_model, alice, monkeypatch
):
    monkeypatch.setattr("chat.api.authorization.RECHECK_SECONDS", 0.05)
    with_model.default = "fake?tokens=3&hold=1"
    await ask(slack)
    await in_thread(lambda: Repository.objects.update(is_private=True, added_by=alice))
    await slack.wait_for_async(lambda: len(slack.calls) == 2)
    with_model.release()
    assert "t000" not in slack.texts[0]


async def test_what_is_missing_is_asked_for(pocket, slack, app_of):
    app_of()
    assert "Which repository?" in (await ask(slack, "<@UAPP> How?"))[0]
    assert "Ask a question" in (await ask(slack, "<@UAPP> shop/pocket", at=2))[1]


async def test_each_person_of_slack_has_a_strangers_limits(pocket, slack, settings):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 1
    await ask(slack, messages=2)
    texts = await ask(slack, at=2, messages=2)
    assert "question" in texts[1] and "It is in" not in texts[1]
    texts = await ask(slack, at=3, user="U2", messages=2)
    assert texts[2].startswith("It is in")
    assert await in_thread(AnonymousRun.objects.count) == 2


async def test_what_a_model_fails_with_is_said_in_the_thread(pocket, slack, with_model):
    with_model.default = "fake?fault=401"
    [text] = await ask(slack, messages=2)
    assert "key" in text and "sk-test" not in text


async def test_slack_is_asked_again_when_it_is_busy_and_left_alone_when_it_refuses(
    pocket, slack, with_model
):
    slack.faults = [429, 503]
    assert (await ask(slack, messages=2))[0].startswith("It is in")
    slack.refuses = True
    await ask(slack, at=2)
    assert len(with_model.requests) == 1  # nobody would read it


@pytest.mark.parametrize(
    ("body", "headers_at"),
    [
        (event(), dict),
        (event(), lambda: signed(event(), secret="guess")[1]),
        (event(), lambda: signed(event(), age=400)[1]),
        (event(), lambda: signed(event(), age=-400)[1]),
        (event("another"), lambda: signed(event())[1]),
        ({"type": "url_verification", "challenge": "abc"}, dict),
    ],
)
async def test_what_slack_did_not_sign_is_refused(pocket, slack, body, headers_at):
    status, words = await send(body, headers=headers_at())  # signed now, not when collected
    assert (status, "not signed" in words["detail"]) == (401, True)
    assert slack.calls == []


async def test_the_address_is_confirmed(pocket):
    body = {"type": "url_verification", "challenge": "abc", "token": "x"}
    assert await send(body) == (200, {"challenge": "abc"})
    assert (await send({**body, "challenge": ["abc"]}))[0] == 400


async def test_signed_bodies_are_bounded_and_objects(pocket):
    for data in (b"[]", b"{", b"[" * 100_000, b"\xff", b""):
        timestamp = str(int(time.time()))
        headers = {
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": sign(SECRET, timestamp, data),
        }
        assert (await send({}, data=data, headers=headers))[0] == 400
    assert (await send(event("a" * 700_000)))[0] == 413


@pytest.mark.parametrize("app", [SlackApp(), SlackApp("s"), SlackApp("", "xoxb")])
async def test_without_an_app_there_is_nothing(app, settings):
    settings.SLACK = app
    status, words = await send(event(), headers=signed(event(), secret=app.signing_secret)[1])
    assert (status, words["detail"]) == (404, "No Slack app is set up here.")


def test_a_real_server_answers_and_writes_what_is_left_before_it_ends(start, slack):
    import httpx2

    Repository.objects.update(
        name="shop/pocket", url="https://github.com/shop/pocket", kind="github", host_is_public=True
    )
    live = start(
        CITING,
        DEEPWIKI_SLACK_SIGNING_SECRET=SECRET,
        DEEPWIKI_SLACK_BOT_TOKEN=TOKEN,
        DEEPWIKI_SLACK_API=slack.api,
        DEEPWIKI_SLACK_REPOSITORIES="C9=a/b, *=shop/pocket",
    )
    data, headers = signed(event())
    reply = httpx2.post(f"{live.url}/slack/events", content=data, headers=headers)
    assert (reply.status_code, reply.json()) == (200, {})
    slack.wait_for(lambda: len(slack.calls) == 2)
    assert slack.texts[0].startswith("It is in <")
    refused = httpx2.post(f"{live.url}/slack/events", content=data)
    assert refused.status_code == 401
    assert httpx2.get(f"{live.url}/slack/nothing").status_code == 404
