"""The badge: one picture, of public repositories that are indexed, and of no others."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_public_repository_has_a_badge_for_everybody(client, public_repository):
    reply = client.get("/shop/pocket/badge.svg")
    assert (reply.status_code, reply["Content-Type"]) == (200, "image/svg+xml")
    assert "public" in reply["Cache-Control"]
    assert "set-cookie" not in reply.headers


def test_a_private_one_has_none_not_even_for_its_owner(client, public_repository, alice):
    public_repository.is_private, public_repository.added_by = True, alice
    public_repository.save()
    assert client.get("/shop/pocket/badge.svg").status_code == 404
    client.force_login(alice)
    assert client.get("/shop/pocket/badge.svg").status_code == 404


@pytest.mark.parametrize("field", ["host_is_public", "current_index"])
def test_one_of_a_private_host_or_without_an_index_has_none(client, public_repository, field):
    type(public_repository).objects.update(**{field: None if field == "current_index" else False})
    assert client.get("/shop/pocket/badge.svg").status_code == 404


@pytest.mark.parametrize("name", ["shop/nothing", "shop/..", "x/%00"])
def test_anything_else_has_none(client, public_repository, name):
    assert client.get(f"/{name}/badge.svg").status_code in (400, 404)
