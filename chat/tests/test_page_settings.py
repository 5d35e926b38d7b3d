"""A person's settings in a real browser: the theme, passwords, the second factor, browsers."""

import pytest
from django.utils import timezone

from chat.models import Conversation, Message
from chat.tests.test_accessibility import LOOKS, check
from deepwiki.accounts.models import Profile
from deepwiki.accounts.tests.test_two_factor import code_of
from deepwiki.testing.page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/accounts/profile/",
    "/accounts/appearance/",
    "/accounts/models/",
    "/accounts/usage/",
    "/accounts/tokens/",
    "/accounts/sessions/",
    "/accounts/2fa/",
    "/accounts/password/change/",
)


def used(person, repository):
    """Something to draw in the chart of usage."""
    talk = Conversation.objects.create(user=person, repository=repository, title="x")
    Message.objects.create(
        conversation=talk,
        position=1,
        role="assistant",
        usage={"input_tokens": 900, "output_tokens": 80},
        created_at=timezone.now(),
    )


def confirm_password(page):
    page.fill("[name=password]", "alice-pass-1")
    page.press("[name=password]", "Enter")


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_every_page_of_the_settings_follows_the_rules(start, open_page, people, repository, look):
    used(people["alice"], repository)
    live = start("fake?tokens=1")
    page = open_page(live, **look)
    sign_in(page, live)
    for path in PAGES:
        page.goto(live.url + path)
        check(page, path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(f"{live.url}/accounts/2fa/totp/activate/")
    check(page, "the password once more")
    confirm_password(page)
    page.wait_for_selector("#totp-key")
    check(page, "setting up an app")
    page.fill("[name=code]", code_of(page.inner_text("#totp-key")))
    page.press("[name=code]", "Enter")
    page.wait_for_selector(".codes")
    check(page, "recovery codes")


def test_the_theme_is_switched_at_once_and_stays(start, open_page, people):
    live = start("fake?tokens=1")
    page = open_page(live, color_scheme="light")
    page.goto(f"{live.url}/accounts/login/")
    page.click(".theme-toggle button")  # as the system -> light
    page.click(".theme-toggle [value=dark]")
    page.wait_for_selector(".theme-toggle [value='']")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate(ground) == dark
    sign_in(page, live)
    assert page.get_attribute("html", "data-theme") == "dark"
    page.click(".theme-toggle button")  # dark -> as the system
    page.wait_for_selector(".theme-toggle [value=light]")
    assert page.get_attribute("html", "data-theme") is None
    assert page.evaluate(ground) != dark
    assert Profile.objects.get(user=people["alice"]).theme == ""


def test_a_password_is_shown_and_hidden_again(start, open_page):
    live = start("fake?tokens=1")
    page = open_page(live)
    page.goto(f"{live.url}/accounts/login/")
    page.fill("[name=password]", "secret")
    page.click("[data-action=show-password]")
    assert page.get_attribute("[name=password]", "type") == "text"
    assert page.get_attribute("[data-action=show-password]", "aria-pressed") == "true"
    page.click("[data-action=show-password]")
    assert page.get_attribute("[name=password]", "type") == "password"


def test_signing_in_with_the_app_that_was_set_up(start, open_page):
    live = start("fake?tokens=1")
    page = open_page(live)
    sign_in(page, live)
    page.goto(f"{live.url}/accounts/2fa/")
    page.click("text=Set it up")
    confirm_password(page)
    page.wait_for_selector("#totp-key")
    assert page.evaluate("document.querySelector('.qr').naturalWidth") > 0
    secret = page.inner_text("#totp-key")
    page.fill("[name=code]", code_of(secret))
    page.press("[name=code]", "Enter")
    page.wait_for_selector(".codes")
    page.click("text=Sign out")
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", "alice-pass-1")
    page.press("[name=password]", "Enter")
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", "000000")
    page.press("[name=code]", "Enter")
    page.wait_for_selector(".errorlist")
    page.fill("[name=code]", code_of(secret))
    page.press("[name=code]", "Enter")
    page.wait_for_selector("h1:has-text('Ask a repository')")


def test_another_browser_is_signed_out_from_here(start, open_page):
    live = start("fake?tokens=1")
    here, there = open_page(live), open_page(live)
    sign_in(here, live)
    sign_in(there, live)
    there.goto(f"{live.url}/accounts/profile/")
    here.goto(f"{live.url}/accounts/sessions/")
    here.click(".sessions form button")
    here.wait_for_function("document.querySelectorAll('.sessions li').length === 1")
    there.goto(f"{live.url}/accounts/profile/")
    assert "/accounts/login/" in there.url
