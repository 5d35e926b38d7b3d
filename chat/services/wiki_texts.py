"""The wikis of repositories as texts, for programs. The app above the chat that has them adds
itself at start."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from repos.models.repository import Identified


@dataclass(frozen=True)
class WikiPageText:
    """A page of a wiki. `above` are the slugs of the pages above it; `text` is Markdown.

    `repository` is the name of the repository, with its revision where it has one.
    """

    repository: str
    slug: str
    title: str
    summary: str = ""
    above: tuple[str, ...] = ()
    commit: str = ""
    text: str = ""


class WikiReader(Protocol):
    """Reads wikis with a person's rights. All of it asks the database."""

    def pages(self, person: Identified, repository_id: uuid.UUID) -> Sequence[WikiPageText]:
        """The pages in reading order, with their texts; none without a wiki."""
        ...

    def titles(
        self, person: Identified, after: int, count: int
    ) -> Sequence[tuple[int, WikiPageText]]:
        """Pages of all wikis, without texts, each with its place: those behind `after`."""
        ...


READERS: list[WikiReader] = []


def wiki_pages(person: Identified, repository_id: uuid.UUID) -> list[WikiPageText]:
    """The pages of the wiki of a repository that the person may read."""
    return [page for reader in READERS for page in reader.pages(person, repository_id)]


def wiki_titles(person: Identified, after: int, count: int) -> list[tuple[int, WikiPageText]]:
    """Up to `count` pages of all wikis, in a lasting order."""
    return [row for reader in READERS for row in reader.titles(person, after, count)]
