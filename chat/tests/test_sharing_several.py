"""Shared and exported answers about several repositories: code of each only to whom its rules let."""

import json

import pytest

from chat.models import Conversation, Message
from chat.tests.test_sharing import shared
from deepwiki.testing.fixtures import write_files
from repos.models import Repository

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = {"kind": "github", "host_is_public": True}


@pytest.fixture
def zoos(index_folder, tmp_path):
    """Two public repositories, `own/fields` and `own/stable`."""
    ids = []
    for name in ("fields", "stable"):
        write_files(tmp_path / name, {"app.py": f"def {name}():\n    return 1\n"})
        ids.append(index_folder(tmp_path / name).pk)
        url = f"https://github.com/own/{name}"
        Repository.objects.filter(pk=ids[-1]).update(name=f"own/{name}", url=url, **PUBLIC)
    rows = Repository.objects.select_related("current_index").in_bulk(ids)
    return [rows[pk] for pk in ids]


@pytest.fixture
def asked(alice, zoos):
    """A conversation of alice's about both, whose answer cites each."""
    made = Conversation.objects.create(user=alice, repository=zoos[0], title="Zoos?")
    items = [
        {"id": str(one.pk), "name": one.name, "commit": one.current_index.commit} for one in zoos
    ]
    question = Message.objects.create(
        conversation=made, position=1, role="user", content="Zoos?", repositories=items
    )
    cited = [("own/fields:app.py", 1), ("own/stable:app.py", 2)]
    Message.objects.create(
        conversation=made,
        position=2,
        parent=question,
        role="assistant",
        content="`own/fields:app.py:L1` and `own/stable:app.py:L2`.",
        commit=zoos[0].current_index.commit,
        citations=[
            {"path": path, "start": n, "end": n, "found": True, "state": "read"}
            for path, n in cited
        ],
        steps=[
            {
                "n": 1,
                "tool": "read_file",
                "arguments": {},
                "state": "done",
                "summary": "read `own/stable:app.py` 1-2",
                "code": "",
                "passages": ["own/stable:app.py:L1-L2"],
                "ms": 3,
                "tokens": 1,
            }
        ],
        repositories=items,
    )
    return made


def page_of(client, share):
    return client.get(f"/s/{share.key}/")


def test_citations_lead_to_each_repository_at_its_own_commit(client, alice, asked, zoos):
    client.force_login(alice)
    page = client.get(f"/c/{asked.pk}/").content.decode().replace("&quot;", '"')
    for one in zoos:
        assert f"{one.url}/blob/{one.current_index.commit}/app.py" in page
    names = {one.name: str(one.pk) for one in zoos}
    assert f'data-repositories="{json.dumps(names)}"' in page


def test_a_link_shows_public_ones_to_everybody(client, alice, asked):
    client.force_login(alice)
    share = shared(client, asked)
    client.logout()
    assert "own/stable:app.py" in page_of(client, share).content.decode()


def test_there_is_no_link_while_one_of_them_is_private(client, alice, asked, zoos):
    Repository.objects.filter(pk=zoos[1].pk).update(is_private=True, added_by=alice)
    client.force_login(alice)
    assert "This repository is private" in client.get(f"/c/{asked.pk}/shares").content.decode()
    assert shared(client, asked) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda other, bob: other.update(is_private=True, added_by=bob),
        lambda other, bob: other.update(is_private=True, added_by=bob, shares_allowed=True),
        lambda other, bob: other.update(closed_at="2026-01-01T00:00:00Z"),
        lambda other, bob: other.delete(),
    ],
    ids=["private", "lost to its owner", "closed", "deleted"],
)
def test_a_link_ends_with_the_permission_to_any_of_them(client, alice, bob, asked, zoos, change):
    client.force_login(alice)
    share = shared(client, asked)
    assert page_of(client, share).status_code == 200
    change(Repository.objects.filter(pk=zoos[1].pk), bob)
    for person in (alice, bob):
        client.force_login(person)
        assert page_of(client, share).status_code == 404
    client.logout()
    assert page_of(client, share).status_code == 404


def test_a_link_needs_an_account_where_one_of_them_does(client, alice, bob, asked, zoos):
    Repository.objects.filter(pk=zoos[1].pk).update(host_is_public=False)
    client.force_login(alice)
    share = shared(client, asked)
    client.force_login(bob)
    assert page_of(client, share).status_code == 200
    client.logout()
    assert page_of(client, share).status_code == 302


def test_who_may_not_read_one_of_them_cannot_open_its_files(client, alice, bob, asked, zoos):
    secret = Repository.objects.filter(pk=zoos[1].pk)
    secret.update(is_private=True, added_by=alice, shares_allowed=True)
    client.force_login(alice)
    share = shared(client, asked)
    client.force_login(bob)
    page = page_of(client, share).content.decode().replace("&quot;", '"')
    names = {"own/fields": str(zoos[0].pk), "own/stable": ""}
    assert f'data-repositories="{json.dumps(names)}"' in page
    source = f"/r/{zoos[1].pk}/source?path=app.py"
    assert client.get(source).status_code == 404


def test_a_message_before_the_shared_ones_end_counts_alone(client, alice, asked, zoos):
    """What was asked later about a private one does not take an earlier link back."""
    client.force_login(alice)
    last = asked.messages.order_by("-position").first()
    Message.objects.create(
        conversation=asked,
        position=3,
        parent=last,
        role="user",
        content="And the secret one?",
        repositories=[{"id": "0" * 32, "name": "a/secret"}],
    )
    assert shared(client, asked, last=str(last.pk)) is not None
    assert shared(client, asked, last=str(asked.messages.get(position=3).pk)).last == last


def test_exports_name_the_repositories(client, alice, asked, zoos):
    client.force_login(alice)
    answer = asked.messages.get(role="assistant")
    exported = json.loads(client.get(f"/c/{asked.pk}/export.json").content)["messages"][1]
    assert [one["name"] for one in exported["repositories"]] == ["own/fields", "own/stable"]
    Message.objects.filter(pk=answer.pk).update(
        sources=[{"number": 1, "path": "own/stable:app.py", "start": 1, "end": 2, "url": ""}]
    )
    text = client.get(f"/m/{answer.pk}/answer.md").content.decode()
    commits = [one.current_index.commit for one in zoos]
    assert f"Sources in own/fields at {commits[0]}, own/stable at {commits[1]}:" in text
    assert "- own/stable:app.py:2-2 (read)" in text


def test_follow_ups_are_about_the_repository_of_the_page(client, alice, asked):
    """No question names a file of another as if it were there."""
    from chat.web.follow_ups import _main_lines

    answer = asked.messages.get(role="assistant")
    assert _main_lines(answer).path == "app.py"
    answer.citations = answer.citations[1:]
    assert _main_lines(answer) is None
