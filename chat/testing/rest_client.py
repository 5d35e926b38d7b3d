"""A client of the REST interface, in process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

PREFIX = "/api/v1/"


@dataclass(frozen=True)
class RestReply:
    """A response with its JSON."""

    response: HttpResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> Any:
        return json.loads(self.response.content)

    @property
    def problem(self) -> tuple[int, str]:
        """Status and code of a problem; fails for anything else."""
        assert self.response["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        assert set(self.body) >= {"type", "title", "detail"}
        return self.status, self.body["code"]


@dataclass(frozen=True)
class RestClient:
    """Sends requests with one token; without one where it is empty."""

    token: str = ""

    def get(self, path: str, /, headers: Any = None, **query: Any) -> RestReply:
        return self.send("GET", path, headers=headers, query=query)

    def post(self, path: str, body: Any = None) -> RestReply:
        return self.send("POST", path, body)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Any = None, query: Any = None
    ) -> RestReply:
        """`body` is sent as JSON, or as it is where it is bytes."""
        sent = {"host": "localhost"}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        response: Any = Client().generic(
            method,
            PREFIX + path,
            _encoded(body),
            content_type="application/json",
            headers={**sent, **(headers or {})},
            query_params=query,
        )
        return RestReply(response)


def _encoded(body: Any) -> str | bytes:
    if body is None:
        return ""
    return body if isinstance(body, bytes) else json.dumps(body)
