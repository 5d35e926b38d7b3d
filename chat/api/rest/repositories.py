"""Repositories: which there are, adding, refreshing and removing them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chat.api.rest.identity import MANAGE, READ, person_of, reader_of, require_admin
from chat.api.rest.jobs import Job
from chat.api.rest.lists import Listed, ListOf, ListQuery
from chat.api.rest.lookups import readable_repositories, readable_repository
from chat.api.rest.problems import not_allowed
from chat.api.rest.texts import QueryShort, RequestBody, Short, Text
from deepwiki.accounts import authentication
from repos import services
from repos.models import IndexJob, Repository

router = Router(tags=["repositories"])
MAY_NOT_REMOVE = "Only its owner, or who may delete repositories, may remove it."


class RepositoryRow(Schema):
    """A repository at its default branch, or at one revision."""

    id: uuid.UUID
    name: str
    address: str
    revision: str = Field(description="Empty for the default branch.")
    kind: str
    is_private: bool
    state: str = Field(description="indexed, not_indexed or closed")
    commit: str = Field(description="The indexed one; empty without an index.")
    passages: int
    created_at: datetime
    used_at: datetime
    updated_at: datetime | None = Field(None, description="When its index last changed.")

    @staticmethod
    def resolve_address(repository: Repository) -> str:
        return repository.url

    @staticmethod
    def resolve_state(repository: Repository) -> str:
        return _state(repository)

    @staticmethod
    def resolve_commit(repository: Repository) -> str:
        index = repository.current_index
        return index.commit if index else ""

    @staticmethod
    def resolve_passages(repository: Repository) -> int:
        index = repository.current_index
        return index.chunks if index else 0

    @staticmethod
    def resolve_updated_at(repository: Repository) -> datetime | None:
        index = repository.current_index
        return index.updated_at if index else None


class RepositoryDetail(RepositoryRow):
    """A repository with its last job."""

    job: Job | None = None

    @staticmethod
    def resolve_job(repository: Repository) -> IndexJob | None:
        return repository.jobs.first()


class NewRepository(RequestBody):
    """Which repository is to be added, at which revision, with which token of its host."""

    address: Text = Field(
        min_length=1, description="https://host/owner/repository, or owner/repository"
    )
    type: Short = Field("", description="github, gitlab, bitbucket, gitea, azure, git or local")
    token: Text = Field("", description="Makes it a private repository of yours.")
    revision: Short = ""


class RepositoriesQuery(ListQuery):
    """Which repositories."""

    query: QueryShort = Field("", description="Only those whose name or address holds this.")


class RefreshOptions(RequestBody):
    """How to refresh."""

    force: bool = Field(
        default=False, description="Build the index anew even when nothing changed."
    )


@router.get("/repositories", response=Listed[RepositoryRow], auth=READ)
def list_repositories(request: HttpRequest, query: Query[RepositoriesQuery]) -> dict[str, Any]:
    """The repositories that you may read."""
    reader = reader_of(request)
    rows = readable_repositories(request).worth_listing(reader)
    if query.query:
        rows = rows.filter(Q(name__icontains=query.query) | Q(url__icontains=query.query))
    return ListOf.of("repositories", reader, query).by_number(rows, "pk")


@router.post("/repositories", response=RepositoryDetail, auth=MANAGE)
def add_repository(request: HttpRequest, new: NewRepository) -> Repository:
    """Add the repository at an address and have it indexed, or find the one that is here."""
    return services.find_or_add(
        person_of(request),
        new.address,
        kind=new.type,
        token=new.token.strip(),
        revision=new.revision.strip(),
        client_address=authentication.client_address(request),
    )


@router.get("/repositories/{repository_id}", response=RepositoryDetail, auth=READ)
def get_repository(request: HttpRequest, repository_id: uuid.UUID) -> Repository:
    """A repository, and how far its last job is."""
    return readable_repository(request, repository_id)


@router.delete("/repositories/{repository_id}", response={204: None}, auth=MANAGE)
def remove_repository(request: HttpRequest, repository_id: uuid.UUID) -> Status[None]:
    """Remove a repository for everybody, with its index and the conversations about it."""
    repository = readable_repository(request, repository_id)
    person = person_of(request)
    if not services.may_remove(person, repository):
        raise not_allowed(MAY_NOT_REMOVE)
    if not services.may_remove_as_theirs(person, repository):
        require_admin(request)
    services.remove(repository, person)
    return Status(204, None)


@router.post("/repositories/{repository_id}/refresh", response={202: Job}, auth=MANAGE)
def refresh_repository(
    request: HttpRequest, repository_id: uuid.UUID, options: RefreshOptions
) -> Status[IndexJob]:
    """Have the index brought up to date: the job that does it."""
    repository = readable_repository(request, repository_id)
    job = services.refresh(repository, person_of(request).pk, force=options.force)
    return Status(202, job)


def _state(repository: Repository) -> str:
    if repository.closed_at is not None:
        return "closed"
    return "indexed" if repository.current_index_id is not None else "not_indexed"
