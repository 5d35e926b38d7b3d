"""A repository's own page: what it shows to whom, renaming it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation
from repos.models import Index, IndexJob, Repository

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, people, repository):
    """The page as somebody sees it."""

    def page(name="alice"):
        client.force_login(people[name])
        return client.get(reverse("repository-about", args=[repository.pk])).content.decode()

    return page


def test_it_shows_the_state_and_history_of_indexing(page, repository):
    begun = timezone.now() - timedelta(hours=3)
    IndexJob.objects.update(created_at=begun - timedelta(days=1))  # that made the index
    IndexJob.objects.create(
        repository=repository,
        state=IndexJob.State.DONE,
        created_at=begun,
        started_at=begun,
        finished_at=begun + timedelta(seconds=75),
        failures={"shop/odd.py": "unreadable"},
        result={"commit": "c0ffee00" * 5, "written": 1, "removed": 2, "unchanged": False},
    )
    IndexJob.objects.create(
        repository=repository, state=IndexJob.State.FAILED, error="There is no such repository."
    )
    Index.objects.update(skipped={"counts": {"binary": 3}, "examples": {"binary": ["logo.png"]}})
    text = page()
    for expected in (
        "1:15",
        "1 file read",
        "2 removed",
        "c0ffee00",
        "There is no such repository.",
    ):
        assert expected in text
    assert "shop/odd.py" in text and "1 file could not be read" in text
    assert "logo.png" in text


def test_it_shows_ones_own_conversations_alone(page, repository, people):
    for name in ("alice", "bob"):
        Conversation.objects.create(
            user=people[name], repository=repository, title=f"asked by {name}"
        )
    section = page().partition('id="conversations-title"')[2]
    assert "asked by alice" in section and "asked by bob" not in section


def test_its_first_lines_are_of_the_readme_without_badges(client, people, index_folder, tmp_path):
    readme = "# Pocket\n\n[![ci](https://x/b.svg)](https://x)\n\nKeeps prices.\n\n```\ncode\n```\n"
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "README.md").write_text(readme)
    (tmp_path / "r" / "a.py").write_text("x = 1\n")
    repository = index_folder(tmp_path / "r")
    client.force_login(people["alice"])
    text = client.get(reverse("repository-about", args=[repository.pk])).content.decode()
    opening = text.partition('class="prose opening"')[2].partition("</div>")[0]
    assert "Keeps prices." in opening
    assert (
        "Pocket" not in opening
        and "svg" not in opening
        and "code" not in opening.replace("/code/", "")
    )


def test_the_path_of_a_folder_is_shown_to_who_manages_it_alone(page, repository, people):
    Repository.objects.update(added_by=people["alice"])
    assert repository.kind == "local"
    assert f">{repository.url}<" in page("alice")
    assert repository.url not in page("bob")


@pytest.mark.parametrize(("name", "is_offered"), [("alice", True), ("bob", False), ("carol", True)])
def test_settings_are_offered_to_who_may_change_them(page, repository, people, name, is_offered):
    Repository.objects.update(
        added_by=people["alice"], kind="github", url="https://github.com/shop/pocket"
    )
    text = page(name)
    assert ("repository-name" in text) == is_offered
    assert ("Set up a webhook" in text) == is_offered
    assert (reverse("repository-remove", args=[repository.pk]) in text) == is_offered


def test_its_owner_renames_it_and_an_empty_name_is_that_of_its_address(client, repository, people):
    Repository.objects.update(added_by=people["alice"])
    client.force_login(people["alice"])
    url = reverse("repository-rename", args=[repository.pk])
    assert client.post(url, {"name": "  our   shop  "}).status_code == 302
    assert Repository.objects.get(pk=repository.pk).name == "our shop"
    assert client.post(url, {"name": "ours\x00"}).status_code == 400
    client.post(url, {"name": ""})
    assert Repository.objects.get(pk=repository.pk).name == repository.address.name
    client.force_login(people["bob"])
    assert client.post(url, {"name": "mine"}).status_code == 404


def test_the_size_of_its_indexes_is_asked_for_apart(client, repository, people):
    client.force_login(people["alice"])
    answer = client.get(reverse("repository-size", args=[repository.pk]))
    assert answer.content.decode().endswith(("KB", "MB"))
