"""What people and programs do with wikis."""

from __future__ import annotations

from django.conf import settings

from deepwiki.wiki import builds, refresh
from deepwiki.wiki.models import Wiki, WikiBuild
from repos.models import Repository


def build_wiki(repository: Repository, user_id: int | None = None) -> WikiBuild:
    """Request that the wiki of a repository is made; the unfinished build where there is one.

    Raises WikiDisabled.
    """
    build, _ = builds.request(repository, user_id)
    return build


def follow_index(repository: Repository) -> None:
    """What is to be done once a repository has another index: claims are looked for again."""
    refresh.request(repository)
    build_when_outdated(repository)


def refresh_wiki(repository: Repository, user_id: int | None = None) -> None:
    """Request that a model patches the pages whose lines have changed; its cost is agreed to."""
    wiki = Wiki.objects.filter(repository=repository, is_disabled=False).first()
    if wiki is not None:
        refresh.enqueue(wiki, user_id, is_requested=True)


def build_when_outdated(repository: Repository) -> None:
    """Request a wiki of another commit, if wikis are made by themselves."""
    if not settings.WIKI_AUTOMATIC:
        return
    repository.refresh_from_db()
    if builds.is_outdated(repository):
        build_wiki(repository)
