"""The form that adds a repository: what it takes, and what it shows again."""

import pytest
from django.urls import reverse

from repos.models import Repository

pytestmark = pytest.mark.django_db
ADD = reverse("repository-add")


def post(client, **fields):
    return client.post(ADD, fields)


@pytest.mark.parametrize(
    ("text", "url", "revision"),
    [
        ("actions/checkout", "https://github.com/actions/checkout", ""),
        ("https://github.com/a/b/tree/2.3.x", "https://github.com/a/b", "2.3.x"),
        ("git clone -b dev git@github.com:a/b.git", "https://github.com/a/b", "dev"),
        (
            "https://dev.azure.com/o/p/_git/r?version=GBmain",
            "https://dev.azure.com/o/p/_git/r",
            "main",
        ),
    ],
)
def test_what_is_pasted_becomes_one_repository_at_one_revision(client, alice, text, url, revision):
    client.force_login(alice)
    assert post(client, repo_url=text).status_code == 302
    repository = Repository.objects.get()
    assert (repository.url, repository.revision) == (url, revision)
    post(client, repo_url=url.upper().replace("HTTPS", "https") + ".GIT", revision=revision)
    assert Repository.objects.count() == 1


def test_the_field_for_the_revision_counts_before_the_address(client, alice):
    client.force_login(alice)
    post(client, repo_url="https://github.com/a/b/tree/2.3.x", revision="main")
    assert Repository.objects.get().revision == "main"


@pytest.mark.parametrize(
    "text",
    [
        "https://user:s3cret@github.com/a/b",
        "ftp://user:s3cret@example.org/a/b",
        "git clone https://user:s3cret@example.org/a/b",
        "https://user:s3cret@github.com/a/b with more",
        "https://user%3As3cret@github.com/a/b",
        "https://s3cret0123456789abcdefgh@git.example.org/a/b",
        "user:s3cret@github.com/a/b",
        "ssh://git:s3cret@github.com/a/b",
        "https://user:s3/cret@github.com/a/b",
    ],
)
def test_a_password_is_not_shown_again_whatever_is_wrong_with_the_address(client, alice, text):
    client.force_login(alice)
    response = post(client, repo_url=text)
    assert response.status_code == 422
    page = response.content.decode()
    assert "s3cret" not in page and "s3/cret" not in page
    assert not Repository.objects.exists()


def test_an_address_that_is_refused_is_shown_again(client, alice):
    client.force_login(alice)
    page = post(client, repo_url="https://github.com/only-owner").content.decode()
    assert "https://github.com/only-owner" in page


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://github.com/a/b/tree/main/src/core", "names “src/core”; the whole repository"),
        ("https://github.com/a/b/blob/main/setup.py", "names “setup.py”; the whole repository"),
        ("https://github.com/a/b/tree/main", ""),
        ("https://github.com/a/b#readme", ""),
        ("a/b", ""),
    ],
)
def test_a_path_in_the_address_is_told_to_be_no_more_than_where_one_was(
    client, alice, address, told
):
    client.force_login(alice)
    page = client.post(ADD, {"repo_url": address, "revision": "main"}, follow=True)
    assert page.status_code == 200
    text = page.content.decode()
    assert told in text
    assert ("the whole repository is added" in text) == bool(told)
