"""The browsers one is signed in with, and signing them out."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from deepwiki.accounts.sessions import browser_name, forget_ended

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
PAGE = "/accounts/sessions/"


def browser(person, agent, address="192.0.2.7"):
    """A browser in which somebody is signed in and has opened a page."""
    opened = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    opened.force_login(person)
    opened.get("/accounts/profile/")
    return opened


def stored(opened):
    return UserSession.objects.get(session_key=opened.session.session_key)


def test_the_list_says_where_one_is_signed_in(alice, bob):
    here = browser(alice, FIREFOX)
    browser(alice, EDGE, "198.51.100.4")
    browser(bob, EDGE, "203.0.113.9")
    page = here.get(PAGE).content.decode()
    assert "Firefox, Linux" in page and "Edge, Windows" in page
    assert "198.51.100.4" in page and "203.0.113.9" not in page
    assert page.count("This browser") == 1


def test_one_browser_is_signed_out(alice, bob):
    here, there = browser(alice, FIREFOX), browser(alice, EDGE)
    end = f"{PAGE}{stored(there).pk}/end"
    assert browser(bob, EDGE).post(end).status_code == 404
    assert there.get("/accounts/profile/").status_code == 200
    here.post(end)
    assert there.get("/accounts/profile/").status_code == 302
    assert here.get("/accounts/profile/").status_code == 200


def test_all_others_are_signed_out(alice, bob):
    here, there = browser(alice, FIREFOX), browser(alice, EDGE)
    of_bob = browser(bob, EDGE)
    here.post(PAGE)
    assert there.get("/accounts/profile/").status_code == 302
    assert here.get("/accounts/profile/").status_code == 200
    assert of_bob.get("/accounts/profile/").status_code == 200


def test_a_session_that_has_ended_is_listed_no_longer(alice):
    here, there = browser(alice, FIREFOX), browser(alice, EDGE)
    Session.objects.filter(session_key=there.session.session_key).delete()
    assert "Edge" not in here.get(PAGE).content.decode()
    assert UserSession.objects.filter(user=alice).count() == 1


def test_a_new_password_ends_the_sessions_that_were_there(alice):
    here, there = browser(alice, FIREFOX), browser(alice, EDGE)
    new = {"password1": "quite-another-1", "password2": "quite-another-1"}
    here.post("/accounts/password/change/", {"oldpassword": "alice-pass-1", **new})
    assert there.get("/accounts/profile/").status_code == 302
    assert "Edge" not in here.get(PAGE).content.decode()


def test_what_a_proxy_sends_as_an_address_breaks_nothing(alice, settings):
    settings.TRUSTED_PROXIES = ["192.0.2.7"]
    opened = Client(headers={"x-forwarded-for": "unknown:80"}, REMOTE_ADDR="192.0.2.7")
    opened.force_login(alice)
    assert opened.get(PAGE).status_code == 200
    assert "0.0.0.0" not in opened.get(PAGE).content.decode()


def test_what_is_known_of_ended_sessions_is_forgotten(alice):
    here, there = browser(alice, FIREFOX), browser(alice, EDGE)
    long_ago = timezone.now() - timedelta(days=15)
    UserSession.objects.filter(pk=stored(there).pk).update(last_seen_at=long_ago)
    Session.objects.filter(pk=there.session.session_key).update(expire_date=long_ago)
    forget_ended()
    assert list(Session.objects.values_list("pk", flat=True)) == [here.session.session_key]
    assert UserSession.objects.get() == stored(here)


@pytest.mark.parametrize(
    ("agent", "name"),
    [(FIREFOX, "Firefox, Linux"), (EDGE, "Edge, Windows"), ("my-tool/1.2", "my-tool"), ("", "")],
)
def test_a_browser_is_named_as_people_name_it(agent, name):
    assert browser_name(agent) == name
