"""The repositories of an answer, where it was asked about several: links, and who may open them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from chat.core.json_shapes import RepositoryItem
from chat.models import Message
from chat.rendering.citation_links import HostPages
from repos.models import Repository

RepositoriesById = Mapping[uuid.UUID, Repository]


@dataclass(frozen=True)
class SeveralHosts:
    """The pages of the lines of several repositories, by what stands before their paths.

    `first` has the paths that begin with the name of none.
    """

    first: HostPages
    by_prefix: Mapping[str, tuple[HostPages, str]]  # with the commit of each

    def blob_url(self, commit: str, path: str, start: int = 0, end: int = 0) -> str:
        """See HostPages; each repository is shown at its own commit."""
        for prefix, (pages, own_commit) in self.by_prefix.items():
            if path.startswith(prefix):
                return pages.blob_url(own_commit, path.removeprefix(prefix), start, end)
        return self.first.blob_url(commit, path, start, end)


def repository_ids(messages: Iterable[Message]) -> set[uuid.UUID]:
    """Those of all messages that are about several."""
    return {uuid.UUID(item["id"]) for message in messages for item in message.repositories}


def load_repositories(messages: Iterable[Message]) -> RepositoriesById:
    """The rows of those that are still there; no query where each is about one alone."""
    ids = repository_ids(messages)
    return Repository.objects.in_bulk(ids) if ids else {}


def host_pages(answer: Message, repository: Repository, known: RepositoriesById) -> HostPages:
    """Where the host of a repository, or those of several, show the lines of an answer."""
    by_prefix = {
        f"{item['name']}:": (known[pk].address, item.get("commit", ""))
        for item in _items(answer)
        if (pk := uuid.UUID(item["id"])) in known
    }
    return SeveralHosts(repository.address, by_prefix) if by_prefix else repository.address


def path_in_first(answer: Message, path: str) -> str:
    """A path in the first repository, without its name; empty for one of another."""
    for number, item in enumerate(_items(answer)):
        if path.startswith(f"{item['name']}:"):
            return "" if number else path.removeprefix(f"{item['name']}:")
    return path


def names_json(answer: Message, openable: Collection[uuid.UUID] | None = None) -> str:
    """Name before a path -> id of the repository, for the scripts; empty for one alone.

    An id that is not `openable` is left empty; None opens all.
    """
    ids = {
        item["name"]: item["id"] if openable is None or uuid.UUID(item["id"]) in openable else ""
        for item in _items(answer)
    }
    return json.dumps(ids) if ids else ""


def readable_ids(readable: QuerySet[Repository], messages: Iterable[Message]) -> set[uuid.UUID]:
    """Those of the messages that are among the readable ones."""
    ids = repository_ids(messages)
    return set(readable.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def _items(answer: Message) -> list[RepositoryItem]:
    items: list[RepositoryItem] = answer.repositories
    return items
