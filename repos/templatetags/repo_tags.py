"""Template tags and filters about repositories."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from repos.embedders import base as embedders
from repos.models import IndexJob
from repos.sources import HOSTS
from repos.sources import errors as sources
from repos.sources.hosts import GIT

register = template.Library()


@register.simple_tag
def named_hosts() -> list[tuple[str, str]]:
    """(kind, label) of the kinds of git host that have a name of their own."""
    return [(host.kind, host.label) for host in HOSTS if host is not GIT]


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
