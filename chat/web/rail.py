"""What the rail lists: conversations by day or by repository, found ones, archived, removed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Conversation, ConversationQuerySet
from chat.services.conversation_removal import days_left, removed
from chat.web.found_places import FoundPlace, found_places, marked_parts
from chat.web.lookups import own_conversations, search_text

MAX_CONVERSATIONS = 200
GROUPING_COOKIE = "rail-groups"
DAY, REPOSITORY = "day", "repository"
GROUPINGS = (DAY, REPOSITORY)
VIEWS = ("archived", "deleted")  # parameters that choose another list


@dataclass(frozen=True)
class RailItem:
    """A conversation of the list.

    `title` and `excerpt` are text and found words by turns; `place` is the message that holds
    them. `note` says until when a removed one can be brought back.
    """

    conversation: Conversation
    title: tuple[str, ...]
    excerpt: tuple[str, ...] = ()
    place: uuid.UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class RailGroup:
    """Conversations below a heading."""

    heading: str
    items: Sequence[RailItem]


def rail_context(request: HttpRequest) -> dict[str, Any]:
    """Context of the rail: pinned conversations, then the others in groups.

    With `q`, the conversations that contain its words, pinned or not; with `archived=1` the
    archived ones; with `deleted=1` those that can be brought back.
    """
    parameters = request.POST if request.method == "POST" else request.GET
    query = search_text(parameters)
    view = _chosen_view(parameters, query)
    rows = list(_rows(request, query, view)[:MAX_CONVERSATIONS])
    grouping = chosen_grouping(request)
    pinned = _pinned(rows, query, view)
    above = set(pinned)
    others = [row for row in rows if row not in above]
    return {
        "pinned": list(_items(pinned)),
        "groups": _groups(others, grouping, query, view),
        "query": query,
        "view": view,
        "grouping": grouping,
        "shows_repository": grouping == DAY and len({row.repository_id for row in rows}) > 1,
    }


def chosen_grouping(request: HttpRequest) -> str:
    """How the person groups conversations: chosen now, or kept in a cookie."""
    chosen = request.GET.get("groups", request.COOKIES.get(GROUPING_COOKIE, DAY))
    if chosen in GROUPINGS:
        return chosen
    return DAY


def group_by_day(items: Iterable[RailItem]) -> list[RailGroup]:
    """Consecutive conversations last used on the same local day, by the day's name."""
    today = timezone.localdate()
    groups = groupby(items, lambda item: _day_used(item.conversation))
    return [RailGroup(_day_name(day, today), list(group)) for day, group in groups]


def group_by_repository(items: Iterable[RailItem]) -> list[RailGroup]:
    """Conversations by their repository, the one used last first."""
    groups: dict[str, list[RailItem]] = {}
    for item in items:
        groups.setdefault(item.conversation.repository.name, []).append(item)
    return [RailGroup(name, group) for name, group in groups.items()]


def _chosen_view(parameters: QueryDict, query: str) -> str:
    """The other list that is asked for; a search is over all of them."""
    chosen = [name for name in VIEWS if parameters.get(name) == "1" and not query]
    return next(iter(chosen), "")


def _pinned(rows: Iterable[Conversation], query: str, view: str) -> list[Conversation]:
    if query or view == "deleted":
        return []
    return [row for row in rows if row.pinned]


def _rows(request: HttpRequest, query: str, view: str) -> ConversationQuerySet:
    if query:
        return own_conversations(request).holding(query)
    if view == "deleted":
        everything = Conversation.objects.with_deleted(request.user)
        return removed(everything.select_related("repository"))
    return (
        own_conversations(request)
        .filter(archived=view == "archived")
        .order_by("-pinned", "-updated_at")
    )


def _groups(rows: Sequence[Conversation], grouping: str, query: str, view: str) -> list[RailGroup]:
    if view == "deleted":
        items = [RailItem(row, (row.title,), note=_days_left_text(row)) for row in rows]
        return [RailGroup("", items)][: len(items)]
    places = found_places([row.pk for row in rows], query)
    group = group_by_repository if grouping == REPOSITORY else group_by_day
    return group(_items(rows, query, places))


def _items(
    rows: Iterable[Conversation],
    query: str = "",
    places: dict[uuid.UUID, FoundPlace] | None = None,
) -> Iterator[RailItem]:
    for row in rows:
        title = marked_parts(row.title, query)
        place = (places or {}).get(row.pk)
        if place is None or "".join(place.parts) == row.title:
            yield RailItem(row, title)
        else:
            yield RailItem(row, title, place.parts, place.message_id)


def _days_left_text(row: Conversation) -> str:
    assert row.deleted_at is not None
    days = days_left(row.deleted_at)
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


def _day_used(conversation: Conversation) -> date:
    return timezone.localtime(conversation.updated_at).date()


def _day_name(day: date, today: date) -> str:
    match (today - day).days:
        case 0:
            return _("Today")
        case 1:
            return _("Yesterday")
        case _:
            return date_format(day)
