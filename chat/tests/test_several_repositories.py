"""Questions about several repositories: searched together, cited by name, asked only by their readers."""

import json
import uuid

import pytest

from chat.models import Message
from chat.testing.tool_script import call, turn
from chat.tests.test_endpoints import ask, over_http, over_socket, settled
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.fixtures import write_files
from repos.models import Repository
from repos.services import add
from repos.sources import parse_address

pytestmark = [pytest.mark.django_db(transaction=True)]
QUESTION = "Where is the zebra fed, and who counts the zebra?"


@pytest.fixture
def zoos(index_folder, tmp_path):
    """Two repositories, `own/fields` and `own/stable`, that each have a file of the same name."""
    write_files(tmp_path / "fields", {"app.py": "def feed_zebra():\n    return 'grass'\n"})
    write_files(tmp_path / "stable", {"app.py": "def count_zebra():\n    return 7\n"})
    found = [index_folder(tmp_path / name) for name in ("fields", "stable")]
    for one in found:
        one.name = f"own/{one.name.rpartition('/')[2]}"
        one.save(update_fields=["name"])
    return found


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


def request_for(zoos, **extra):
    first, *others = zoos
    wanted = {"text": QUESTION, "repositories": [str(one.pk) for one in others], **extra}
    return ask(first, **wanted)


async def answer_to(request, token):
    reply = await over_http(request, token)
    assert reply.code == 200, reply.detail
    return (await settled())[-1]


def paths_of(items):
    return {item["path"] for item in items}


SEARCH_ONLY = {"provider": "search-only", "model": "excerpts"}


async def test_one_search_finds_passages_of_all(zoos, token, with_model):
    row = await answer_to(request_for(zoos), token)
    assert paths_of(row.sources) == {"own/fields:app.py", "own/stable:app.py"}
    indexes = [one.current_index.commit for one in zoos]
    names = ["own/fields", "own/stable"]
    stored = [(one["id"], one["name"], one["commit"]) for one in row.repositories]
    assert stored == [(str(one.pk), *rest) for one, *rest in zip(zoos, names, indexes, strict=True)]


async def test_the_prompt_holds_the_passages_of_each_together_and_says_how_to_cite(
    zoos, token, with_model
):
    await answer_to(request_for(zoos), token)
    system, user = (message["content"] for message in with_model.requests[-1]["messages"])
    assert "several repositories: own/fields, own/stable" in system
    assert 'cite="own/fields:app.py:L1-L' in user and 'cite="own/stable:app.py:L1-L' in user


async def test_a_question_about_one_is_as_before(zoos, token, with_model):
    row = await answer_to(request_for(zoos, repositories=[]), token)
    assert (paths_of(row.sources), row.repositories) == ({"app.py"}, [])
    assert "several" not in with_model.requests[-1]["messages"][0]["content"]


async def test_citations_that_name_their_repository_are_checked_against_it(zoos, token, with_model):
    text = "`own/fields:app.py:L1-L2`, `own/stable:app.py:L1`, own/stable:app.py:L9 and app.py:L1"
    with_model.plays["m"] = [turn(text=text)]
    row = await answer_to(request_for(zoos, model="m"), token)
    found = {(one["path"], one["start"]): one["found"] for one in row.citations}
    assert found == {
        ("own/fields:app.py", 1): True,
        ("own/stable:app.py", 1): True,
        ("own/stable:app.py", 9): False,
        ("app.py", 1): False,  # which of the two?
    }


async def test_an_agent_reads_in_the_repository_that_it_names(zoos, token, with_model):
    with_model.plays["m"] = [
        turn(call("read_file", repository="own/stable", path="app.py")),
        turn(text="<answer>\nSeven, `own/stable:app.py:L1-L2`."),
    ]
    row = await answer_to(request_for(zoos, model="m", mode="agent"), token)
    steps = [(step["tool"], step["state"], step["passages"]) for step in row.steps]
    assert steps[1] == ("read_file", "done", ["own/stable:app.py:L1-L3"])
    assert [one["state"] for one in row.citations] == ["read"]
    (tool,) = [
        one["function"]
        for one in with_model.requests[0]["tools"]
        if one["function"]["name"] == "grep"
    ]
    assert tool["parameters"]["properties"]["repository"]["enum"] == ["own/fields", "own/stable"]
    assert "own/stable:\napp.py" in with_model.requests[0]["messages"][0]["content"]


async def test_lines_of_another_repository_that_are_cited_unread_are_read(
    zoos, token, with_model, tmp_path, index_folder
):
    lines = "".join(f"def other_{n}():\n    return {n}\n\n\n" for n in range(400))
    write_files(tmp_path / "long", {"far.py": lines})
    long = await in_thread(index_folder, tmp_path / "long")
    cited = f"{long.name}:far.py:L1200-L1201"
    with_model.plays["m"] = [turn(text=f"<answer>\nThere, `{cited}`."), turn(text="fine")]
    row = await answer_to(request_for([*zoos, long], model="m", mode="agent"), token)
    assert row.steps[-1]["passages"] == [cited]
    assert [one["state"] for one in row.citations] == ["read"]


RESEARCH = {
    "Research Plan": turn(text="<answer>\n## Research Plan\nBoth.\n## Next Steps\nWho counts?"),
    "Research Update": turn(
        text="<answer>\n## Research Update 2\n`own/stable:app.py:L2`.\n\nNothing is missing."
    ),
    "Final Conclusion": turn(
        text="<answer>\n## Final Conclusion\nGrass, `own/fields:app.py:L1-L2`; seven,"
        " `own/stable:app.py:L1-L2`; own/other:app.py:L1."
    ),
}
READS = turn(
    call("read_file", repository="own/stable", path="app.py"),
    call("find_definition", repository="own/fields", name="feed_zebra"),
)


def research(request):
    """The round that the last message asks for; of an update the calls come first."""
    asked = [
        str(message["content"]) for message in request["messages"] if message["role"] == "user"
    ]
    (stage,) = [stage for stage in RESEARCH if f"## {stage}" in asked[-1]]
    has_read = any(message["role"] == "tool" for message in request["messages"])
    if stage == "Research Update" and not has_read:
        return READS
    return RESEARCH[stage]


async def test_a_research_reads_in_each_repository_and_cites_it_by_name(zoos, token, with_model):
    with_model.plays["m"] = research
    reply = await over_http(request_for(zoos, model="m", mode="research"), token)
    row = (await settled())[-1]
    headings = [line for line in reply.text.splitlines() if line.startswith("## ")]
    assert headings == [
        "## Research Plan",
        "## Next Steps",
        "## Research Update 2",
        "## Final Conclusion",
    ]
    steps = [(step["tool"], step["state"], step["passages"]) for step in row.steps[1:]]
    assert sorted(steps) == [
        ("find_definition", "done", ["own/fields:app.py:L1-L1"]),
        ("read_file", "done", ["own/stable:app.py:L1-L3"]),
    ]
    states = {one["path"]: one["state"] for one in row.citations}
    assert states == {
        "own/fields:app.py": "read",
        "own/stable:app.py": "read",
        "app.py": "missing",  # that of a repository that was not asked about
    }


async def test_without_a_model_the_places_of_each_repository_are_shown(zoos, token):
    request = request_for(zoos, text="Where are feed_zebra and count_zebra defined?", **SEARCH_ONLY)
    row = await answer_to(request, token)
    assert "`own/fields:app.py:L1-L2` `feed_zebra`" in row.content
    assert "`own/stable:app.py:L1-L2` `count_zebra`" in row.content
    assert [one["found"] for one in row.citations] == [True, True]


def strange_names(private):
    return [str(private.pk), private.url, str(uuid.uuid4()), "https://github.com/no/such"]


@pytest.mark.parametrize("endpoint", [over_http, over_socket])
async def test_one_that_may_not_be_read_is_refused_like_one_that_is_not_there(
    endpoint, zoos, alice, bob, with_model
):
    secret = zoos[1]
    secret.is_private, secret.added_by = True, alice
    await in_thread(secret.save)
    bearer = (await in_thread(ApiToken.issue, bob))[1]
    replies = {
        (await endpoint(ask(zoos[0], repositories=[written]), bearer))
        .__repr__()
        .replace(written, "")
        for written in strange_names(secret)
    }
    assert len(replies) == 1 and "There is no such repository, or you may not" in replies.pop()
    assert not await in_thread(Message.objects.exists)
    assert not with_model.requests
    assert not await in_thread(Repository.objects.filter(name="no/such").exists)


async def test_a_stranger_asks_about_public_ones_only(zoos, settings, with_model):
    settings.ALLOW_ANONYMOUS = True
    public = {"kind": "github", "host_is_public": True}
    url = "https://github.com/own/fields"
    await in_thread(Repository.objects.filter(pk=zoos[0].pk).update, url=url, **public)
    request = {**request_for(zoos), "repo_url": url, "type": "github"}
    replies = [
        (await over_http({**request, "repositories": [written]}, "")).__dict__
        for written in strange_names(zoos[1])
    ]
    assert replies[0]["code"] == 404 and all(reply == replies[0] for reply in replies)
    url = "https://github.com/own/stable"
    await in_thread(Repository.objects.filter(pk=zoos[1].pk).update, url=url, **public)
    reply = await over_http({**request, "repositories": [url]}, "")
    assert reply.code == 200
    assert "own/stable:app.py" in with_model.requests[-1]["messages"][1]["content"]


async def test_a_conversation_goes_on_about_the_same_ones(zoos, token, with_model):
    first = await answer_to(request_for(zoos), token)
    follow_up = ask(zoos[0], text="And the zebra?", conversation=str(first.conversation_id))
    assert (await answer_to(follow_up, token)).repositories == first.repositories
    alone = await answer_to({**follow_up, "repositories": []}, token)
    assert alone.repositories == []
    assert (await answer_to(follow_up, token)).repositories == []


async def test_a_conversation_goes_on_without_one_that_may_not_be_read_any_more(
    zoos, token, bob, with_model
):
    first = await answer_to(request_for(zoos), token)
    taken = Repository.objects.filter(pk=zoos[1].pk)
    await in_thread(taken.update, is_private=True, added_by=bob)
    follow_up = ask(zoos[0], text="And the zebra?", conversation=str(first.conversation_id))
    row = await answer_to(follow_up, token)
    assert (paths_of(row.sources), row.repositories) == ({"app.py"}, [])


async def test_one_without_an_index_is_left_out_and_the_answer_says_so(
    zoos, token, with_model, tmp_path
):
    (tmp_path / "new").mkdir()
    new = await in_thread(add, parse_address(str(tmp_path / "new"), "local"), None)
    row = await answer_to(request_for([*zoos, new]), token)
    assert [one["name"] for one in row.repositories] == ["own/fields", "own/stable"]
    (notice,) = [one for one in row.notices if one["code"] == "repositories_not_ready"]
    assert notice["message"].startswith(f"Not yet indexed, and so left out: {new.name}.")


async def test_the_first_named_again_counts_once(zoos, token, with_model):
    names = [zoos[0].url, str(zoos[0].pk), str(zoos[1].pk), str(zoos[1].pk)]
    row = await answer_to(request_for(zoos, repositories=names), token)
    assert [one["id"] for one in row.repositories] == [str(one.pk) for one in zoos]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("a", "repositories must be a list of texts"),
        ([1], "repositories must be a list of texts"),
        (["x" * 2001], "repositories is longer than 2,000 characters"),
        ([str(uuid.UUID(int=n)) for n in range(6)], "At most 5 more repositories"),
        (["ext::sh -c touch% /tmp/x"], ""),
        (["file:///etc"], ""),
        ([""], None),
        (None, None),
    ],
)
async def test_a_field_that_names_none_is_told_what_is_wrong(zoos, token, with_model, value, told):
    request = {**request_for(zoos), "repositories": value}
    reply = await over_http(json.loads(json.dumps(request)), token)
    if told is None:
        assert reply.code == 200
    else:
        assert reply.code in (400, 404) and told in reply.detail
