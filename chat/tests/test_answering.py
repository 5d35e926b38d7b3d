"""What an answer brings besides its text, over both endpoints: citations, rounds, cost, limits, answers kept."""

import asyncio
import json
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import AsyncClient

from chat import services
from chat.core.citation_search import find
from chat.core.citations import Citation
from chat.core.errors import TooMany
from chat.core.request import parse
from chat.models import Message
from chat.rendering import LiveBlocks, render
from chat.rendering.citation_links import CitationChecker
from chat.tests.test_endpoints import ENDPOINTS, ask, settled
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.growth import LINEAR, growth
from deepwiki.testing.ports import listener, port_of
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.django_db(transaction=True)]
CITING = (
    "`shop/prices.py:L1-L5` and shop/mail.js:L2, not `shop/none.py:L1-L2` or `shop/prices.py:L900`"
)


def saying(text):
    return f"fake?text={quote(text)}"


@pytest.fixture(params=ENDPOINTS)
def endpoint(request):
    return ENDPOINTS[request.param]


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


async def events_of(person, request):
    run = await services.ask(person, parse(request, services.request_limits()), lasting=True)
    return [item.event.as_json() async for item in run.attach()]


# --- citations --------------------------------------------------------------------------------------------------------


async def test_every_citation_is_looked_up_and_the_share_that_exists_is_kept(
    repository, token, with_model, endpoint
):
    await endpoint(ask(repository, saying(CITING)), token)
    answer = (await settled())[-1]
    assert [(c["path"], c["start"], c["found"]) for c in answer.citations] == [
        ("shop/prices.py", 1, True),
        ("shop/mail.js", 2, True),
        ("shop/none.py", 1, False),
        ("shop/prices.py", 900, False),
    ]
    assert answer.verified_share == 0.5
    assert {c["state"] for c in answer.citations[:2]} <= {"read", "exists"}
    assert [c["state"] for c in answer.citations[2:]] == ["missing", "missing"]
    read = [(s["path"], s["start"], s["end"]) for s in answer.sources if s["read"]]
    assert read, "the passages of the prompt were read"


async def test_while_it_streams_a_citation_that_exists_is_a_link_and_one_that_does_not_is_marked(
    repository, alice, with_model
):
    events = await events_of(alice, {**ask(repository, saying(CITING)), "render": "html"})
    html = [event["html"] for event in events if event["event"] == "html"][-1]
    assert html.count('<a class="cite"') == 2
    assert html.count("unverified") == 2
    assert html.count("not found in this commit") == 2


@pytest.mark.integration  # a worker process renders
def test_a_citation_leads_to_the_host_at_the_commit():
    from repos.sources import parse_address

    citing = CitationChecker(parse_address("https://github.com/a/b"), "c0ffee", {"x.py": 10})
    html = render("`x.py:L3-L4`", citing)
    assert 'href="https://github.com/a/b/blob/c0ffee/x.py#L3-L4"' in html
    assert "unverified" in render("`x.py:L3-L11`", citing)
    assert "unverified" in render("`x.py:L4-L3`", citing)
    assert "unverified" in render("`x.py:L0`", citing)


@pytest.mark.integration  # a worker process renders
def test_citations_are_found_however_they_are_written():
    assert [c.path for c in find("See [shop/prices.py:L2-L4] and [x/y.py:L2](z).")] == [
        "shop/prices.py",
        "x/y.py",
    ]
    text = "a `src/a.py:L1-L2`, (lib/b.go:L7), src/[id]/c.ts:L1–L9 and ./d.py:L4 but not at 10:L5 or word:Lx"
    assert [c.path for c in find(text)] == ["src/a.py", "lib/b.go", "src/[id]/c.ts", "d.py", "10"]
    assert "cite" not in render("at 10:L5")
    assert find("x.py:L3")[0] == Citation("x.py", 3, 3)


@pytest.mark.integration  # a worker process renders
def test_a_citation_split_over_pieces_is_the_same_in_the_end():
    from repos.sources import parse_address

    whole = LiveBlocks(
        CitationChecker(parse_address("https://github.com/a/b"), "", {"shop/a.py": 9})
    )
    blocks = {}
    for char in "See `shop/a.py:L1-L2` there.\n\nAnd shop/a.py:L3.":
        for block in whole.feed(char):
            blocks[block.block] = block.html
    for block in whole.finish():
        blocks[block.block] = block.html
    assert "".join(blocks.values()).count('<a class="cite"') == 2


@pytest.mark.integration  # a worker process renders
def test_a_sealed_block_swallows_nothing_of_what_comes_after_it():
    blocks = LiveBlocks()
    shown = {b.block: b.html for b in [*blocks.feed("text\n\n```py\nopen fence"), *blocks.seal()]}
    later = {b.block: b.html for b in [*blocks.feed("## Update"), *blocks.finish()]}
    assert max(shown) < min(later)
    assert "<h3>Update</h3>" in later[min(later)]


async def test_a_run_elsewhere_that_cannot_be_followed_ends_all_the_same():
    import uuid

    from chat.runs.replay import StoredRun

    class Nobody:
        pk = "no number"

    items = [item async for item in StoredRun(uuid.uuid4(), Nobody()).attach(2)]
    assert [(item.seq, item.event.name) for item in items] == [(3, "error"), (4, "done")]
    assert items[-1].event.state == "partial"


@pytest.mark.parametrize("text", ["A", "+", "a/", "x.py:", "(", "a.b-"])
def test_looking_for_citations_takes_linear_time_whatever_the_text(text):
    assert growth(lambda size: find(text * (size // len(text))), 64_000) < LINEAR
    assert growth(lambda size: render(text * (size // len(text))), 20_000) < LINEAR


async def test_a_dropped_index_is_made_anew_for_a_follow_up(repository, alice, with_model):
    from repos import jobs
    from repos.index import removal
    from repos.models import IndexJob

    events = await events_of(alice, ask(repository))
    conversation = next(event["conversation"] for event in events if event["event"] == "accepted")
    await in_thread(removal.drop_indexes, repository)
    asking = asyncio.create_task(
        events_of(alice, {**ask(repository, text="And mail?"), "conversation": conversation})
    )
    job = await wait_until_async(lambda: in_thread(IndexJob.objects.filter(state="queued").first))
    await in_thread(jobs.run, job.pk)
    assert (await asking)[-1] == {"event": "done", "state": "complete"}


async def test_many_questions_at_the_same_moment_do_not_pass_the_limit(
    repository, alice, with_model, settings
):
    settings.RUNS_PER_USER = 2
    request = parse(ask(repository, "fake?tokens=200&delay_ms=5"), services.request_limits())
    results = await asyncio.gather(
        *(services.ask(alice, request, lasting=True) for _ in range(8)), return_exceptions=True
    )
    started = [result for result in results if not isinstance(result, Exception)]
    assert len(started) == 2
    for run in started:
        run.stop()
    await settled()


async def test_a_process_that_answers_as_much_as_it_can_refuses_more_until_one_has_ended(
    repository, alice, with_model, settings
):
    settings.RUNS_PER_PROCESS, settings.RUNS_PER_USER = 2, 100
    request = parse(ask(repository, "fake?tokens=200&delay_ms=5"), services.request_limits())

    async def asked():
        return await services.ask(alice, request, lasting=True)

    results = await asyncio.gather(*(asked() for _ in range(8)), return_exceptions=True)
    started = [result for result in results if not isinstance(result, Exception)]
    refusals = [result for result in results if isinstance(result, Exception)]
    assert len(started) == 2
    assert {(type(r), r.reason, r.retry_after) for r in refusals} == {(TooMany, "server_busy", 5)}
    assert await Message.objects.acount() == 4  # of the refused nothing was stored
    started[0].stop()
    await asyncio.wait([started[0].task])
    later = await asked()
    for run in (started[1], later):
        run.stop()
    await settled()


# --- Deep Research ----------------------------------------------------------------------------------------------------


async def test_server_driven_research_is_one_run_with_a_stage_each_round(
    repository, alice, with_model
):
    says = "## Next Steps\nNothing is missing.\n"
    events = await events_of(alice, {**ask(repository, saying(says)), "deep_research": True})
    rounds = [event for event in events if event["event"] == "research"]
    assert [(r["iteration"], r["stage"]) for r in rounds] == [
        (1, "plan"),
        (2, "update"),
        (3, "conclude"),
    ]
    assert all(r["passages"] > 0 and r["looking_for"] for r in rounds)
    answer = (await settled())[-1]
    assert [stage["stage"] for stage in answer.stages] == ["plan", "update", "conclude"]
    pieces = [answer.content[stage["at"] :] for stage in answer.stages]
    assert all(piece.startswith("## Next Steps") for piece in pieces)
    assert answer.content == "".join(event["text"] for event in events if event["event"] == "delta")
    assert answer.usage["output_tokens"] > 10


async def test_research_is_stopped_between_or_inside_rounds_with_what_there_is(
    repository, alice, with_model
):
    request = {**ask(repository, "fake?tokens=40&delay_ms=10"), "deep_research": True}
    run = await services.ask(alice, parse(request, services.request_limits()), lasting=True)
    async for item in run.attach():
        if item.event.as_json() == {**item.event.as_json(), "event": "research", "iteration": 2}:
            run.stop()
    answer = (await settled())[-1]
    assert answer.state == "stopped"
    assert answer.content.startswith("t0000")
    assert answer.usage["output_tokens"] > 0
    assert with_model.closed <= 1


# --- cost and limits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["cut", "mid"])
async def test_a_cut_answer_costs_what_it_used(repository, token, with_model, endpoint, fault):
    await endpoint(ask(repository, f"fake?tokens=40&fault={fault}"), token)
    usage = (await settled())[-1].usage
    assert usage["output_tokens"] > 10
    assert usage["input_tokens"] > 100


async def test_a_days_tokens_are_a_limit_and_search_only_goes_on(
    repository, token, with_model, settings, endpoint
):
    settings.TOKENS_PER_DAY = 50
    assert (await endpoint(ask(repository), token)).code in (1000, 200)
    await settled()
    refused = await endpoint(ask(repository), token)
    assert refused.code in (4429, 429)
    assert "in a day" in refused.text + refused.detail
    assert (await endpoint(ask(repository, "", provider="search-only"), token)).code in (1000, 200)


# --- answers given a moment ago ---------------------------------------------------------------------------------------


@pytest.fixture
def keeping(settings):
    settings.CACHE_SECONDS = 300
    cache.clear()
    yield
    cache.clear()


async def test_the_same_question_is_answered_from_before_marked_and_saved(
    repository, token, with_model, keeping, endpoint
):
    replies = [await endpoint(ask(repository), token) for _ in range(2)]
    assert replies[0].text == replies[1].text == "t0000 t0001 t0002 "
    assert len(with_model.requests) == 1
    rows = await settled()
    assert [notice["code"] for row in rows for notice in row.notices] == ["from_cache"]
    assert {row.state for row in rows} == {"complete"}
    await endpoint({**ask(repository), "regenerate": True}, token)
    assert len(with_model.requests) == 2


async def test_nothing_kept_crosses_from_one_persons_private_repository_to_another(
    index_folder, folder, people, with_model, keeping
):
    for name in ("alice", "bob"):
        await in_thread(index_folder, folder, owner_id=people[name].pk, private=True)
    for name in ("alice", "bob"):
        token = (await in_thread(ApiToken.issue, people[name]))[1]
        request = {
            "repo_url": str(folder),
            "type": "local",
            "provider": "openai",
            "model": "fake?tokens=3",
            "messages": [{"role": "user", "content": "discount?"}],
        }
        assert (await ENDPOINTS["socket"](request, token)).text == "t0000 t0001 t0002 "
    assert len(with_model.requests) == 2


# --- figures ----------------------------------------------------------------------------------------------------------


async def test_the_figures_are_for_staff_and_the_monitoring_token_only(
    people, repository, token, with_model, settings
):
    settings.METRICS_TOKEN = "watching-1"
    await ENDPOINTS["socket"](ask(repository), token)
    await ENDPOINTS["socket"](ask(repository, "fake?fault=401"), token)
    client = AsyncClient()
    assert (await client.get("/metrics")).status_code == 404
    assert (
        await client.get("/metrics", headers={"authorization": "Bearer wrong"})
    ).status_code == 404
    await in_thread(client.force_login, people["bob"])
    assert (await client.get("/metrics")).status_code == 404
    await in_thread(client.force_login, people["carol"])
    assert (await client.get("/metrics")).status_code == 200
    text = (
        await AsyncClient().get("/metrics", headers={"authorization": "Bearer watching-1"})
    ).content.decode()
    for name in (
        'deepwiki_connections_total{outcome="accepted"}',
        'deepwiki_first_token_seconds_count{provider="openai"}',
        'deepwiki_errors_total{code="provider_auth"}',
        "deepwiki_open_sockets",
        "deepwiki_running_answers 0.0",
        "deepwiki_memory_bytes",
        "deepwiki_retrieval_seconds_count",
        'deepwiki_index_jobs{state="done"}',
    ):
        assert name in text, name


async def test_log_lines_carry_the_run_and_no_word_of_the_question(
    repository, token, with_model, caplog, capfd
):
    await ENDPOINTS["socket"](ask(repository, "fake?fault=500", text="my-very-own-words"), token)
    said = caplog.text + "".join(capfd.readouterr())
    assert "my-very-own-words" not in said
    assert token not in said
    assert await in_thread(Message.objects.filter(content="my-very-own-words").count) == 1


# --- Ollama -----------------------------------------------------------------------------------------------------------


async def test_a_running_ollama_is_found_its_models_listed_and_it_answers(
    repository, token, settings, model, closed_providers, endpoint
):
    settings.PROVIDER_ENVIRONMENT = {"OLLAMA_HOST": ""}
    settings.OLLAMA_DISCOVERY = True
    services.providers.cache_clear()
    known = services.providers()
    section = known.file["ollama"]
    section["address"] = ["OLLAMA_HOST", model.url.removesuffix("/v1")]
    request = {
        "repo_url": repository.url,
        "type": "local",
        "messages": [{"role": "user", "content": "discount?"}],
    }
    assert "t0000" in (await endpoint(request, token)).text
    assert known.default() == "ollama"
    assert [entry["label"] for entry in known.configured()["ollama"]["models"]] == ["fake"]
    await known.close()


@pytest.fixture(params=["refuses", "is silent"])
def address(request):
    """Where something else listens, or nothing."""
    if request.param == "refuses":
        yield "http://127.0.0.1:9"
        return
    with listener() as silent:
        yield f"http://127.0.0.1:{port_of(silent)}"


async def test_without_an_ollama_nothing_waits_for_one(settings, address):
    settings.PROVIDER_ENVIRONMENT = {}
    settings.OLLAMA_DISCOVERY = True
    services.providers.cache_clear()
    known = services.providers()
    known.file["ollama"]["address"] = ["OLLAMA_HOST", address]
    await in_thread(known.refresh_models)
    assert known.default() == "search-only"
    assert json.dumps(list(known.configured())) == '["search-only"]'


# --- strangers, floods, things deleted, a database that is away -------------------------------------------------------


def test_the_forwarded_address_counts_from_a_proxy_of_ours_only(settings):
    from deepwiki.accounts.authentication import forwarded_address

    settings.TRUSTED_PROXIES = ["10.0.0.1", "10.0.0.2"]
    assert forwarded_address("203.0.113.9", "198.51.100.1") == "203.0.113.9"
    assert forwarded_address("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2") == "203.0.113.9"
    assert forwarded_address("10.0.0.1", "") == "10.0.0.1"


@pytest.mark.parametrize("what", ["conversation", "repository", "person"])
async def test_what_is_deleted_while_it_is_answered_ends_the_answer_and_leaves_nothing(
    repository, alice, with_model, what
):
    from chat.models import Conversation, RunEvent

    request = parse(ask(repository, "fake?tokens=5000&delay_ms=5"), services.request_limits())
    run = await services.ask(alice, request, lasting=True)
    things = {
        "conversation": await in_thread(Conversation.objects.get),
        "repository": repository,
        "person": alice,
    }
    async for item in run.attach():
        if item.event.name == "delta":
            await in_thread(things[what].delete)
            break
    await asyncio.wait_for(asyncio.shield(run.task), 10)
    assert run.state == "stopped"
    assert with_model.closed == 1
    assert await in_thread(Message.objects.count) == 0
    assert await in_thread(RunEvent.objects.filter(run_id=run.id).count) <= len(run.log)


async def test_an_events_socket_is_closed_on_too_large_a_message_and_on_a_flood_of_nonsense(
    alice, token
):
    from channels.testing import WebsocketCommunicator

    from chat.api.events_session import MAX_REFUSED_MESSAGES
    from deepwiki.asgi import application

    for messages, code in (
        (["x" * 4_000_001], 1009),
        (["nonsense"] * (MAX_REFUSED_MESSAGES + 1), 4429),
    ):
        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
        socket = WebsocketCommunicator(
            application, "/ws/chat", headers=headers, subprotocols=["deepwiki.events.v1"]
        )
        await socket.connect(timeout=10)
        for message in messages:
            await socket.send_to(text_data=message)
        while (output := await socket.receive_output(timeout=10))["type"] != "websocket.close":
            pass
        assert output["code"] == code
        await socket.disconnect()
