"""The charts of index jobs on the admin's start page."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from deepwiki.admin import Site
from deepwiki.foundation.bar_chart import BarChart
from deepwiki.foundation.day_counts import KEPT_SECONDS, counts_by_day, day_chart

Counts = list[tuple[date, int]]
# By the day they started: that has an index.
JOBS = """
    SELECT (started_at AT TIME ZONE %(zone)s)::date, count(*)
    FROM repos_indexjob
    WHERE started_at >= %(since)s AND state <> 'failed'
    GROUP BY 1
"""
FAILED_JOBS = """
    SELECT (started_at AT TIME ZONE %(zone)s)::date, count(*)
    FROM repos_indexjob
    WHERE started_at >= %(since)s AND state = 'failed'
    GROUP BY 1
"""


def charts() -> list[BarChart]:
    """Index jobs, and those that failed, of the last days."""
    counts = cache.get_or_set("admin:jobs_by_day", _count, KEPT_SECONDS)
    jobs, failed = cast(tuple[Counts, Counts], counts)
    address = reverse("admin:repos_indexjob_changelist")
    return [
        _chart(_("Index jobs"), jobs, address),
        _chart(_("Failed jobs"), failed, f"{address}?state__exact=failed"),
    ]


def _count() -> tuple[Counts, Counts]:
    return counts_by_day(JOBS), counts_by_day(FAILED_JOBS)


def _chart(title: str, counts: Counts, address: str) -> BarChart:
    total = sum(count for _, count in counts)
    return day_chart(title, counts, total=f"{total:,}", address=address)


cast(Site, admin.site).add_charts(charts, permission="repos.view_indexjob")
