"""Asking, stopping and attaching: what each kind of person gets for each kind of repository.

The same table for the plain and the events socket and for both HTTP paths. Routes of pages are
in deepwiki/tests/test_access_matrix.py.
"""

import json
import uuid

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import AsyncClient

from chat.models import Message
from chat.tests.test_endpoints import over_http, over_socket, settled
from deepwiki.accounts.models import ApiToken
from deepwiki.asgi import application
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.fixtures import write_files
from repos.models import Repository

pytestmark = pytest.mark.django_db(transaction=True)
EVERYBODY = {"stranger", "owner", "reader", "member", "person", "boss"}
SIGNED_IN = EVERYBODY - {"stranger"}
GIVEN = {"owner", "reader", "member"}
MAY_ASK = {
    "of a public host": EVERYBODY,
    "folder": SIGNED_IN,
    "of an allowed host": SIGNED_IN,
    "private": GIVEN,
    "private folder": GIVEN,
}
SUBPROTOCOL = "deepwiki.events.v1"


@pytest.fixture
def tokens(people, django_user_model):
    """An API token of each kind of person; none of a stranger."""
    names = {"owner": people["alice"], "person": people["bob"], "boss": people["carol"]}
    for name in ("reader", "member"):
        names[name] = django_user_model.objects.create(username=name)
    Group.objects.create(name="team").user_set.add(names["member"])
    return {name: ApiToken.issue(user)[1] for name, user in names.items()} | {"stranger": ""}


@pytest.fixture
def addresses(tokens, index_folder, tmp_path, people, settings, django_user_model):
    """An indexed repository of each kind, by its address."""
    settings.ALLOW_ANONYMOUS, settings.REQUESTS_PER_MINUTE = True, 1_000
    settings.SOCKETS_PER_USER = settings.RUNS_PER_USER = 1_000
    settings.CLONE_ALLOW = ["git.internal.example"]
    cache.clear()
    settings.INDEX_WAIT_SECONDS = 0
    found = {}
    remote = {
        "of a public host": "https://github.com/shop/pocket",
        "of an allowed host": "https://git.internal.example/shop/pocket",
        "private": "https://github.com/shop/secret",
    }
    for number, kind in enumerate(MAY_ASK):
        folder = tmp_path / str(number)
        write_files(folder, {"zebra.py": "def zebra():\n    return 1\n"})
        is_private = kind.startswith("private")
        owner = people["alice"].pk if is_private else None
        repository = index_folder(folder, owner_id=owner, private=is_private)
        if is_private:
            repository.readers.add(django_user_model.objects.get(username="reader"))
            repository.reader_groups.add(Group.objects.get())
        if kind in remote:
            repository.kind, repository.url = "git", remote[kind]
            repository.host_is_public = kind == "of a public host"
            repository.save()
        found[kind] = repository.url
    return found


def ask(kind, addresses, **extra):
    return {
        "repo_url": addresses[kind],
        "type": "local" if "folder" in kind else "git",
        "messages": [{"role": "user", "content": "What does zebra return?"}],
        "provider": "search-only",
        **extra,
    }


async def events_socket(token):
    """An open events socket of the token's person, or a stranger's."""
    headers = [(b"host", b"localhost")]
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    socket = WebsocketCommunicator(application, "/ws/chat", headers, [SUBPROTOCOL])
    assert (await socket.connect(timeout=10))[0]
    return socket


async def over_events(request, token):
    """The text of the answer or of the error, over an events socket."""
    socket = await events_socket(token)
    try:
        return await _exchange(socket, {"event": "ask", **request})
    finally:
        await socket.disconnect()


async def _exchange(socket, message):
    """Send a message; the texts of its events up to the last one."""
    await socket.send_to(text_data=json.dumps(message))
    texts = []
    while True:
        event = json.loads(await socket.receive_from(timeout=20))
        if event["event"] in ("delta", "error"):
            texts.append(event.get("text") or event["message"])
        if event["event"] in ("done", "error", "pong"):
            return "".join(texts)


async def over_plain_socket(request, token):
    return (await over_socket(request, token)).text


async def over_stream(request, token):
    reply = await over_http(request, token)
    return reply.text + reply.detail


ENDPOINTS = {"plain": over_plain_socket, "events": over_events, "http": over_stream}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_who_may_read_a_repository_is_answered_and_others_hear_of_none(
    addresses, tokens, endpoint
):
    send, wrong = ENDPOINTS[endpoint], []
    for kind, readers in MAY_ASK.items():
        for person, token in tokens.items():
            request = ask(kind, addresses)
            text = await send(request, token)
            if ("zebra.py" in text) != (person in readers):
                wrong.append((kind, person, text[:80]))
            missing = {**request, "repo_url": f"{request['repo_url']}-missing"}
            if person not in readers and text != await send(missing, token):
                wrong.append((kind, person, "other words than for none", text[:80]))
    assert not wrong


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_an_id_opens_no_more_than_the_address(addresses, tokens, endpoint):
    """The ids of a repository and of a conversation, sent by somebody else."""
    rows = await in_thread(
        lambda: {row.url: row.pk for row in Repository.objects.filter(current_index__isnull=False)}
    )
    request = ask("private", addresses, repository=str(rows[addresses["private"]]))
    assert "zebra.py" in await ENDPOINTS[endpoint](request, tokens["owner"])
    conversation = (await settled())[0].conversation_id
    wrong = []
    for kind in ("folder", "of an allowed host", "private", "private folder"):
        for person in EVERYBODY - MAY_ASK[kind]:
            by_id = ask("of a public host", addresses, repository=str(rows[addresses[kind]]))
            text = await ENDPOINTS[endpoint](by_id, tokens[person])
            if "no such repository" not in text:
                wrong.append((kind, person, text[:80]))
    for person in EVERYBODY - {"owner", "stranger"}:
        into = ask("of a public host", addresses, conversation=str(conversation))
        if "no such conversation" not in await ENDPOINTS[endpoint](into, tokens[person]):
            wrong.append(("conversation", person))
    assert not wrong


async def test_a_run_is_attached_to_and_stopped_by_its_person_alone(addresses, tokens):
    await over_events(ask("folder", addresses), tokens["owner"])
    run = (await settled())[1].run_id
    wrong = []
    for person, token in tokens.items():
        for socket_message in ({"event": "attach", "run": str(run)}, {"event": "ping"}):
            text = await over_events(socket_message, token)
            is_told = "zebra.py" in text
            if is_told != (person == "owner" and socket_message["event"] == "attach"):
                wrong.append((person, socket_message["event"], text[:80]))
        headers = {"authorization": f"Bearer {token}"} if token else {}
        events = await AsyncClient().get(f"/api/runs/{run}/events", headers=headers)
        stop = await AsyncClient().post(f"/api/runs/{run}/stop", headers=headers)
        expected = (200, 204) if person == "owner" else (404, 204)
        if (events.status_code, stop.status_code) != expected:
            wrong.append((person, events.status_code, stop.status_code))
    assert not wrong
    assert await in_thread(Message.objects.filter(stop_requested=True).count) == 0


async def test_a_running_answer_is_stopped_over_a_socket_by_its_person_alone(
    addresses, tokens, with_model
):
    asking = await events_socket(tokens["owner"])
    question = ask("folder", addresses, provider="openai", model="fake?tokens=5&hold=1")
    await asking.send_to(text_data=json.dumps({"event": "ask", **question}))
    run = (await event_of(asking, "accepted"))["run"]
    await event_of(asking, "delta")
    stop = {"event": "stop", "run": run}
    for person in sorted(EVERYBODY - {"owner"}):
        await stopped(tokens[person], stop)
        assert not await in_thread(Message.objects.filter(stop_requested=True).exists), person
    await stopped(tokens["owner"], stop)
    assert (await event_of(asking, "done"))["state"] == "stopped"
    await asking.disconnect()


async def stopped(token, message):
    """Send a stop on a socket of one's own and wait until it was taken."""
    socket = await events_socket(token)
    await socket.send_to(text_data=json.dumps(message))
    await socket.send_to(text_data=json.dumps({"event": "ping"}))
    await event_of(socket, "pong")
    await socket.disconnect()


async def event_of(socket, name):
    while True:
        event = json.loads(await socket.receive_from(timeout=20))
        if event["event"] == name:
            return event


@pytest.mark.parametrize("strangers_enter", [False, True])
async def test_without_credentials_programs_get_json_at_every_door(settings, strangers_enter):
    settings.ALLOW_ANONYMOUS = strangers_enter
    run = uuid.uuid4()
    client, headers = AsyncClient(), {"accept": "application/json"}
    for method, path, status in (
        ("post", "/chat/completions/stream", 400),
        ("post", "/api/chat/stream", 400),
        ("get", f"/api/runs/{run}/events", 404),
        ("post", f"/api/runs/{run}/stop", 204),
    ):
        body = {"data": "{}", "content_type": "application/json"} if method == "post" else {}
        reply = await getattr(client, method)(path, headers=headers, **body)
        assert reply.status_code == (status if strangers_enter else 401), path
        assert reply.status_code == 204 or json.loads(reply.content)["detail"], path
    for method, path, status in (
        ("get", "/api/wiki_cache?owner=a", 400 if strangers_enter else 401),
        ("get", "/api/nothing", 404),
        ("get", "/chat/completions/stream", 405),
        ("post", f"/webhooks/{run}", 404),
        ("get", "/local_repo/structure?path=/etc", 401),
        ("get", "/metrics", 404),
        ("get", "/", 401),
        ("get", "/admin/", 401),
    ):
        reply = await getattr(client, method)(path, headers=headers)
        assert (reply.status_code, bool(json.loads(reply.content)["detail"])) == (status, True), (
            path
        )
