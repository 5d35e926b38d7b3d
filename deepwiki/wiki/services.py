"""What people and programs do with wikis."""

from __future__ import annotations

import logging
from dataclasses import replace

from django.conf import settings

from deepwiki.wiki import builds, refresh
from deepwiki.wiki.builds.language import last_language
from deepwiki.wiki.day_quota import QuotaUsedUp, check_tokens_left, payer_of, within_quota
from deepwiki.wiki.models import Wiki, WikiBuild, WikiPage
from repos.models import Repository

logger = logging.getLogger(__name__)
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
    order = within_day(repository, order, user_id)
    build, _ = builds.request(repository, user_id, order=order)
    return build


def within_day(
    repository: Repository, order: builds.BuildOrder, user_id: int | None = None
) -> builds.BuildOrder:
    """An order held to the tokens of the day of whoever pays for it. Raises QuotaUsedUp."""
    if not order.model:
        return order
    tokens = within_quota(order.max_tokens, payer_of(repository, user_id))
    return replace(order, max_tokens=tokens)


def automatic_order(repository: Repository) -> builds.BuildOrder:
    """How a wiki is made that nobody asked for: by the settings, in the language it has."""
    provider, _, model = settings.WIKI_MODEL.partition("/")
    if not model:
        return builds.FROM_CODE
    language = last_language(repository)
    return builds.BuildOrder(provider, model, settings.WIKI_TOKENS, language=language)


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
        build_wiki(repository, order=_affordable(repository, automatic_order(repository)))


def _affordable(repository: Repository, order: builds.BuildOrder) -> builds.BuildOrder:
    """The order; without its model where the day's tokens of the owner are used up."""
    try:
        return within_day(repository, order)
    except QuotaUsedUp:
        logger.warning(
            "the wiki of %s is made from the code: its owner has used the tokens of the day",
            repository.pk,
        )
        return builds.FROM_CODE
