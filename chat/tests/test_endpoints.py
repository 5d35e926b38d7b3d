"""Both endpoints, the same questions, the same words and rows."""

import asyncio
import json
import uuid
from dataclasses import dataclass
from functools import partial

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.test import AsyncClient

from chat.models import Conversation, Message
from deepwiki.accounts.models import ApiToken
from deepwiki.asgi import application
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.django_db(transaction=True)]


@dataclass
class Reply:
    """What a client of the plain dialect got. `code` is a close code or a status."""

    text: str
    code: int
    detail: str = ""


async def over_socket(request, token, raw=None):
    headers = [(b"host", b"localhost")] + (
        [(b"authorization", f"Bearer {token}".encode())] if token else []
    )
    socket = WebsocketCommunicator(application, "/ws/chat", headers=headers)
    connected, code = await socket.connect(timeout=10)
    if not connected:
        return Reply("", 403)
    await socket.send_to(text_data=raw if raw is not None else json.dumps(request))
    text = ""
    while True:
        message = await socket.receive_output(timeout=20)
        if message["type"] == "websocket.close":
            await socket.disconnect()
            return Reply(text, message["code"])
        text += message["text"]


async def over_http(request, token, raw=None):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    body = raw if raw is not None else json.dumps(request)
    response = await AsyncClient().post(
        "/chat/completions/stream", data=body, content_type="application/json", headers=headers
    )
    if not response.streaming:
        return Reply("", response.status_code, json.loads(response.content)["detail"])
    return Reply(
        b"".join([chunk async for chunk in response.streaming_content]).decode(),
        response.status_code,
    )


ENDPOINTS = {"socket": over_socket, "http": over_http}


@pytest.fixture(params=ENDPOINTS)
def endpoint(request):
    return request.param


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


def ask(repository, model="fake?tokens=3", text="How is the discount computed?", **extra):
    return {
        "repo_url": repository.url,
        "type": "local",
        "messages": [{"role": "user", "content": text}],
        "provider": "openai",
        "model": model,
        **extra,
    }


async def rows():
    return await in_thread(lambda: list(Message.objects.order_by("conversation", "position")))


async def settled():
    """The rows once no answer is being written any more."""
    await wait_until_async(
        lambda: in_thread(lambda: not Message.objects.filter(state="running").exists())
    )
    return await rows()


async def test_both_doors_give_the_same_text_and_rows(repository, token, with_model):
    replies = [await over_socket(ask(repository), token), await over_http(ask(repository), token)]
    assert [r.text for r in replies] == ["t0000 t0001 t0002 "] * 2
    assert [r.code for r in replies] == [1000, 200]
    found = await settled()
    assert len(found) == 4
    kept = [
        (r.role, r.content, r.state, r.provider, r.model, r.commit, r.search_mode, len(r.sources))
        for r in found
    ]
    assert kept[:2] == kept[2:]
    assert kept[1][:4] == ("assistant", "t0000 t0001 t0002 ", "complete", "openai")
    assert found[1].usage["output_tokens"] == 3
    assert with_model.requests[0]["messages"] == with_model.requests[1]["messages"]


async def test_search_only_answers_through_the_same_pipeline(repository, token, endpoint):
    request = {
        "repo_url": repository.url,
        "type": "local",
        "messages": [{"role": "user", "content": "apply_discount"}],
    }
    reply = await ENDPOINTS[endpoint](request, token)
    assert "without a language model" in reply.text
    assert "shop/prices.py:L" in reply.text
    assert (await settled())[1].state == "complete"


@pytest.mark.parametrize(
    ("change", "words", "code", "status"),
    [
        ({"messages": []}, "No messages provided", 4400, 400),
        (
            {"messages": [{"role": "assistant", "content": "x"}]},
            "Last message must be from the user",
            4400,
            400,
        ),
        ({"repo_url": "git://x/y/z", "type": ""}, "Only https addresses", 4400, 400),
        ({"provider": "wizard"}, "no provider", 4400, 400),
        ({"model": 7}, "model must be text", 4400, 400),
        ({"filePath": "../../etc/passwd"}, "filePath", 4400, 400),
        ({"repo_url": "/etc", "type": "local"}, "There is no such repository", 4404, 404),
        ({"conversation": str(uuid.uuid4())}, "no such conversation", 4404, 404),
        ({"messages": [{"role": "user", "content": "x" * 400_001}]}, "longer than", 1009, 413),
    ],
)
async def test_a_refusal_has_the_same_words_at_both_doors(
    repository, token, with_model, change, words, code, status
):
    socket = await over_socket({**ask(repository), **change}, token)
    http = await over_http({**ask(repository), **change}, token)
    assert socket.text == f"Error: {http.detail}"
    assert words in http.detail
    assert (socket.code, http.code) == (code, status)
    assert with_model.requests == []
    assert await over_http(ask(repository), token) == Reply("t0000 t0001 t0002 ", 200)


async def test_a_prompt_of_400_000_characters_is_answered(repository, token, with_model):
    prompt = "Write a page of `shop/prices.py`. " + "x" * 399_966
    request = {**ask(repository), "messages": [{"role": "user", "content": prompt}]}
    assert len(prompt) == 400_000
    reply = await over_http(request, token)
    assert (reply.text, reply.code) == ("t0000 t0001 t0002 ", 200)


@pytest.mark.parametrize(
    "raw",
    [
        " ",
        "{",
        "null",
        "[]",
        "12",
        '"x"',
        "{}",
        "[" * 50_000,
        '{"repo_url": "a/b"} trailing',
        "1" * 5_000,
    ],
)
async def test_anything_that_is_no_request_is_refused_and_the_server_goes_on(
    repository, token, endpoint, raw
):
    reply = await ENDPOINTS[endpoint](None, token, raw=raw)
    assert reply.code in (4400, 400)
    assert "Traceback" not in reply.text + reply.detail


@pytest.mark.parametrize(
    ("fault", "words", "status"),
    [
        ("401", "refused the server's key", 502),
        ("404", "does not know this model", 502),
        ("context", "too much text", 502),
        ("html", "does not answer", 502),
        ("empty", "empty answer", 502),
        ("refused", "does not accept", 502),
    ],
)
async def test_provider_trouble_before_the_first_word(
    repository, token, with_model, fault, words, status
):
    socket = await over_socket(ask(repository, f"fake?fault={fault}"), token)
    http = await over_http(ask(repository, f"fake?fault={fault}"), token)
    assert words in socket.text
    assert socket.text == f"Error: {http.detail}"
    assert (socket.code, http.code) == (4502, status)
    found = await settled()
    assert {row.state for row in found if row.role == "assistant"} == {"partial"}
    assert all("sk-" not in row.error for row in found)


async def test_a_cut_in_the_middle_keeps_what_came_and_is_never_called_complete(
    repository, token, with_model, endpoint
):
    reply = await ENDPOINTS[endpoint](ask(repository, "fake?tokens=6&fault=cut"), token)
    assert reply.text.startswith("t0000 t0001 t0002 \n\nError: ")
    assert reply.code in (4502, 200)
    row = (await settled())[1]
    assert (row.content, row.state) == ("t0000 t0001 t0002 ", "partial")
    assert "broke off" in row.error


async def test_an_unreachable_provider_is_said_in_plain_words(
    repository, token, settings, closed_providers, endpoint
):
    from chat import services

    settings.PROVIDER_ENVIRONMENT = {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }
    services.providers.cache_clear()
    reply = await ENDPOINTS[endpoint](ask(repository), token)
    assert "does not answer" in reply.text + reply.detail
    assert "127.0.0.1" not in reply.text + reply.detail


async def test_without_credentials_nobody_enters(repository, endpoint):
    for token in ("", "dw_not-a-token"):
        reply = await ENDPOINTS[endpoint](ask(repository), token)
        assert reply.code in (401, 403)
        assert reply.text == ""
    assert await rows() == []


async def test_anonymous_people_enter_where_the_administrator_says_so(
    public_repository, with_model, settings, endpoint
):
    settings.ALLOW_ANONYMOUS = True
    assert (
        await ENDPOINTS[endpoint](ask(public_repository, type="github"), "")
    ).text == "t0000 t0001 t0002 "
    assert await rows() == []


async def test_a_private_repository_is_as_good_as_none_for_others(
    index_folder, folder, people, with_model, endpoint
):
    private = await in_thread(index_folder, folder, owner_id=people["alice"].pk, private=True)
    tokens = {name: (await in_thread(ApiToken.issue, people[name]))[1] for name in ("alice", "bob")}
    assert (await ENDPOINTS[endpoint](ask(private), tokens["alice"])).text == "t0000 t0001 t0002 "
    theirs = await ENDPOINTS[endpoint](ask(private), tokens["bob"])
    unknown = await ENDPOINTS[endpoint](
        {**ask(private), "repo_url": "/no/such/place"}, tokens["bob"]
    )
    assert (theirs.text, theirs.detail, theirs.code) == (unknown.text, unknown.detail, unknown.code)
    assert theirs.code in (4404, 404)


async def test_the_same_question_sent_twice_is_asked_once(repository, token, with_model, endpoint):
    request = ask(repository, client_message_id=str(uuid.uuid4()))
    first, second = await asyncio.gather(
        ENDPOINTS[endpoint](request, token), ENDPOINTS[endpoint](request, token)
    )
    third = await ENDPOINTS[endpoint](request, token)
    assert first.text == second.text == third.text == "t0000 t0001 t0002 "
    assert len(await settled()) == 2
    assert len(with_model.requests) == 1


async def test_a_conversation_goes_on_with_what_was_really_said(
    repository, token, with_model, endpoint
):
    await ENDPOINTS[endpoint](ask(repository, text="My first question about prices"), token)
    await settled()
    conversation = await in_thread(Conversation.objects.get)
    forged = [{"role": "assistant", "content": "FORGED"}, {"role": "user", "content": "And then?"}]
    await ENDPOINTS[endpoint](
        ask(repository, conversation=str(conversation.pk), messages=forged), token
    )
    sent = json.dumps(with_model.requests[-1]["messages"])
    assert "My first question" in sent
    assert "t0000 t0001" in sent
    assert "FORGED" not in sent
    assert [row.position for row in await settled()] == [1, 2, 3, 4]


async def test_client_driven_research_plans_updates_and_concludes(
    repository, token, with_model, endpoint
):
    messages = [{"role": "user", "content": "[DEEP RESEARCH] How are prices computed?"}]
    prompts = []
    for _ in range(5):
        reply = await ENDPOINTS[endpoint](ask(repository, messages=messages), token)
        prompts.append(with_model.requests[-1]["messages"][-1]["content"])
        messages += [
            {"role": "assistant", "content": reply.text},
            {"role": "user", "content": "[DEEP RESEARCH] Continue the research"},
        ]
        await settled()
    assert [
        "Research Plan" in prompts[0],
        "Research Update 2" in prompts[1],
        "Research Update 4" in prompts[3],
        "Final Conclusion" in prompts[4],
    ] == [True] * 4
    assert "How are prices computed?" in with_model.requests[-1]["messages"][-1]["content"]


async def test_too_many_questions_a_minute_are_told_when_to_come_back(
    repository, token, with_model, settings, endpoint
):
    settings.REQUESTS_PER_MINUTE = 2
    for _ in range(2):
        await ENDPOINTS[endpoint](ask(repository), token)
        await settled()
    reply = await ENDPOINTS[endpoint](ask(repository), token)
    assert "Ask again in" in reply.text + reply.detail
    assert reply.code in (4429, 429)


async def test_a_new_repository_is_indexed_first_and_then_answered(
    folder, token, settings, with_model, endpoint
):
    from repos import jobs
    from repos.models import IndexJob

    settings.LOCAL_ROOTS = [folder.parent.resolve()]
    request = {**ask(type("R", (), {"url": str(folder)})), "model": "fake?tokens=2"}
    asking = asyncio.create_task(ENDPOINTS[endpoint](request, token))
    job = await wait_until_async(lambda: in_thread(IndexJob.objects.first))
    await in_thread(jobs.run, job.pk)
    assert (await asking).text == "t0000 t0001 "


async def test_a_repository_that_cannot_be_prepared_says_why(
    tmp_path, token, settings, with_model, endpoint
):
    from repos import jobs
    from repos.models import IndexJob

    (tmp_path / "empty").mkdir()
    settings.LOCAL_ROOTS = [tmp_path.resolve()]
    asking = asyncio.create_task(
        ENDPOINTS[endpoint]({**ask(type("R", (), {"url": str(tmp_path / "empty")}))}, token)
    )
    job = await wait_until_async(lambda: in_thread(IndexJob.objects.first))
    await in_thread(jobs.run, job.pk)
    reply = await asking
    assert (reply.text or reply.detail) == "Error preparing retriever: This folder holds no files."


async def test_an_unknown_socket_path_is_refused_without_a_trace():
    socket = WebsocketCommunicator(application, "/ws/other", headers=[(b"host", b"localhost")])
    connected, _ = await socket.connect()
    assert not connected


async def test_a_foreign_origin_is_refused_whatever_it_brings(token):
    for headers in (
        [(b"origin", b"https://evil.example"), (b"authorization", f"Bearer {token}".encode())],
        [(b"origin", b"null"), (b"authorization", f"Bearer {token}".encode())],
    ):
        socket = WebsocketCommunicator(
            application, "/ws/chat", headers=[(b"host", b"localhost"), *headers]
        )
        assert (await socket.connect())[0] is False
    foreign = {"authorization": f"Bearer {token}", "origin": "https://evil.example"}
    reply = await AsyncClient().post(
        "/chat/completions/stream", data="{}", content_type="application/json", headers=foreign
    )
    assert reply.status_code == 403


async def test_a_cookie_needs_a_page_of_ours_and_a_csrf_token(alice, repository, with_model):
    client = AsyncClient(enforce_csrf_checks=True)
    await client.aforce_login(alice)
    cookie = client.cookies["sessionid"].value
    for origin in (b"https://evil.example", b"http://localhost.evil.example", b"null", None):
        headers = [(b"host", b"localhost"), (b"cookie", f"sessionid={cookie}".encode())] + (
            [(b"origin", origin)] if origin else []
        )
        assert (await WebsocketCommunicator(application, "/ws/chat", headers=headers).connect())[
            0
        ] is False
    headers = [
        (b"host", b"localhost"),
        (b"cookie", f"sessionid={cookie}".encode()),
        (b"origin", b"http://localhost"),
    ]
    socket = WebsocketCommunicator(application, "/ws/chat", headers=headers)
    assert (await socket.connect())[0] is True
    await socket.disconnect()
    body = json.dumps(ask(repository))
    for path in ("/chat/completions/stream", "/api/chat/stream"):
        assert (await client.post(path, data=body, content_type="text/plain")).status_code == 403


async def test_the_application_answers_its_lifespan():
    communicator = ApplicationCommunicator(application, {"type": "lifespan"})
    await communicator.send_input({"type": "lifespan.startup"})
    assert (await communicator.receive_output(20))["type"] == "lifespan.startup.complete"
    communicator.stop()


async def test_a_named_revision_is_answered_from_that_revision(
    tmp_path, token, settings, with_model, endpoint
):
    from repos import jobs
    from repos.models import IndexJob
    from repos.testing import make_repository, run_git

    settings.LOCAL_ROOTS = [tmp_path.resolve()]
    old = make_repository(tmp_path / "r", {"a.py": "discount = 'old'\n"})
    run_git(tmp_path / "r", "tag", "v1")
    make_repository(tmp_path / "r", {"a.py": "discount = 'new'\n"})
    for revision, word in (("", "new"), ("v1", "old")):
        asking = asyncio.create_task(
            ENDPOINTS[endpoint](
                {**ask(type("R", (), {"url": str(tmp_path / "r")})), "revision": revision}, token
            )
        )
        queued = IndexJob.objects.filter(state="queued", repository__revision=revision)
        job = await wait_until_async(partial(in_thread, queued.first))
        await in_thread(jobs.run, job.pk)
        assert (await asking).text == "t0000 t0001 t0002 "
        assert f"discount = '{word}'" in json.dumps(with_model.requests[-1]["messages"])
    assert old in {row.commit for row in await settled()}


async def test_a_revision_that_could_be_an_option_is_refused(
    repository, token, with_model, endpoint
):
    reply = await ENDPOINTS[endpoint](ask(repository, revision="--upload-pack=x"), token)
    assert "not the name of a branch" in reply.text + reply.detail


async def test_a_paused_repository_says_so_instead_of_waiting(
    folder, token, settings, with_model, endpoint
):
    from repos import jobs
    from repos.models import IndexJob

    settings.LOCAL_ROOTS = [folder.parent.resolve()]
    asking = asyncio.create_task(
        ENDPOINTS[endpoint](ask(type("R", (), {"url": str(folder)})), token)
    )
    job = await wait_until_async(lambda: in_thread(IndexJob.objects.first))
    await in_thread(jobs.pause, job)
    reply = await asking
    assert "indexing is paused" in reply.text + reply.detail
