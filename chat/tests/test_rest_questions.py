"""Asking over the REST interface: whole answers, events, and what goes wrong."""

import asyncio
import json
import uuid

import pytest
from django.test import AsyncClient
from django.utils import timezone

from chat.api import authorization
from chat.models import Message
from chat.testing.rest_client import RestClient
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async
from repos.models import Repository

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = {"question": "How is the discount computed?"}
CITING = "fake?text=See `shop/prices.py:L16-L18`."


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


@pytest.fixture
def rest(token, settings):
    settings.PROVIDER = "search-only"
    return RestClient(token)


@pytest.fixture
def path(public_repository):
    return f"repositories/{public_repository.pk}/questions"


async def post(path, token, body, **headers):
    sent = {"authorization": f"Bearer {token}", **headers}
    content = {"data": json.dumps(body), "content_type": "application/json"}
    response = await AsyncClient().post(f"/api/v1/{path}", headers=sent, **content)
    if response.streaming:
        return response, b"".join([part async for part in response.streaming_content]).decode()
    return response, response.content.decode()


async def test_an_answer_is_whole_cited_and_stored(with_model, path, token):
    with_model.default = CITING
    response, text = await post(path, token, QUESTION)
    answer = json.loads(text)
    assert (response.status_code, answer["state"]) == (200, "complete"), text
    assert answer["content"] == "See `shop/prices.py:L16-L18`."
    assert answer["sources"]
    [cited] = answer["citations"]
    assert (cited["path"], cited["start"], cited["end"]) == ("shop/prices.py", 16, 18)
    stored = (await in_thread(RestClient(token).get, f"messages/{answer['id']}")).body
    assert {name: stored[name] for name in answer} == answer


async def test_accept_decides_whether_events_come(with_model, path, token):
    with_model.default = "fake?tokens=3"
    response, text = await post(path, token, QUESTION, accept="text/event-stream")
    assert response["Content-Type"].startswith("text/event-stream")
    names = [line.split(" ")[1] for line in text.splitlines() if line.startswith("event:")]
    assert (names[0], names[-1]) == ("accepted", "done")
    assert "delta" in names
    for accept in ("*/*", "application/json, text/event-stream"):
        response, _ = await post(path, token, QUESTION, accept=accept)
        assert response["Content-Type"] == "application/json"


def test_a_further_question_follows_in_its_conversation(rest, path):
    first = rest.post(path, QUESTION).body
    further = f"conversations/{first['conversation']}/questions"
    second = rest.post(further, {"question": "And above that?"}).body
    again = rest.post(further, {"question": "Or below?", "parent": first["id"]}).body
    assert second["conversation"] == again["conversation"] == first["conversation"]
    asked = Message.objects.filter(role="user").order_by("position")
    assert [str(message.parent_id) for message in asked][1:] == [first["id"], first["id"]]
    wrong = rest.post(further, {"question": "Or?", "parent": str(uuid.uuid4())})
    assert wrong.problem == (400, "parent_not_in_conversation")


def test_what_is_sent_twice_with_one_id_is_asked_once(rest, path):
    body = {**QUESTION, "client_message_id": str(uuid.uuid4())}
    assert rest.post(path, body).body == rest.post(path, body).body
    assert Message.objects.count() == 2


def test_questions_are_counted_as_everywhere(rest, path, settings):
    settings.REQUESTS_PER_MINUTE = 1
    assert rest.post(path, QUESTION).status == 200
    refused = rest.post(path, QUESTION)
    assert refused.status == 429
    assert int(refused.response["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, (422, "invalid_values")),
        ({"question": ""}, (422, "invalid_values")),
        ({"question": " "}, (400, "empty_question")),
        ({"question": 7}, (422, "invalid_values")),
        ({"question": "a" * 400_001}, (413, "message_too_long")),
        ({**QUESTION, "mode": "slow"}, (422, "invalid_values")),
        ({**QUESTION, "model": "a b"}, (400, "field_not_a_name")),
        ({**QUESTION, "file_path": "../secret"}, (400, "file_path_outside")),
        ({**QUESTION, "repositories": ["x"]}, (422, "invalid_values")),
        ({**QUESTION, "repositories": [str(uuid.uuid4())]}, (404, "no_such_repository")),
        ({**QUESTION, "parent": str(uuid.uuid4())}, None),  # of the other operation
    ],
)
def test_a_wrong_question_says_what_is_wrong(rest, path, body, problem):
    reply = rest.post(path, body)
    if problem is None:
        assert reply.status == 200
    else:
        assert reply.problem == problem


def test_another_repository_that_one_may_not_read_is_not_there(rest, path, index_folder, bob):
    secret = Repository.objects.create(
        kind="github", url="https://github.com/shop/secret", is_private=True, added_by=bob
    )
    reply = rest.post(path, {**QUESTION, "repositories": [str(secret.pk)]})
    missing = rest.post(path, {**QUESTION, "repositories": [str(uuid.uuid4())]})
    assert reply.body == missing.body


async def test_trouble_with_the_model_is_a_problem(with_model, path, token):
    with_model.default = "fake?fault=401"
    response, text = await post(path, token, QUESTION)
    assert (response.status_code, response["Content-Type"]) == (502, "application/problem+json")
    assert json.loads(text)["code"]


def test_a_stranger_is_answered_where_strangers_are_let_in_and_leaves_nothing(rest, path, settings):
    assert RestClient().post(path, QUESTION).problem == (401, "token_missing")
    settings.ALLOW_ANONYMOUS = True
    answer = RestClient().post(path, QUESTION).body
    assert (answer["id"], answer["conversation"], answer["state"]) == (None, None, "complete")
    assert "apply_discount" in answer["content"]
    assert not Message.objects.exists()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_token_revoked_in_the_middle_ends_the_answer(
    with_model, path, token, monkeypatch, accept
):
    monkeypatch.setattr(authorization, "RECHECK_SECONDS", 0.05)
    with_model.default = "fake?tokens=3&hold=1"
    asked = asyncio.ensure_future(post(path, token, QUESTION, accept=accept))
    await wait_until_async(lambda: with_model.requests)
    await in_thread(lambda: ApiToken.objects.update(revoked_at=timezone.now()))
    response, text = await asked
    with_model.release()
    assert "no longer valid" in text
    assert response.status_code == (401 if accept == "application/json" else 200)
