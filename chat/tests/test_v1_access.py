"""What no client should send to /v1, and what nobody may read there: told in OpenAI's shape."""

import asyncio
import json
import uuid

import pytest
from django.test import AsyncClient
from django.utils import timezone

from chat.api import authorization
from chat.models import Message
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async
from repos.models import IndexJob, Repository

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = [{"role": "user", "content": "How is the discount computed?"}]
MODEL = "deepwiki/shop/pocket"
DOORS = {"/v1/chat/completions": "messages", "/v1/responses": "input"}


@pytest.fixture
def tokens(people):
    return {"stranger": "", **{name: ApiToken.issue(user)[1] for name, user in people.items()}}


@pytest.fixture
def token(tokens):
    return tokens["alice"]


@pytest.fixture
def pocket(public_repository, settings):
    settings.PROVIDER = "search-only"
    Repository.objects.update(name="shop/pocket")
    return public_repository


@pytest.fixture
def private(pocket, people, settings):
    settings.ALLOW_ANONYMOUS = True
    Repository.objects.update(is_private=True, added_by=people["alice"])
    return pocket


async def post(path, token="", body=None, raw=None, **headers):
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = json.dumps(body) if raw is None else raw
    client = AsyncClient()
    response = await client.post(path, data=data, content_type="application/json", headers=headers)
    if response.streaming:
        return response, b"".join([part async for part in response.streaming_content]).decode()
    return response, response.content.decode()


async def get(path, token="", **headers):
    if token:
        headers["authorization"] = f"Bearer {token}"
    response = await AsyncClient().get(path, headers=headers)
    return response, response.content.decode()


def asking(path, model=MODEL, **extra):
    return {"model": model, DOORS[path]: ASKED, **extra}


def error_of(text):
    error = json.loads(text)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error


@pytest.mark.parametrize("person", ["stranger", "bob", "carol"])
async def test_nothing_of_a_private_repository_is_told(private, tokens, person):
    token = tokens[person]
    _, listed = await get("/v1/models", token)
    assert json.loads(listed)["data"] == []
    missing, _ = await get("/v1/models/deepwiki/shop/nothing", token)
    for name in (MODEL, f"deepwiki/{private.pk}", "deepwiki/https://github.com/shop/pocket"):
        response, text = await get(f"/v1/models/{name}", token)
        assert response.status_code == missing.status_code == 404
        assert "apply_discount" not in text
    for path in DOORS:
        response, text = await post(path, token, asking(path, f"deepwiki/{private.pk}"))
        assert response.status_code in (400, 404)
        assert "apply_discount" not in text
        response, text = await post(
            path, token, asking(path, repository=str(private.pk), model="deepwiki")
        )
        assert response.status_code in (400, 404)
    own, _ = await get(f"/v1/models/{MODEL}", tokens["alice"])
    assert own.status_code == 200


@pytest.mark.parametrize("path", DOORS)
async def test_whoever_has_no_valid_token_is_refused(
    pocket, people, tokens, path, settings, client
):
    response, text = await post(path, "", asking(path))
    assert response.status_code == 401
    assert error_of(text)["code"] == "invalid_api_key"
    assert response["WWW-Authenticate"] == "Bearer"
    client.force_login(people["alice"])
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}"
    origin = "http://testserver"
    for headers in ({"cookie": cookie, "origin": origin}, {"authorization": f"Bearer {key}"}):
        response, text = await post(path, "", asking(path), **headers)
        assert response.status_code == 401
    response, text = await post(path, tokens["alice"], asking(path), origin="https://evil.example")
    assert response.status_code == 403
    assert error_of(text)["type"] == "permission_error"
    await in_thread(
        lambda: type(people["bob"]).objects.filter(username="bob").update(is_active=False)
    )
    response, _ = await post(path, tokens["bob"], asking(path))
    assert response.status_code == 401
    await in_thread(lambda: ApiToken.objects.update(revoked_at=timezone.now()))
    response, _ = await post(path, tokens["alice"], asking(path))
    assert response.status_code == 401
    assert not await in_thread(Message.objects.exists)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 404, "no model"),
        ({"model": "gpt-5", "messages": ASKED}, 404, "no model gpt-5"),
        ({"model": "gpt-5", "messages": ASKED, "repository": "shop/pocket"}, 404, "no model"),
        ({"model": 7, "messages": ASKED}, 400, "model must be text"),
        ({"model": ["a"], "messages": ASKED}, 400, "model must be text"),
        ({"model": "deepwiki", "messages": ASKED}, 400, "Name a repository"),
        (
            {"model": "deepwiki", "messages": ASKED, "repository": {}},
            400,
            "repository must be text",
        ),
        ({"model": MODEL}, 400, "No messages"),
        ({"model": MODEL, "messages": "hi"}, 400, "must be a list"),
        ({"model": MODEL, "messages": [7]}, 400, "number 1"),
        ({"model": MODEL, "messages": [{"role": "tool", "content": "x"}]}, 400, "unknown role"),
        ({"model": MODEL, "messages": [{"role": ["user"], "content": "x"}]}, 400, "number 1"),
        ({"model": MODEL, "messages": [{"role": "user", "content": {"a": 1}}]}, 400, "number 1"),
        (
            {"model": MODEL, "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            400,
            "other than text",
        ),
        ({"model": MODEL, "messages": ASKED, "n": 2}, 400, "n is not supported"),
        ({"model": MODEL, "messages": ASKED, "language": 7}, 400, "language"),
        ({"model": "deepwiki/" + "a" * 5_000, "messages": ASKED}, 400, "longer than"),
    ],
)
async def test_a_wrong_completion_says_what_is_wrong(pocket, token, body, status, words):
    response, text = await post("/v1/chat/completions", token, body)
    assert (response.status_code, words in error_of(text)["message"]) == (status, True), text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"model": MODEL, "input": 7}, "input"),
        ({"model": MODEL}, "No messages"),
        (
            {"model": MODEL, "input": ASKED, "previous_response_id": "resp_1"},
            "previous_response_id",
        ),
        ({"model": MODEL, "input": ASKED, "background": True}, "background"),
        ({"model": MODEL, "input": [{"type": "item_reference", "id": "x"}]}, "number 1"),
    ],
)
async def test_a_wrong_response_says_what_is_wrong(pocket, token, body, words):
    response, text = await post("/v1/responses", token, body)
    assert response.status_code == 400
    assert words in error_of(text)["message"]


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("raw", ["", "{", "[]", "[" * 100_000, b"\xff\xfe\x00"])
async def test_what_is_no_object_is_refused(pocket, token, path, raw):
    response, text = await post(path, token, raw=raw)
    assert response.status_code == 400
    assert error_of(text)["type"] == "invalid_request_error"


@pytest.mark.parametrize("path", DOORS)
async def test_too_much_is_refused(pocket, token, path):
    much = [{"role": "user", "content": "a" * 1_000_000}]
    response, text = await post(path, token, {"model": MODEL, DOORS[path]: much})
    assert response.status_code == 413
    assert "longer than" in error_of(text)["message"]
    response, _ = await post(path, token, raw=" " * 5_000_000)
    assert response.status_code == 413


async def test_what_else_openai_has_is_not_here(token):
    for path in ("/v1/embeddings", "/v1/files/x", "/v1/"):
        response, text = await post(path, token, {})
        assert response.status_code == 404
    response, text = await get("/v1/chat/completions", token)
    assert response.status_code == 400
    assert "POST" in error_of(text)["message"]


@pytest.mark.parametrize("path", DOORS)
async def test_questions_are_counted_as_everywhere(pocket, token, path, settings):
    settings.REQUESTS_PER_MINUTE = 1
    response, text = await post(path, token, asking(path))
    assert response.status_code == 200, text
    response, text = await post(path, token, asking(path))
    assert response.status_code == 429
    assert error_of(text)["type"] == "rate_limit_error"
    assert int(response["Retry-After"]) > 0


async def test_a_stranger_asks_about_public_hosts_where_strangers_are_let_in(pocket, settings):
    settings.ALLOW_ANONYMOUS = True
    path = "/v1/chat/completions"
    response, text = await post(path, "", asking(path))
    assert response.status_code == 200
    assert "apply_discount" in text
    assert not await in_thread(Message.objects.exists)


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("is_streamed", [False, True])
async def test_a_token_revoked_in_the_middle_ends_the_answer(
    public_repository, token, with_model, monkeypatch, path, is_streamed
):
    monkeypatch.setattr(authorization, "RECHECK_SECONDS", 0.05)
    with_model.default = "fake?tokens=3&hold=1"
    body = asking(path, f"deepwiki/{public_repository.pk}", stream=is_streamed)
    asked = asyncio.ensure_future(post(path, token, body))
    await wait_until_async(lambda: with_model.requests)
    await in_thread(lambda: ApiToken.objects.update(revoked_at=timezone.now()))
    response, text = await asked
    with_model.release()
    assert "no longer valid" in text
    assert response.status_code == (200 if is_streamed else 401)


async def test_a_repository_that_is_not_known_is_added_as_everywhere(token, settings):
    settings.PROVIDER = "search-only"
    settings.INDEX_WAIT_SECONDS = 0.2
    path = "/v1/chat/completions"
    await post(path, token, asking(path, f"deepwiki/nobody/{uuid.uuid4().hex[:12]}"))
    job = await in_thread(lambda: IndexJob.objects.select_related("repository").get())
    assert job.repository.url.startswith("https://github.com/nobody/")
