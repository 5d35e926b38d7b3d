"""Base classes of the admin: filters over listed fields only, rows only the program writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SHOWN_COMMIT_CHARS = 8
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class ListedFilters(admin.ModelAdmin[Any]):
    """Lists are filtered by `list_filter`, the date hierarchy and the id, and by nothing else.

    Django itself filters by any column that the address names, so that who sees a list
    could find out, letter by letter, the columns it does not show.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        names = {"pk", "id", "", *map(str, self.list_filter)}
        if self.date_hierarchy:
            names.add(self.date_hierarchy)
        is_listed = any(lookup == name or lookup.startswith(f"{name}__") for name in names)
        return is_listed and super().lookup_allowed(lookup, value, request)


class ReadOnly(ListedFilters):
    """Rows that only the program writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyWithActions(ReadOnly):
    """The same with actions in the list, which Django shows to who may change the model."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super(ReadOnly, self).has_change_permission(request)


class ShortCommit:
    """A column with the first characters of the row's commit."""

    @admin.display(description=_("Commit"), ordering="commit")
    def short_commit(self, row: Any) -> str:
        return str(row.commit[:SHOWN_COMMIT_CHARS])


def short_date(moment: datetime | None) -> str:
    """A moment in few characters, on two lines at most, so that lists stay narrow; a dash for none."""
    if moment is None:
        return "–"
    local = timezone.localtime(moment)
    day = date_format(local, _day_format()).replace(" ", NO_BREAK_SPACE)
    return f"{day} {date_format(local, 'H:i')}"


def _day_format() -> str:
    """The language's short form, unless it can be misread, as in English, or broken over lines."""
    short = get_format("SHORT_DATE_FORMAT")
    if (get_language() or "en").startswith("en"):
        return "j M Y,"
    return short if short.isascii() else "Y-m-d"
