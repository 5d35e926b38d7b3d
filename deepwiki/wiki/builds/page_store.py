"""The pages of a plan as rows, and what they say as versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from deepwiki.wiki.builds.claims import claimed_as
from deepwiki.wiki.content import PageContent
from deepwiki.wiki.ledger.page_claims import store_claims
from deepwiki.wiki.models import (
    DEFAULT_LANGUAGE,
    BuildPage,
    PageVersion,
    Wiki,
    WikiBuild,
    WikiPage,
)
from deepwiki.wiki.pages import markdown
from deepwiki.wiki.plan import FormerPage, PlannedPage, WikiPlan, match_plan
from deepwiki.wiki.translation.recorded_pages import json_content, store_recorded
from deepwiki.wiki.writing.page_writer import ModelPage

MAX_TITLE_CHARS = 200


class ClaimLost(Exception):
    """The build was stopped, or another worker has it."""


def match_stored(wiki: Wiki, plan: WikiPlan) -> tuple[WikiPlan, Mapping[str, int]]:
    """The plan with the slugs of the stored pages that it goes on, and their ids by slug."""
    rows = WikiPage.objects.filter(wiki=wiki).order_by("pk")
    former = [
        FormerPage(
            id=row.pk,
            slug=row.slug,
            kind=row.kind,
            topic=row.topic,
            title=row.title,
            files=frozenset(row.files),
            is_removed=row.is_removed,
        )
        for row in rows
    ]
    matched = match_plan(plan, former)
    return matched.plan, matched.former_ids


def store_plan(
    build: WikiBuild, plan: WikiPlan, former_ids: Mapping[str, int], coverage: dict[str, Any]
) -> None:
    """Make the pages of a plan the wiki's, in one transaction; all of them wait to be written.

    Pages that are no longer planned are kept as removed. Raises ClaimLost.
    """
    with transaction.atomic():
        _lock(build)
        wiki = build.wiki
        pages: dict[str, WikiPage] = {}
        for position, planned in enumerate(plan.pages):
            pages[planned.slug] = _store_page(wiki, planned, position, former_ids, pages)
        kept = [page.pk for page in pages.values()]
        WikiPage.objects.filter(wiki=wiki).exclude(pk__in=kept).update(is_removed=True)
        BuildPage.objects.filter(build=build).delete()
        rows = [page for page in pages.values() if build.only_slug in ("", page.slug)]
        BuildPage.objects.bulk_create(BuildPage(build=build, page=page) for page in rows)
        WikiBuild.objects.filter(pk=build.pk).update(commit=build.commit)
        Wiki.objects.filter(pk=wiki.pk).update(commit=build.commit, coverage=coverage)


def _store_page(
    wiki: Wiki,
    planned: PlannedPage,
    position: int,
    former_ids: Mapping[str, int],
    stored: Mapping[str, WikiPage],
) -> WikiPage:
    values: dict[str, Any] = {
        "slug": planned.slug,
        "kind": planned.kind,
        "topic": planned.topic,
        "title": planned.title[:MAX_TITLE_CHARS],
        "parent": stored.get(planned.parent),
        "position": position,
        "importance": planned.importance,
        "files": list(planned.files),
        "is_removed": False,
    }
    page_id = former_ids.get(planned.slug)
    if page_id is None:
        return WikiPage.objects.create(wiki=wiki, **values)
    page = WikiPage(pk=page_id, wiki=wiki, **values)
    page.save(force_update=True, update_fields=list(values))
    return page


def save_page(build: WikiBuild, row: BuildPage, title: str, content: PageContent) -> None:
    """Store what a page says, as a new version if it says something else. Raises ClaimLost.

    A page that a person wrote last stays as it is; a version that a person restored stays until
    there is something else to say than what it replaced. What a model wrote in another language
    is followed by a new version, so that this one is read.
    """
    with transaction.atomic():
        _lock(build)
        versions = PageVersion.objects.filter(page_id=row.page_id, language=DEFAULT_LANGUAGE)
        newest = versions.order_by("-version_number").first()
        title = title[:MAX_TITLE_CHARS]
        if newest is None or _is_followed(newest) or _differs(newest, title, content):
            number = versions.aggregate(last=Max("version_number"))["last"] or 0
            newest = PageVersion.objects.create(
                page_id=row.page_id,
                language=DEFAULT_LANGUAGE,
                version_number=number + 1,
                title=title,
                commit=build.commit,
                content=content.as_json(),
                text=markdown(content, title),
                made_by=PageVersion.Author.CODE,
                build=build,
            )
        store_recorded(newest, content)
        _finish(row, BuildPage.State.DONE)


def save_model_page(build: WikiBuild, row: BuildPage, title: str, page: ModelPage) -> None:
    """Store a page that a model wrote, with its claims, as a new version. Raises ClaimLost.

    A page that a person wrote last stays as it is.
    """
    with transaction.atomic():
        _lock(build)
        language = page.language
        newest = _newest(row, language)
        if newest is None or newest.made_by != PageVersion.Author.PERSON:
            version = PageVersion.objects.create(
                page_id=row.page_id,
                language=language,
                version_number=(newest.version_number if newest else 0) + 1,
                title=title[:MAX_TITLE_CHARS],
                commit=build.commit,
                content=page.content.as_json(),
                text=markdown(page.content, title),
                made_by=PageVersion.Author.MODEL,
                model=build.model,
                build=build,
                second_look=page.second_look,
            )
            store_claims(version, page.claims)
        _finish(row, BuildPage.State.DONE)


def keep_page(build: WikiBuild, row: BuildPage) -> None:
    """The page stays as a model wrote it. Raises ClaimLost."""
    with transaction.atomic():
        _lock(build)
        _finish(row, BuildPage.State.DONE)


def mark_fallback(build: WikiBuild, row: BuildPage, reason: str) -> None:
    """Store why a model did not write a page that is there nevertheless."""
    BuildPage.objects.filter(pk=row.pk, build=build).update(is_fallback=True, error=reason)


def is_by_model(row: BuildPage) -> bool:
    """Whether the newest version of a page, in any language, was written by a model."""
    newest = PageVersion.objects.filter(page_id=row.page_id, translated_from=None)
    found = newest.order_by("-created_at", "-pk").first()
    return found is not None and found.made_by == PageVersion.Author.MODEL


def _newest(row: BuildPage, language: str) -> PageVersion | None:
    versions = PageVersion.objects.filter(page_id=row.page_id, language=language)
    return versions.order_by("-version_number").first()


def fail_page(build: WikiBuild, row: BuildPage, error: str) -> None:
    """Store why a page could not be written. Raises ClaimLost."""
    with transaction.atomic():
        _lock(build)
        _finish(row, BuildPage.State.FAILED, error)


def _is_followed(newest: PageVersion) -> bool:
    """Whether a page made from the code was written by a model in another language since."""
    if newest.made_by != PageVersion.Author.CODE:
        return False
    written = PageVersion.objects.filter(page=newest.page_id, translated_from=None)
    last = written.order_by("-created_at", "-pk").first()
    return last is not None and last != newest and last.made_by == PageVersion.Author.MODEL


def _differs(newest: PageVersion, title: str, content: PageContent) -> bool:
    if newest.made_by == PageVersion.Author.PERSON:
        return False
    said = (title, json_content(content))
    return all(said != (version.title, version.content) for version in _answered(newest))


def _answered(newest: PageVersion) -> list[PageVersion]:
    """The newest version; with it the one that a person replaced by it."""
    if newest.restored_from is None:
        return [newest]
    rows = PageVersion.objects.filter(page=newest.page_id, language=newest.language)
    return [newest, *rows.filter(version_number=newest.version_number - 1)]


def _finish(row: BuildPage, state: BuildPage.State, error: str = "") -> None:
    rows = BuildPage.objects.filter(pk=row.pk)
    rows.update(state=state, error=error, is_fallback=False, finished_at=timezone.now())


def _lock(build: WikiBuild) -> None:
    if not claimed_as(build).select_for_update().exists():
        raise ClaimLost
