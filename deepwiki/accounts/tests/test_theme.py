"""The theme: switched in the header, kept by the browser and the person."""

import pytest

from deepwiki.accounts.models import Profile

pytestmark = pytest.mark.django_db


def test_a_browser_keeps_its_theme_before_anybody_signs_in(client):
    client.post("/accounts/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()
    client.post("/accounts/theme", {"theme": ""})
    assert "data-theme=" not in client.get("/accounts/login/").content.decode()


def test_signing_in_keeps_it_until_the_person_has_chosen(client, alice):
    client.post("/accounts/theme", {"theme": "dark"})
    client.post("/accounts/login/", {"login": "alice", "password": "alice-pass-1"})
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.post("/accounts/theme", {"theme": "light"})
    assert Profile.objects.get(user=alice).theme == "light"
    client.cookies.clear()
    client.post("/accounts/login/", {"login": "alice", "password": "alice-pass-1"})
    assert 'data-theme="light"' in client.get("/").content.decode()


def test_the_button_is_given_anew_for_the_next_theme(client):
    button = client.post("/accounts/theme", {"theme": "light"}, headers={"hx-request": "true"})
    assert 'value="dark"' in button.content.decode()
    unknown = client.post("/accounts/theme", {"theme": "pink"}, headers={"hx-request": "true"})
    assert 'value="light"' in unknown.content.decode()


def test_the_form_leads_back_to_our_own_page_only(client):
    there = client.post("/accounts/theme", headers={"referer": "https://evil.example/"})
    assert there.url == "/"
    here = client.post("/accounts/theme", headers={"referer": "http://testserver/accounts/login/"})
    assert here.url == "http://testserver/accounts/login/"
