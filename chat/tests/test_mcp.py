"""The Model Context Protocol with the official client: over HTTP to a real server, and over stdio."""

import subprocess
import sys
from contextlib import asynccontextmanager

import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from chat.models import Message
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.servers import child_environment
from deepwiki.wiki.tests.wikis import make_wiki
from repos.models import Repository

pytestmark = pytest.mark.django_db(transaction=True)
DEEPWIKIS_OWN = ["read_wiki_structure", "read_wiki_contents", "ask_question"]
REVISIONS = ["legacy", "auto", "2026-07-28"]
PRICES = {"repository": "shop/pocket", "path": "shop/prices.py", "start": 4, "end": 6}


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


@pytest.fixture
def wiki(public_repository):
    Repository.objects.update(name="shop/pocket")
    public_repository.refresh_from_db()
    return make_wiki(public_repository)


@pytest.fixture
def over_http(start, token):
    live = start("fake?tokens=12")

    @asynccontextmanager
    async def connect(revision="auto"):
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            transport = streamable_http_client(f"{live.url}/mcp", http_client=http)
            async with Client(transport, mode=revision) as client:
                yield client

    return connect


@pytest.fixture
def over_stdio(repository):
    def connect(*arguments, revision="auto"):
        server = StdioServerParameters(
            command=sys.executable,
            args=["manage.py", "mcp", *arguments],
            env=child_environment(8000, {"DEEPWIKI_PROVIDER": "search-only"}),
        )
        return Client(stdio_client(server), mode=revision)

    return connect


def text_of(result):
    return "".join(part.text for part in result.content)


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_client_of_any_revision_finds_the_tools_and_calls_one(over_http, wiki, revision):
    async with over_http(revision) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        result = await client.call_tool("read_file", PRICES)
    assert list(tools)[:3] == DEEPWIKIS_OWN
    assert {"search_code", "grep", "list_repositories", "repository_status"} <= set(tools)
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    assert tools["grep"].annotations.idempotent_hint
    [lines] = result.structured_content["passages"]
    assert (lines["path"], lines["start"], lines["end"]) == ("shop/prices.py", 4, 6)
    assert result.structured_content["commit"] == wiki.commit
    assert "class PriceList" in text_of(result)


async def test_a_question_is_answered_with_citations_and_progress(over_http, wiki, model):
    model.default = "fake?text=See `shop/prices.py:L16-L18` and `shop/prices.py:L90-L99`."
    told = []

    async def progress(done, total, message):
        told.append((done, message))

    async with over_http() as client:
        result = await client.call_tool(
            "ask_question",
            {
                "repoName": "shop/pocket",
                "question": "How is the discount computed?",
                "mode": "agent",
            },
            progress_callback=progress,
        )
    assert not result.is_error, text_of(result)
    found = {(one["start"], one["state"]) for one in result.structured_content["citations"]}
    assert found == {(16, "read"), (90, "missing")}
    assert result.structured_content["state"] == "complete"
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    stored = await in_thread(lambda: Message.objects.get(role="assistant"))
    assert stored.content == result.structured_content["answer"]


async def test_the_wiki_is_read_by_deepwikis_own_names_and_as_resources(over_http, wiki):
    async with over_http() as client:
        structure = await client.call_tool("read_wiki_structure", {"repoName": "shop/pocket"})
        contents = await client.call_tool("read_wiki_contents", {"repoName": "shop/pocket"})
        listed = (await client.list_resources()).resources
        page = await client.read_resource("deepwiki://shop/pocket/prices")
        templates = (await client.list_resource_templates()).resource_templates
    slugs = [entry["slug"] for entry in structure.structured_content["pages"]]
    assert slugs == ["overview", "prices", "mail"]
    assert "  - Mail (mail)" in text_of(structure)
    assert "A tiny shop" in text_of(contents)
    assert "sends a receipt" in text_of(contents)
    assert [str(one.uri) for one in listed] == [f"deepwiki://shop/pocket/{slug}" for slug in slugs]
    assert "`apply_discount` at `shop/prices.py:L16-L18`" in page.contents[0].text
    assert page.contents[0].mime_type == "text/markdown"
    assert [one.uri_template for one in templates] == ["deepwiki://{owner}/{repo}/{slug}"]


async def test_repositories_are_listed_and_their_state_is_told(over_http, wiki):
    async with over_http() as client:
        listed = await client.call_tool("list_repositories", {})
        status = await client.call_tool("repository_status", {"repository": "shop/pocket"})
    [entry] = listed.structured_content["repositories"]
    assert entry["repository"] == "shop/pocket"
    assert status.structured_content["state"] == "indexed"
    assert status.structured_content["commit"] == wiki.commit


@pytest.mark.integration
@pytest.mark.parametrize("revision", ["legacy", "auto"])
async def test_a_terminal_reads_what_everybody_may_read(over_stdio, repository, revision):
    async with over_stdio(revision=revision) as client:
        found = await client.call_tool(
            "search_code", {"repository": repository.url, "query": "apply_discount"}
        )
        answer = await client.call_tool(
            "ask_question", {"repoName": repository.url, "question": "Where is apply_discount?"}
        )
    assert "shop/prices.py" in text_of(found)
    assert not answer.is_error, text_of(answer)
    assert "shop/prices.py" in text_of(answer)
    assert not await in_thread(Message.objects.exists)


@pytest.mark.integration
async def test_a_terminal_acts_as_a_person_where_it_is_told_to(over_stdio, repository, alice):
    await in_thread(lambda: type(repository).objects.update(is_private=True, added_by=alice))
    arguments = {"repository": repository.url}
    async with over_stdio("--user", "alice") as client:
        assert not (await client.call_tool("repository_status", arguments)).is_error
    async with over_stdio() as client:
        assert (await client.call_tool("repository_status", arguments)).is_error


@pytest.mark.integration
def test_a_process_without_agents_has_not_loaded_the_sdk():
    script = (
        "import sys, deepwiki.asgi; sys.exit('mcp' in sys.modules or 'starlette' in sys.modules)"
    )
    environment = child_environment(8000, {})
    assert subprocess.run([sys.executable, "-c", script], env=environment).returncode == 0
