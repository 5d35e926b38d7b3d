"""The sources of an answer in three groups: cited, read, and found but not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat import services
from chat.core.citations import Citation
from chat.core.read_lines import ReadLines, parse_place
from chat.models import Message
from chat.rendering.citation_links import HostPages, stored_state

MAX_ITEMS = 200  # that one group lists
Item = Mapping[str, Any]  # as SourceItem, with `state` where it is a citation


@dataclass(frozen=True)
class SourceGroup:
    """Items of one group, at most MAX_ITEMS of `count`.

    `title` names the group beside the others, `heading` above its items.
    """

    title: str
    heading: str
    items: Sequence[Item]
    count: int


@dataclass(frozen=True)
class SourceGroups:
    """The groups that have any item, and how many citations are not in the commit."""

    groups: tuple[SourceGroup, ...]
    missing: int


def source_groups(answer: Message, address: HostPages) -> SourceGroups | None:
    """The groups; None for an answer of which it is not known what was read.

    A place stands in one group: one that is cited in part stands among the cited alone.
    """
    if answer.state == Message.State.RUNNING or not _is_written(answer):
        return None
    if not answer.steps and not any("read" in item for item in answer.sources):
        return None
    cited = [_cited(item, address, answer.commit) for item in answer.citations]
    known = ReadLines().adding(_lines(item) for item in cited if item["state"] != "missing")
    others = [item for item in answer.sources if not known.overlaps(_lines(item))]
    read = [item for item in others if item.get("read")]
    passages = known.adding(map(_lines, read))
    read += [
        _item(lines, address, answer.commit)
        for lines in _places_of_steps(answer)
        if not passages.overlaps(lines)
    ]
    seen = known.adding(map(_lines, read))
    found = [item for item in others if not item.get("read") and not seen.overlaps(_lines(item))]
    groups = (
        _group(_("Cited"), _("Cited"), cited),
        _group(_("Read"), _("Read, not cited"), read),
        _group(_("Found"), _("Found, not read"), found),
    )
    missing = sum(item["state"] == "missing" for item in cited)
    return SourceGroups(tuple(group for group in groups if group.count), missing)


def _is_written(answer: Message) -> bool:
    """Whether a model wrote it; one of passages alone groups them itself."""
    return services.providers().is_generative(answer.provider)


def _group(title: str, heading: str, items: Sequence[Item]) -> SourceGroup:
    return SourceGroup(title, heading, items[:MAX_ITEMS], len(items))


def _cited(item: Any, address: HostPages, commit: str) -> Item:
    return {**_item(_lines(item), address, commit), "state": stored_state(item)}


def _item(lines: Citation, address: HostPages, commit: str) -> Item:
    return {
        "path": lines.path,
        "start": lines.start,
        "end": lines.end,
        "url": address.blob_url(commit, lines.path, lines.start, lines.end),
    }


def _lines(item: Item) -> Citation:
    return Citation(item["path"], item["start"], item["end"])


def _places_of_steps(answer: Message) -> list[Citation]:
    """What tools gave, without what they gave twice or side by side."""
    steps: Sequence[Item] = answer.steps
    written = (place for step in steps for place in step.get("passages", ()))
    return ReadLines().adding(filter(None, map(parse_place, written))).places()
