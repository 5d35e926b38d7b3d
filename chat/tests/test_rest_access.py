"""Each operation of the REST interface for each person: nothing of what they may not see."""

import re
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from chat.api.rest.interface import interface
from chat.models import Conversation, Message
from chat.testing.rest_client import RestClient
from deepwiki.accounts.models import ApiToken, TokenScope
from deepwiki.wiki.tests.wikis import make_wiki
from repos.models import IndexJob, Repository

pytestmark = pytest.mark.django_db(transaction=True)
PATHS = interface.get_openapi_schema()["paths"]
OPERATIONS = {
    operation["operationId"]: (method.upper(), path.removeprefix("/api/v1/"))
    for path, methods in PATHS.items()
    for method, operation in methods.items()
}
ANSWER = {"rating": 1}
QUERIES = {
    "get_file": {"path": "README.md"},
    "find_paths": {"query": "prices"},
    "search": {"query": "discount"},
    "search_lines": {"pattern": "discount"},
    "get_outline": {"path": "shop/prices.py"},
    "find_definitions": {"name": "apply_discount"},
    "find_references": {"name": "apply_discount"},
}
QUESTION = {"question": "How is the discount computed?"}
BODIES = {
    "ask_question": QUESTION,
    "ask_further_question": QUESTION,
    "refresh_repository": {},
    "change_conversation": {"title": "Other"},
    "rate_answer": ANSWER,
    "add_repository": {"address": "https://github.com/shop/pocket"},
}
# Whom an operation answers, and how: readers of a repository, one's own, its managers alone.
READERS = {
    "get_repository": 200,
    "refresh_repository": 202,
    "get_job": 200,
    "list_files": 200,
    "get_file": 200,
    "find_paths": 200,
    "search": 200,
    "search_lines": 200,
    "get_outline": 200,
    "find_definitions": 200,
    "find_references": 200,
    "ask_question": 200,
    "get_wiki": 200,
    "get_wiki_page": 200,
}
OWN = {
    "get_conversation": 200,
    "change_conversation": 200,
    "list_messages": 200,
    "get_message": 200,
    "rate_answer": 200,
    "remove_rating": 204,
    "ask_further_question": 200,
    "delete_conversation": 204,
}
MANAGERS = {
    "pause_job": 200,
    "resume_job": 200,
    "cancel_job": 200,
    "build_wiki": 202,
    "remove_repository": 204,
}
NAMED = {**READERS, **OWN, **MANAGERS}  # those that take others with them come last
LISTS = ("list_repositories", "list_jobs", "list_conversations")
OTHERS = {"add_repository", "run_doctor"}  # for anybody, and for staff: test_doctor_rest
SCOPES = {
    "ask_question": "ask",
    "ask_further_question": "ask",
    "run_doctor": "admin",
}
STAFFS = {  # what one may change of others' as staff
    "resume_job": 200,
    "build_wiki": 202,
    "remove_repository": 204,
}
SECRETS = re.compile(rb"apply_discount|PriceList|pocket|tiny shop|Mine|So\.", re.IGNORECASE)


@pytest.fixture
def private(index_folder, folder, people, settings):
    """A repository, a wiki, a conversation and a job of alice, which bob may read."""
    settings.PROVIDER = "search-only"
    alice, bob = people["alice"], people["bob"]
    repository = index_folder(folder, owner_id=alice.pk, private=True)
    repository.readers.add(bob)
    Repository.objects.update(name="shop/pocket")
    make_wiki(repository)
    conversation = Conversation.objects.create(user=alice, repository=repository, title="Mine")
    asked = Message.objects.create(conversation=conversation, position=1, role="user")
    answer = Message.objects.create(
        conversation=conversation, position=2, parent=asked, role="assistant", content="So."
    )
    job = IndexJob.objects.create(repository=repository, requested_by=alice)
    return {
        "repository_id": repository.pk,
        "conversation_id": conversation.pk,
        "message_id": answer.pk,
        "job_id": job.pk,
        "slug": "prices",
    }


def token_of(person, *scopes):
    return ApiToken.issue(person, scopes=scopes or TokenScope.values)[1]


def ask(name, token, arguments):
    method, path = OPERATIONS[name]
    body = BODIES.get(name)
    return RestClient(token).send(method, path.format(**arguments), body, query=QUERIES.get(name))


def scope_of(name):
    return SCOPES.get(name) or ("read" if OPERATIONS[name][0] == "GET" else "manage")


def unlike(expected, answered):
    """The operations whose answer is another than expected."""
    return {
        name: (answer, expected[name])
        for name, answer in answered.items()
        if answer != expected[name]
    }


def test_every_operation_is_in_a_table():
    assert set(OPERATIONS) == {*NAMED, *LISTS, *OTHERS}


def test_its_owner_is_answered(private, people):
    token = token_of(people["alice"])
    assert unlike(NAMED, {name: ask(name, token, private).status for name in NAMED}) == {}


def test_who_may_read_it_changes_nothing_of_it_and_sees_no_conversation(private, people):
    token = token_of(people["bob"])
    expected = {**READERS, **dict.fromkeys(OWN, 404), **dict.fromkeys(MANAGERS, 403)}
    assert unlike(expected, {name: ask(name, token, private).status for name in NAMED}) == {}


def test_others_staff_among_them_are_told_what_they_would_be_of_nothing(private, people):
    token = token_of(people["carol"])
    missing = {key: uuid.uuid4() for key in private} | {"slug": "prices"}
    for name in NAMED:
        reply = ask(name, token, private)
        assert reply.problem == (404, "not_found"), name
        assert reply.body == ask(name, token, missing).body


def test_staff_change_what_is_of_others_with_a_token_for_that_alone(private, people):
    bob = people["bob"]
    codes = ["change_repository", "delete_repository"]
    bob.user_permissions.set(Permission.objects.filter(codename__in=codes))
    for_others = token_of(bob)
    for_own = token_of(bob, *(scope for scope in TokenScope.values if scope != "admin"))
    for name, status in STAFFS.items():
        refused = ask(name, for_own, private)
        assert refused.problem == (403, "scope_missing"), name
        assert refused.response["WWW-Authenticate"].endswith('scope="admin"')
        assert ask(name, for_others, private).status == status, name


@pytest.mark.parametrize("name", LISTS)
def test_lists_leave_out_what_one_may_not_see(private, people, name):
    assert ask(name, token_of(people["alice"]), private).body["items"]
    empty = {"items": [], "next_cursor": None}
    assert ask(name, token_of(people["carol"]), private).body == empty


def test_strangers_see_nothing_of_it(private, settings):
    for name in OPERATIONS:
        assert ask(name, "", private).problem == (401, "token_missing"), name
    settings.ALLOW_ANONYMOUS = True
    for name in OPERATIONS:
        reply = ask(name, "", private)
        assert reply.status in (200, 403, 404), name
        assert not SECRETS.search(reply.response.content), name


def test_a_token_without_the_scope_is_told_which_it_lacks(private, people):
    for scope in TokenScope.values:
        others = [one for one in TokenScope.values if one != scope]
        token = token_of(people["alice"], *others)
        for name in [name for name in OPERATIONS if scope_of(name) == scope]:
            reply = ask(name, token, private)
            assert reply.problem == (403, "scope_missing"), name
            challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
            assert reply.response["WWW-Authenticate"] == challenge
            described = PATHS["/api/v1/" + OPERATIONS[name][1]][OPERATIONS[name][0].lower()]
            assert described["security"] == [{"TokenFor": [scope]}]


@pytest.mark.parametrize("change", ["expired", "revoked", "deactivated"])
def test_a_token_that_holds_no_more_opens_nothing(private, people, change, monkeypatch):
    monkeypatch.setattr("deepwiki.accounts.token_guesses.MAX_GUESSES", 1_000)
    token = token_of(people["alice"])
    if change == "deactivated":
        type(people["alice"]).objects.filter(username="alice").update(is_active=False)
    else:
        field = "expires_at" if change == "expired" else "revoked_at"
        ApiToken.objects.update(**{field: timezone.now()})
    code = "token_expired" if change == "expired" else "token_invalid"
    for name in OPERATIONS:
        reply = ask(name, token, private)
        assert reply.problem == (401, code), name
        assert reply.response["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_token_and_other_origins_are_refused(private, people, client):
    client.force_login(people["alice"])
    host = {"host": "localhost"}
    assert client.get("/api/v1/repositories", headers=host).status_code == 401
    assert client.get("/api/v1/repositories", headers={"host": "evil.example"}).status_code == 400
    origin = {"origin": "https://evil.example"}
    reply = RestClient(token_of(people["alice"])).get("repositories", headers=origin)
    assert reply.problem == (403, "forbidden")


def test_a_closed_repository_is_read_by_nobody(private, people):
    Repository.objects.update(closed_at=timezone.now(), current_index=None)
    token = token_of(people["alice"])
    for name in ("list_files", "get_file", "search", "search_lines", "get_outline"):
        assert ask(name, token, private).problem == (409, "not_indexed")
    assert ask("get_wiki", token, private).problem == (404, "no_wiki")
