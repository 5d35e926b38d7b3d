"""Template tags and filters about repositories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

from repos.embedders import base as embedders
from repos.indexing.languages import LANGUAGE_NAMES
from repos.models import IndexJob
from repos.sources import HOSTS
from repos.sources import errors as sources
from repos.sources.hosts import GIT

register = template.Library()
# Codes of jobs' errors that are about another part than fetching, and its line on the page of
# the doctor.
EMBEDDER_CODES = embedders.MESSAGES.keys() - sources.MESSAGES.keys()
OTHER_CHECKS = {**dict.fromkeys(EMBEDDER_CODES, "embedder"), "disk_full": "disk"}
A_MINUTE = timedelta(minutes=1)


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
    """The error of a job in the current language; empty if it has none.

    Translated as a template of the catalogue that its code names, else as a sentence.
    """
    for catalogue in (sources.MESSAGES, embedders.MESSAGES):
        message = catalogue.get(job.error_code, "")
        # Two catalogues may use one code.
        if message and message.format_map(job.error_parameters) == job.error:
            return gettext(message).format_map(job.error_parameters)
    return gettext(job.error) if job.error else ""


@register.filter
def doctor_check(job: IndexJob) -> str:
    """The line of the doctor's page that a job's error is about."""
    return OTHER_CHECKS.get(job.error_code, "clone")
