"""The whole site under a path of its host, DEEPWIKI_PUBLIC_URL=https://host/wiki."""

from dataclasses import replace
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from deepwiki.testing.page import ask, finished, sign_in

pytestmark = [pytest.mark.acceptance, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(start):
    return start(DEEPWIKI_PUBLIC_URL="http://localhost/wiki")


@pytest.mark.browser
def test_a_person_signs_in_asks_reads_and_leaves_under_the_path(server, open_page, repository):
    under = replace(server, url=f"{server.url}/wiki")
    page = open_page(under)
    outside = []
    page.on("request", lambda request: outside.append(request.url))
    page.on("websocket", lambda socket: outside.append(socket.url))
    sign_in(page, under)
    page.goto(f"{under.url}/r/{repository.pk}/")
    ask(page, "How is the discount computed?")
    finished(page)
    assert urlsplit(page.url).path.startswith("/wiki/c/")
    page.reload()
    finished(page)
    page.click("summary:has-text('sources')")
    page.click(".sources a.cite >> nth=0")
    page.wait_for_selector(".pane .marked")
    page.keyboard.press("Escape")
    page.goto(f"{under.url}/no/such/page")
    page.click("main a, a >> nth=0")
    page.wait_for_selector("#add-form")
    paths = {urlsplit(url).path for url in outside if not url.startswith("data:")}
    assert "/wiki/ws/chat" in paths
    assert {path for path in paths if not path.startswith("/wiki/")} == set()
    cookies = {cookie["name"]: cookie["path"] for cookie in page.context.cookies()}
    assert set(cookies.values()) == {"/wiki/"}


def test_a_proxy_may_take_the_path_away(server):
    with httpx2.Client(base_url=server.url) as client:
        page = client.get("/accounts/login/")
        assert page.status_code == 200
        assert 'action="/accounts' not in page.text
        assert "/wiki/static/" in page.text
        assert client.get("/").headers["location"].startswith("/wiki/accounts/login/")
        assert client.get("/healthz").status_code == 200
        assert client.get("/wiki/healthz").status_code == 200


def test_what_a_client_says_about_the_path_counts_for_nothing(server):
    with httpx2.Client(
        base_url=server.url, headers={"Daphne-Root-Path": "//evil.example"}
    ) as client:
        assert "evil.example" not in client.get("/wiki/accounts/login/").text
        assert client.get("/").headers["location"].startswith("/wiki/accounts/login/")


@pytest.mark.parametrize("path", ["/ws/chat", "/wiki/ws/chat"])
def test_sockets_are_served_with_the_path_and_without_it(server, path):
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://localhost:{server.port}{path}")
    assert refused.value.response.status_code == 403  # nobody is signed in: the route is there
