"""Addresses of a host's pages with the host swapped for ours."""

import pytest
from django.urls import reverse

from repos.models import Repository

pytestmark = pytest.mark.django_db
FILE = "shop/prices.py"


@pytest.fixture
def kept(repository):
    Repository.objects.update(name="shop/pocket")
    return repository


@pytest.mark.parametrize(
    ("page", "path"),
    [
        (f"blob/main/{FILE}", FILE),
        (f"blob/feature/x/{FILE}", FILE),
        (f"blame/{'0' * 40}/{FILE}", FILE),
        ("tree/main/shop", "shop"),
    ],
)
def test_a_page_of_a_file_or_folder_leads_to_it(client, alice, kept, page, path):
    client.force_login(alice)
    response = client.get(f"/shop/pocket/{page}", follow=True)
    assert response.redirect_chain[0] == (reverse("code", args=[kept.pk, path]), 302)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("kind", "url", "page"),
    [
        ("gitlab", "https://gitlab.com/shop/pocket", f"-/blob/main/{FILE}"),
        ("gitea", "https://codeberg.org/shop/pocket", f"src/branch/main/{FILE}"),
        ("bitbucket", "https://bitbucket.org/shop/pocket", f"src/main/{FILE}"),
    ],
)
def test_each_host_has_pages_of_its_own(client, alice, kept, kind, url, page):
    Repository.objects.update(kind=kind, url=url)
    client.force_login(alice)
    response = client.get(f"/shop/pocket/{page}")
    assert response["Location"] == reverse("code", args=[kept.pk, FILE])


@pytest.mark.parametrize("page", ["blob/main/none.py", "blob/main/../x", "tree/main", "issues/5"])
def test_any_other_page_leads_to_the_repository(client, alice, kept, page):
    client.force_login(alice)
    response = client.get(f"/shop/pocket/{page}")
    assert response["Location"] == reverse("repository", args=[kept.pk])


def test_what_one_may_not_read_is_not_there(client, alice, bob, kept):
    Repository.objects.update(is_private=True, added_by=alice)
    client.force_login(bob)
    known = client.get(f"/shop/pocket/blob/main/{FILE}")
    unknown = client.get(f"/shop/pockets/blob/main/{FILE}")
    assert known.status_code == unknown.status_code == 200
    assert "shop/pocket" in known.content.decode()
    assert "Location" not in known
