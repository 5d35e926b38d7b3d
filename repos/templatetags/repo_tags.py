"""Template tags and filters about repositories."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

from deepwiki.foundation.compiled_query import CompiledQuery
from repos import states
from repos.embedders import base as embedders
from repos.indexing.languages import LANGUAGE_NAMES
from repos.models import IndexJob, Repository
from repos.sources import HOSTS
from repos.sources import errors as sources
from repos.sources.hosts import GIT
from repos.states import ShownState, job_error

register = template.Library()
# Codes of jobs' errors that are about another part than fetching, and its line on the page of
# the doctor.
EMBEDDER_CODES = embedders.MESSAGES.keys() - sources.MESSAGES.keys()
OTHER_CHECKS = {**dict.fromkeys(EMBEDDER_CODES, "embedder"), "disk_full": "disk"}
A_MINUTE = timedelta(minutes=1)


def _last_job(repository_id: uuid.UUID) -> QuerySet[IndexJob]:
    return IndexJob.objects.filter(repository=repository_id)[:1]


LAST_JOB = CompiledQuery(_last_job, repository_id=uuid.UUID(int=0))


@register.simple_tag
def named_hosts() -> list[tuple[str, str]]:
    """(kind, label) of the kinds of git host that have a name of their own."""
    return [(host.kind, host.label) for host in HOSTS if host is not GIT]


@register.filter
def age(moment: datetime) -> str:
    """How long ago a moment was, in the largest unit, in words of the current language."""
    if timezone.now() - moment < A_MINUTE:
        return gettext("just now")
    return gettext("%(age)s ago") % {"age": timesince(moment, depth=1)}


@register.filter
def duration(length: timedelta) -> str:
    """Minutes and seconds, with hours where there are any: 0:07, 12:30, 1:02:03."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}"


@register.filter
def language_names(languages: Iterable[str]) -> list[str]:
    """The names that people write of languages as in `Document.language`."""
    return [LANGUAGE_NAMES.get(language, language.capitalize()) for language in languages]


@register.filter
def translate_job_error(job: IndexJob) -> str:
    """The error of a job in the current language; empty if it has none."""
    return job_error(job)


@register.simple_tag
def shown_state(repository: Repository, job: IndexJob | str | None) -> ShownState:
    """The dot and words of a repository; its last job is read where a page has not.

    A template without `job` hands over an empty text.
    """
    if isinstance(job, str):
        job = LAST_JOB.first(repository_id=repository.pk)
    return states.shown_state(repository, job)


@register.simple_tag
def listed_state(repository: Any) -> ShownState:
    """The dot and few words of a row of `with_last_job`."""
    return states.listed_state(repository, repository.last_job_state)


@register.filter
def doctor_check(job: IndexJob) -> str:
    """The line of the doctor's page that a job's error is about."""
    return OTHER_CHECKS.get(job.error_code, "clone")
