"""/healthz is answered before Django: it waits for no thread and no database."""

import asyncio

import pytest
from asgiref.testing import ApplicationCommunicator

from deepwiki.asgi import application
from deepwiki.runtime.liveness import Liveness


def ask(app, path, method="GET"):
    """Status, headers and body of one request."""

    async def exchange():
        scope = {"type": "http", "path": path, "method": method, "headers": []}
        communicator = ApplicationCommunicator(app, scope)
        await communicator.send_input({"type": "http.request", "body": b""})
        start = await communicator.receive_output()
        body = await communicator.receive_output()
        return start["status"], dict(start["headers"]), body.get("body", b"")

    return asyncio.run(exchange())


async def elsewhere(scope, receive, send):
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("path", ["/healthz", "/wiki/healthz"])
def test_it_is_answered_with_the_path_prefix_and_without_it(path):
    status, headers, body = ask(Liveness(elsewhere, "/wiki"), path)
    assert (status, body) == (200, b'{"status": "ok"}')
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"content-length"] == b"16"


@pytest.mark.parametrize("path", ["/", "/healthz/", "/other/healthz"])
def test_every_other_path_is_the_applications(path):
    assert ask(Liveness(elsewhere, "/wiki"), path)[0] == 418


def test_it_is_read_only():
    status, headers, _ = ask(Liveness(elsewhere, ""), "/healthz", "POST")
    assert (status, headers[b"allow"]) == (405, b"GET, HEAD")
    status, headers, body = ask(Liveness(elsewhere, ""), "/healthz", "HEAD")
    assert (status, headers[b"content-length"], body) == (200, b"16", b"")


def test_no_middleware_sees_it():
    status, headers, _ = ask(application, "/healthz")
    assert status == 200
    assert b"X-Request-Id" not in headers, "Django's middleware sets it"
