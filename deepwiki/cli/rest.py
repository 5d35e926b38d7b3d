"""Indexing and wikis on a server elsewhere, over its REST interface."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deepwiki.cli.server import Server, ServerError

POLL_SECONDS = 1.0
UNFINISHED = ("queued", "running")
Json = Mapping[str, Any]


@dataclass(frozen=True)
class RestClient:
    """Every method raises ServerError, which says what to do."""

    server: Server

    def add(self, address: str, **options: str) -> Json:
        """The repository at an address, which is added where it is new, with its last job."""
        given = {name: value for name, value in options.items() if value}
        return self.server.rest("POST", "repositories", {"address": address, **given})

    def refresh(self, repository: Json, *, force: bool) -> Json:
        """The job that brings an index up to date."""
        path = f"repositories/{repository['id']}/refresh"
        return self.server.rest("POST", path, {"force": force})

    def follow(self, job: Json) -> Iterator[Json]:
        """The states of a job, until it goes on no more."""
        yield job
        while job.get("state") in UNFINISHED:
            time.sleep(POLL_SECONDS)
            job = self.server.rest("GET", f"jobs/{job['id']}")
            yield job

    def repository(self, identifier: str) -> Json:
        """A repository by its id."""
        return self.server.rest("GET", f"repositories/{identifier}")

    def find(self, name: str) -> Json:
        """The repository of this name or address."""
        listed = self.server.rest("GET", "repositories", query=name.partition("@")[0], limit=100)
        for row in listed.get("items", []):
            if name in (row["name"], f"{row['name']}@{row['revision']}", row["address"]):
                return dict(row)
        raise ServerError(f"There is no repository {name} there, or you may not read it.")

    def build_wiki(self, repository: Json) -> Json:
        """Have a wiki made; the build."""
        return self.server.rest("POST", f"repositories/{repository['id']}/wiki")
