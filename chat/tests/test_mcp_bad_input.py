"""What no client should send to /mcp: told in the protocol's own shape, in bounded time."""

import asyncio
import json

import pytest
from django.utils import timezone

from chat.api import authorization
from chat.api.mcp import endpoint
from chat.api.mcp.sessions import sessions
from chat.testing.agent_client import call, request, send
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async

pytestmark = pytest.mark.django_db(transaction=True)
LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})


@pytest.fixture(autouse=True)
async def closed_sessions():
    yield
    await sessions.close()


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


async def test_an_unknown_tool_is_told_which_there_are(token):
    reply = await call("drop_tables", token)
    assert reply.result["isError"]
    assert "There is no tool drop_tables" in reply.text
    assert "ask_question" in reply.text


async def test_an_unknown_method_is_no_method(token):
    assert (await request("tools/destroy", token)).message["error"]["code"] == -32601


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("search_code", {}, "repository is missing"),
        ("search_code", {"repository": 7}, "no such repository"),
        ("search_code", {"repository": ["a"], "query": {"a": 1}}, "no such repository"),
        ("search_code", {"repository": {"owner": "a"}}, "must be a text"),
        ("read_file", {"repository": "{here}", "path": ["a", "b"]}, "path must be a text"),
        ("read_file", {"repository": "{here}", "path": "README.md", "start": "x"}, "whole number"),
        ("read_file", {"repository": "{here}", "depth": 3, "path": "README.md"}, "no argument"),
        ("ask_question", {"repoName": "{here}"}, "question is missing"),
        ("ask_question", {"repoName": ["a"] * 2_000, "question": "?"}, "at most"),
        ("ask_question", {"repoName": "{here}", "question": "?", "mode": "psychic"}, "one of"),
        ("ask_question", {"repoName": "{here}", "question": ["?", "?"]}, "must be a text"),
        ("list_repositories", {"cursor": "x" * 900}, "no list of yours"),
        ("read_wiki_contents", {"repoName": "{here}", "page": None}, "no wiki"),
    ],
)
async def test_wrong_arguments_say_what_is_wrong(token, repository, tool, arguments, words):
    sent = {
        name: repository.url if value == "{here}" else value for name, value in arguments.items()
    }
    reply = await call(tool, token, **sent)
    assert reply.result["isError"]
    assert words in reply.text


async def test_a_megabyte_of_arguments_is_told_to_be_too_much(token, repository):
    much = "a" * 1_000_000
    reply = await call("search_code", token, repository=repository.url, query=much)
    assert "characters" in reply.text
    reply = await call("search_code", token, repository=much, query="a")
    assert "characters" in reply.text
    reply = await call("ask_question", token, repoName=repository.url, question=much)
    assert "longer than" in reply.text
    reply = await call("search_code", token, repository=repository.url, **{much: 1})
    assert len(reply.text) < 2_000
    reply = await request("resources/read", token, uri="deepwiki://a/b/" + much)
    assert "error" in reply.message
    assert (await send(" " * 5_000_000, token)).status == 413


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", "7", "[" * 100_000, '{"jsonrpc": "2.0"}', b"\xff\xfe\x00"]
)
async def test_what_is_no_request_is_refused_with_words(token, body):
    reply = await send(body, token)
    assert reply.status == 400
    assert "error" in reply.message


async def test_arguments_that_are_no_object_are_refused(token):
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    reply = await send(json.dumps({**message, "params": {"name": "grep", "arguments": [1]}}), token)
    assert reply.message["error"]["code"] == -32602


async def test_only_post_is_answered(token, async_client):
    for method in ("get", "delete", "put"):
        reply = await send_with(method, token)
        assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


async def send_with(method, token):
    import httpx2

    from deepwiki.asgi import application

    transport = httpx2.ASGITransport(app=application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        headers = {"authorization": f"Bearer {token}"}
        return await client.request(method.upper(), "/mcp/", headers=headers)


async def test_a_page_of_another_origin_is_refused(token, settings):
    assert (await send(LIST, token, origin="https://evil.example")).status == 403
    assert (await send(LIST, token, origin="http://localhost")).status == 200
    settings.ALLOW_ANONYMOUS = True
    settings.ANONYMOUS_ORIGINS = ["https://friend.example"]
    assert (await send(LIST, origin="https://evil.example")).status == 403
    assert (await send(LIST, origin="https://friend.example")).status == 200
    assert (await send(LIST, host="evil.example")).status == 421


async def test_a_session_is_no_token(alice, client, settings):
    client.force_login(alice)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}"
    assert (await send(LIST, cookie=cookie, origin="http://localhost")).status == 401
    assert (await send(LIST, key)).status == 401


async def test_tokens_that_hold_no_more_are_refused(alice, token):
    assert (await send(LIST, token)).status == 200
    await in_thread(lambda: type(alice).objects.update(is_active=False))
    assert (await send(LIST, token)).status == 401
    await in_thread(lambda: type(alice).objects.update(is_active=True))
    await in_thread(lambda: ApiToken.objects.update(revoked_at=timezone.now()))
    assert (await send(LIST, token)).status == 401


async def test_many_unknown_tokens_are_too_many(settings, db):
    statuses = {(await send(LIST, f"dw_{number}")).status for number in range(40)}
    assert statuses == {401, 429}


async def test_a_person_has_so_many_requests_open(token, alice, settings):
    settings.SOCKETS_PER_USER = 1
    endpoint.open_requests[alice.pk] = 1
    reply = await send(LIST, token)
    endpoint.open_requests.clear()
    assert reply.status == 429
    assert reply.response.headers["retry-after"]
    assert (await send(LIST, token)).status == 200
    assert not endpoint.open_requests


async def test_questions_are_counted_as_everywhere(token, repository, settings):
    settings.REQUESTS_PER_MINUTE = 1
    settings.PROVIDER = "search-only"
    asked = {"repoName": repository.url, "question": "Where is apply_discount?"}
    assert not (await call("ask_question", token, **asked)).result["isError"]
    reply = await call("ask_question", token, **asked)
    assert reply.result["isError"]
    assert "Retry after" in reply.text


async def test_a_token_revoked_in_the_middle_ends_the_answer(
    token, repository, with_model, monkeypatch
):
    monkeypatch.setattr(authorization, "RECHECK_SECONDS", 0.05)
    with_model.default = "fake?tokens=3&hold=1"
    asking = asyncio.ensure_future(
        call("ask_question", token, repoName=repository.url, question="Why?", mode="quick")
    )
    await wait_until_async(lambda: with_model.requests)
    await in_thread(lambda: ApiToken.objects.update(revoked_at=timezone.now()))
    reply = await asking
    with_model.release()
    assert reply.result["isError"]
    assert "no longer valid" in reply.text


@pytest.mark.parametrize("headers", [{}, {"mcp-protocol-version": "2026-07-28"}])
async def test_a_list_of_very_many_lists_is_refused_before_it_is_parsed(token, headers):
    lists = ",".join(["[]"] * 200_000)
    body = (
        f'{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{"_meta":{{"a":[{lists}]}}}}}}'
    )
    reply = await send(body, token, **headers)
    assert reply.status == 413
