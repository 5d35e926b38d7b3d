"""What an API token may not be used for, at each door: told in that door's own shape."""

import json
from datetime import timedelta

import pytest
from django.test import AsyncClient
from django.utils import timezone

from chat.api.mcp.sessions import sessions
from chat.models import Message
from chat.testing.agent_client import call, request, send
from chat.tests.test_endpoints import ask, over_http, over_socket
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
EXPIRED = "This API token has expired. Make a new one on your profile page."
INVALID = "This API token is not valid. Make a new one and try again."
ASKED = {"model": "deepwiki/x/y", "messages": [{"role": "user", "content": "Why?"}]}


@pytest.fixture(autouse=True)
async def closed_sessions():
    yield
    await sessions.close()


def lacks(scope):
    return (
        f"This API token may not be used for this: it lacks the scope {scope}."
        " Make one that has it on your profile page."
    )


@pytest.fixture
def token_for(alice):
    return lambda *scopes: ApiToken.issue(alice, scopes=scopes)[1]


async def complete(token):
    response = await AsyncClient().post(
        "/v1/chat/completions",
        data=json.dumps(ASKED),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )
    return response, json.loads(response.content)


async def models(token):
    response = await AsyncClient().get("/v1/models", headers={"authorization": f"Bearer {token}"})
    return response, json.loads(response.content)


async def test_who_may_only_read_asks_at_no_door(token_for, repository):
    token = await in_thread(token_for, "read")
    socket = await over_socket(ask(repository), token)
    assert (socket.code, socket.text) == (4401, f"Error: {lacks('ask')}")
    http = await over_http(ask(repository), token)
    assert (http.code, http.detail) == (403, lacks("ask"))
    response, body = await complete(token)
    assert response.status_code == 403
    assert body["error"]["message"] == lacks("ask")
    assert body["error"]["type"] == "permission_error"
    assert response["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="ask"'
    reply = await call("ask_question", token, repoName=repository.url, question="Why?")
    assert reply.result["isError"]
    assert reply.text == lacks("ask")
    assert not await in_thread(Message.objects.exists)


async def test_who_may_only_ask_reads_nothing_by_other_means(token_for, repository):
    token = await in_thread(token_for, "ask")
    response, body = await models(token)
    assert (response.status_code, body["error"]["message"]) == (403, lacks("read"))
    reply = await call("read_file", token, repository=str(repository.pk), path="README.md")
    assert (reply.result["isError"], reply.text) == (True, lacks("read"))
    listed = await request("resources/list", token)
    assert listed.message["error"]["message"] == lacks("read")
    response = await AsyncClient().get(
        f"/api/runs/{repository.pk}/events", headers={"authorization": f"Bearer {token}"}
    )
    assert response.status_code == 403
    assert json.loads(response.content) == {"detail": lacks("read")}
    assert response["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="read"'


async def test_an_expired_token_is_told_so(token_for, repository):
    token = await in_thread(token_for, "read", "ask")
    over = timezone.now() - timedelta(seconds=1)
    await in_thread(lambda: ApiToken.objects.update(expires_at=over))
    socket = await over_socket(ask(repository), token)
    assert (socket.code, socket.text) == (4401, f"Error: {EXPIRED}")
    http = await over_http(ask(repository), token)
    assert (http.code, http.detail) == (401, EXPIRED)
    response, body = await complete(token)
    assert (response.status_code, body["error"]["message"]) == (401, EXPIRED)
    agent = await send(LIST, token)
    assert (agent.status, agent.message["error"]["message"]) == (401, EXPIRED)
    assert 'error="invalid_token"' in agent.response.headers["www-authenticate"]


@pytest.mark.parametrize("change", ["revoked", "deactivated"])
async def test_a_revoked_one_and_one_of_a_deactivated_person_are_as_unknown(
    token_for, repository, alice, change
):
    token = await in_thread(token_for, "read", "ask")
    if change == "revoked":
        await in_thread(lambda: ApiToken.objects.update(revoked_at=timezone.now()))
    else:
        await in_thread(lambda: type(alice).objects.update(is_active=False))
    assert (await over_socket(ask(repository), token)).code == 403
    http = await over_http(ask(repository), token)
    assert (http.code, http.detail) == (401, INVALID)
    response, body = await complete(token)
    assert (response.status_code, body["error"]["message"]) == (401, INVALID)
    agent = await send(LIST, token)
    assert (agent.status, agent.message["error"]["message"]) == (401, INVALID)
