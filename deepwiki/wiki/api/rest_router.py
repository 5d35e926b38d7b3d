"""Wikis in the REST interface: reading pages, having a wiki made."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from chat.api.rest.identity import MANAGE, READ, person_of, reader_of, require_admin
from chat.api.rest.lookups import readable_repository
from chat.api.rest.problems import Problem, no_such, not_allowed
from chat.services.wiki_texts import WikiPageText, wiki_pages
from deepwiki.wiki import services
from deepwiki.wiki.builds import WikiDisabled
from deepwiki.wiki.models import WikiBuild

router = Router(tags=["wiki"])
NO_WIKI = "This repository has no wiki that you may read."
NOT_YOURS = "Only who manages a repository may have its wiki made."


class PageHead(Schema):
    """A page of a wiki; `above` are the slugs of the pages above it."""

    slug: str
    title: str
    summary: str
    above: list[str]
    commit: str


class PageText(PageHead):
    """A page with its Markdown."""

    text: str


class WikiPages(Schema):
    """The pages of a wiki in reading order."""

    repository: str
    pages: list[PageHead]


class BuildRow(Schema):
    """A run that makes a wiki."""

    id: uuid.UUID
    state: str
    created_at: datetime
    finished_at: datetime | None = None


@router.get("/repositories/{repository_id}/wiki", response=WikiPages, auth=READ)
def get_wiki(request: HttpRequest, repository_id: uuid.UUID) -> dict[str, Any]:
    """The pages of the wiki of a repository."""
    pages = _pages(request, repository_id)
    return {"repository": pages[0].repository, "pages": pages}


@router.get("/repositories/{repository_id}/wiki/{slug}", response=PageText, auth=READ)
def get_wiki_page(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> WikiPageText:
    """A page of the wiki of a repository, in Markdown."""
    for page in _pages(request, repository_id):
        if page.slug == slug:
            return page
    raise no_such()


@router.post("/repositories/{repository_id}/wiki", response={202: BuildRow}, auth=MANAGE)
def build_wiki(request: HttpRequest, repository_id: uuid.UUID) -> Status[WikiBuild]:
    """Have the wiki made from the code; the unfinished build where there is one."""
    repository = readable_repository(request, repository_id)
    person = person_of(request)
    if not repository.managed_by(person):
        raise not_allowed(NOT_YOURS)
    if not repository.is_owned_by(person):
        require_admin(request)
    try:
        build = services.build_wiki(repository, person.pk)
    except WikiDisabled as error:
        raise Problem(409, "wiki_disabled", str(error)) from None
    return Status(202, build)


def _pages(request: HttpRequest, repository_id: uuid.UUID) -> list[WikiPageText]:
    """Raises Problem where there are none."""
    readable_repository(request, repository_id)
    pages = wiki_pages(reader_of(request), repository_id)
    if not pages:
        raise Problem(404, "no_wiki", NO_WIKI)
    return pages
