"""Signing in at another site begins at the public address, where the site sends people back to."""

import pytest

PUBLIC = "https://wiki.example.org"


@pytest.fixture
def public(settings):
    settings.PUBLIC_URL = settings.PUBLIC_ORIGIN = PUBLIC
    settings.ALLOWED_HOSTS = ["wiki.example.org", "10.0.0.5"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/github/login/", "/accounts/oidc/company/login/"])
def test_another_host_leads_to_the_public_one(client, public, path):
    response = client.get(f"{path}?next=/c/", headers={"host": "10.0.0.5"})
    assert (response.status_code, response["Location"]) == (302, f"{PUBLIC}{path}?next=/c/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("wiki.example.org", "/accounts/github/login/"),
        ("10.0.0.5", "/accounts/login/"),
        ("10.0.0.5", "/accounts/github/login/callback/"),
        ("10.0.0.5", "/accounts/profile/"),
    ],
)
def test_everything_else_stays_where_it_is(client, public, host, path):
    response = client.get(path, headers={"host": host})
    assert not response.get("Location", "").startswith(PUBLIC)


@pytest.mark.django_db
def test_without_a_public_address_nobody_is_led_anywhere(client, settings):
    settings.ALLOWED_HOSTS = ["10.0.0.5"]
    response = client.get("/accounts/github/login/", headers={"host": "10.0.0.5"})
    assert not response.get("Location", "").startswith("http")
