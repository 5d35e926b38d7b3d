"""Nothing of a repository reaches an agent whose person may not read it: each tool, each person."""

import json
import uuid

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from chat.api.mcp.registry import AGENT_TOOLS
from chat.api.mcp.sessions import sessions
from chat.testing.agent_client import call, request, send
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.wiki.tests.wikis import make_wiki
from repos.models import Repository

pytestmark = pytest.mark.django_db(transaction=True)
SECRET_WORDS = ("apply_discount", "PriceList", "prices.py", "shop/pocket", "Pocket", "tiny shop")
ARGUMENTS = {
    "read_wiki_structure": {},
    "read_wiki_contents": {},
    "ask_question": {"question": "How is the sum computed?", "mode": "quick"},
    "search_code": {"query": "the sum that an order costs"},
    "grep": {"pattern": "amount"},
    "read_file": {"path": "README.md"},
    "outline": {"path": "README.md"},
    "find_definition": {"name": "amount"},
    "find_references": {"name": "amount"},
    "find_callers": {"symbol": "amount"},
    "find_callees": {"symbol": "amount"},
    "list_files": {},
    "repository_status": {},
}
OWN_NAMES = {"read_wiki_structure", "read_wiki_contents", "ask_question"}
PERSONS = ("stranger", "bob", "carol")


@pytest.fixture(autouse=True)
async def closed_sessions():
    yield
    await sessions.close()


@pytest.fixture
def tokens(people):
    return {"stranger": "", **{name: ApiToken.issue(user)[1] for name, user in people.items()}}


@pytest.fixture
def wiki(public_repository):
    Repository.objects.update(name="shop/pocket")
    public_repository.refresh_from_db()
    return make_wiki(public_repository, is_public=True)


@pytest.fixture
def private(wiki, people, settings):
    """Alice's own, of which bob and carol know the address and the id."""
    settings.ALLOW_ANONYMOUS = True
    settings.PROVIDER = "search-only"
    Repository.objects.update(is_private=True, added_by=people["alice"])
    return wiki.repository


def named(tool, name):
    return {"repoName" if tool in OWN_NAMES else "repository": name, **ARGUMENTS[tool]}


def test_every_tool_is_in_this_table():
    assert {tool.name for tool in AGENT_TOOLS} == {*ARGUMENTS, "list_repositories"}


@pytest.mark.parametrize("person", PERSONS)
async def test_no_tool_tells_anything_of_a_private_repository(private, tokens, person):
    wrong = []
    for tool in sorted(set(ARGUMENTS) - {"ask_question"}):
        missing = await call(tool, tokens[person], **named(tool, str(uuid.uuid4())))
        for name in (str(private.pk), "shop/pocket", "https://github.com/shop/pocket"):
            reply = await call(tool, tokens[person], **named(tool, name))
            if not reply.result["isError"] or reply.text != missing.text:
                wrong.append((tool, name, reply.text))
        own = await call(tool, tokens["alice"], **named(tool, "shop/pocket"))
        if "no such repository" in own.text:
            wrong.append((tool, "its owner", own.text))
    assert not wrong


@pytest.mark.parametrize("person", PERSONS)
async def test_a_question_about_a_private_repository_finds_none(private, tokens, person):
    reply = await call("ask_question", tokens[person], **named("ask_question", str(private.pk)))
    assert reply.result["isError"]
    assert not any(word in reply.text for word in SECRET_WORDS)


@pytest.mark.parametrize("person", PERSONS)
async def test_lists_and_resources_leave_private_repositories_out(private, tokens, person):
    token = tokens[person]
    listed = await call("list_repositories", token)
    assert listed.result["structuredContent"] == {"repositories": []}
    assert (await request("resources/list", token)).result["resources"] == []
    reply = await request("resources/read", token, uri="deepwiki://shop/pocket/prices")
    missing = await request("resources/read", token, uri="deepwiki://shop/nothing/prices")
    assert reply.message["error"] == missing.message["error"]
    own = await request("resources/list", tokens["alice"])
    assert len(own.result["resources"]) == 3


async def test_a_group_that_was_given_it_reads_it(private, tokens, people):
    group = await in_thread(lambda: Group.objects.create(name="team"))
    await in_thread(group.user_set.add, people["bob"])
    await in_thread(private.reader_groups.add, group)
    reply = await call("repository_status", tokens["bob"], repository="shop/pocket")
    assert reply.result["structuredContent"]["state"] == "indexed"


async def test_a_closed_repository_is_read_by_nobody(private, tokens):
    closed = {"closed_at": timezone.now(), "current_index": None}
    await in_thread(lambda: Repository.objects.update(**closed))
    for tool in sorted(set(ARGUMENTS) - {"ask_question", "repository_status"}):
        reply = await call(tool, tokens["alice"], **named(tool, "shop/pocket"))
        assert reply.result["isError"], tool
        assert "amount" not in reply.text


async def test_a_stranger_reads_public_wikis_and_public_hosts_alone(wiki, tokens, settings):
    settings.ALLOW_ANONYMOUS = True
    reply = await call("read_wiki_contents", repoName="shop/pocket")
    assert "tiny shop" in reply.text
    await in_thread(lambda: Repository.objects.update(host_is_public=False))
    assert (await call("list_repositories")).result["structuredContent"] == {"repositories": []}
    assert (await call("read_file", **named("read_file", str(wiki.repository_id)))).result[
        "isError"
    ]


async def test_a_cursor_is_its_persons_alone(wiki, tokens, monkeypatch):
    monkeypatch.setattr("chat.api.mcp.resources.PAGE_SIZE", 2)
    first = (await request("resources/list", tokens["alice"])).result
    assert len(first["resources"]) == 2
    rest = await request("resources/list", tokens["alice"], cursor=first["nextCursor"])
    assert [one["title"] for one in rest.result["resources"]] == ["Mail"]
    for token, cursor in ((tokens["bob"], first["nextCursor"]), (tokens["alice"], "abc:def")):
        reply = await request("resources/list", token, cursor=cursor)
        assert reply.message["error"]["code"] == -32602
        listed = await call("list_repositories", token, cursor=cursor)
        assert listed.result["isError"]


async def test_what_a_program_is_told_without_a_token(tokens):
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    reply = await send(message)
    assert reply.status == 401
    assert reply.response.headers["www-authenticate"] == 'Bearer realm="deepwiki"'
    assert "API token" in reply.message["error"]["message"]
    challenge = (await send(message, "dw_unknown")).response.headers["www-authenticate"]
    assert 'error="invalid_token"' in challenge
