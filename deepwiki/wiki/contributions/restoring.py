"""An earlier version of a page as its newest one."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, QuerySet

from deepwiki.wiki.models import PageClaim, PageVersion, RecordedPage, WikiPage


def restore_version(version: PageVersion, user_id: int) -> PageVersion:
    """Copy a version, with its claims, as the newest of its page and language.

    The newest one itself is left as it is. A build writes the page again when it has
    something else to say than the version that was replaced.
    """
    with transaction.atomic():
        WikiPage.objects.select_for_update().get(pk=version.page_id)
        newest = _last_number(_same_language(version))
        if newest == version.version_number:
            return version
        restored = _copied(version, newest + 1, user_id)
        _copy_claims(version, restored)
        _copy_recorded(version, restored)
    return restored


def _same_language(version: PageVersion) -> QuerySet[PageVersion]:
    return PageVersion.objects.filter(page=version.page_id, language=version.language)


def _last_number(versions: QuerySet[PageVersion]) -> int:
    last: int = versions.aggregate(last=Max("version_number"))["last"]
    return last


def _copied(version: PageVersion, number: int, user_id: int) -> PageVersion:
    return PageVersion.objects.create(
        page_id=version.page_id,
        language=version.language,
        version_number=number,
        title=version.title,
        commit=version.commit,
        content=version.content,
        text=version.text,
        made_by=version.made_by,
        model=version.model,
        second_look=version.second_look,
        author_id=user_id,
        translated_from_id=version.translated_from_id,
        restored_from=version.version_number,
        checked_commit=version.checked_commit,
    )


def _copy_claims(version: PageVersion, restored: PageVersion) -> None:
    claims = list(PageClaim.objects.filter(version=version))
    for claim in claims:
        claim.pk, claim.version = None, restored
    PageClaim.objects.bulk_create(claims)


def _copy_recorded(version: PageVersion, restored: PageVersion) -> None:
    """What translations of a page made from the code are made from."""
    for recorded in RecordedPage.objects.filter(version=version):
        RecordedPage.objects.create(version=restored, content=recorded.content)
