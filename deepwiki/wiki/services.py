"""What people and programs do with wikis."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from deepwiki.wiki import builds, refresh
from deepwiki.wiki.day_quota import check_tokens_left, within_quota
from deepwiki.wiki.models import Wiki, WikiBuild, WikiPage
from repos.models import Repository

PAGE_TOKENS = 150_000  # that one page may use, with its repair


def build_wiki(
    repository: Repository,
    user_id: int | None = None,
    order: builds.BuildOrder = builds.FROM_CODE,
) -> WikiBuild:
    """Request that the wiki of a repository is made; the unfinished build where there is one.

    The tokens of a model are those that the person may still use today. Raises WikiDisabled,
    QuotaUsedUp.
    """
    if order.model:
        order = replace(order, max_tokens=within_quota(order.max_tokens, user_id))
    build, _ = builds.request(repository, user_id, order=order)
    return build


def automatic_order() -> builds.BuildOrder:
    """How wikis are made that nobody asked for, by the settings."""
    provider, _, model = settings.WIKI_MODEL.partition("/")
    if not model:
        return builds.FROM_CODE
    return builds.BuildOrder(provider, model, settings.WIKI_TOKENS)


def write_again(page: WikiPage, user_id: int | None) -> WikiBuild:
    """Request that one page is made once more, by the model of the last build that had one.

    Raises WikiDisabled, QuotaUsedUp.
    """
    last = page.wiki.builds.exclude(model="").order_by("-created_at").first()
    order = builds.BuildOrder(only_slug=page.slug)
    if last is not None:
        named = replace(order, provider=last.provider, model=last.model)
        order = replace(named, language=last.language, max_tokens=PAGE_TOKENS)
    return build_wiki(page.wiki.repository, user_id, order)


def follow_index(repository: Repository) -> None:
    """What is to be done once a repository has another index: claims are looked for again."""
    refresh.request(repository)
    build_when_outdated(repository)


def refresh_wiki(repository: Repository, user_id: int | None = None) -> None:
    """Request that a model patches the pages whose lines have changed; its cost is agreed to.

    Raises QuotaUsedUp.
    """
    check_tokens_left(user_id)
    wiki = Wiki.objects.filter(repository=repository, is_disabled=False).first()
    if wiki is not None:
        refresh.enqueue(wiki, user_id, is_requested=True)


def build_when_outdated(repository: Repository) -> None:
    """Request a wiki of another commit, if wikis are made by themselves."""
    if not settings.WIKI_AUTOMATIC:
        return
    repository.refresh_from_db()
    if builds.is_outdated(repository):
        build_wiki(repository, order=automatic_order())
