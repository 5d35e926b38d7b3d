"""What a person does on the page, for browser tests."""

from __future__ import annotations

from typing import Any


def sign_in(page: Any, live: Any, name: str = "alice") -> None:
    """Sign in as a person does, with the password that the `people` fixture gave."""
    page.goto(f"{live.url}/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", f"{name}-pass-1")
    page.click("button[type=submit]")
    page.wait_for_selector("#add-form")


def bring_session(page: Any, live: Any, name: str = "alice") -> None:
    """Give the browser the cookie of a session that is signed in: for tests that are not about signing in."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live.url}])


def begin(page: Any, live: Any, repository: Any, name: str = "alice") -> Any:
    """Open a repository's page as somebody who is signed in; gives the page."""
    bring_session(page, live, name)
    page.goto(f"{live.url}/r/{repository.pk}/")
    return page


def ask(page: Any, text: str) -> None:
    """Type a question and send it."""
    page.fill("#question", text)
    page.press("#question", "Enter")


def finished(page: Any, state: str = "complete") -> str:
    """Wait until the last answer has ended and what comes after it is there; gives its text."""
    page.wait_for_selector(f".answer[data-state={state}]:last-child")
    loaded(page)
    return str(page.inner_text(".answer:last-child [data-part=body]"))


def loaded(page: Any) -> None:
    """Wait until no part of the page is being loaded: the list, the state, the end of an answer."""
    page.wait_for_selector(".htmx-request", state="detached")
    page.wait_for_selector(".earlier[aria-busy]", state="detached")
