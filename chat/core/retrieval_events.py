"""The events of a retrieval: its sources, and notices about how they were found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat.core.events import Notice, Sources
from chat.core.json_shapes import RepositoryItem, SourceItem
from chat.core.ports import FilterCounts, Retrieved, SearchedRepository
from chat.core.prompt import PromptPassage

MAX_SHOWN_PATTERNS = 5
MAX_SHOWN_CHARS = 80


def sources(*rounds: Retrieved) -> Sources:
    """The passages of all rounds, each once, numbered in the order they were retrieved.

    Commit, mode and citation check are the last round's.
    """
    items = [_item(number, passage) for number, passage in enumerate(_distinct(rounds), 1)]
    last = rounds[-1]
    repositories = [_repository(one) for one in last.repositories] or None
    return Sources(items, last.commit, last.mode, last.check, repositories)


def notices(retrieved: Retrieved, *, is_generative: bool) -> list[Notice]:
    """What the reader should know about how the passages were found.

    Without a model the answer itself says that nothing was found.
    """
    events = []
    if retrieved.filtered is not None:
        events += _filter_notices(retrieved.filtered)
    if not retrieved.passages and is_generative and not _is_empty(retrieved.filtered):
        events.append(Notice.of("nothing_found"))
    if retrieved.not_ready:
        names = ", ".join(retrieved.not_ready)
        events.append(Notice.of("repositories_not_ready", names=names))
    if retrieved.building:
        events.append(Notice.of("words_only"))
    if retrieved.indexed_files < retrieved.eligible_files:
        files, total = retrieved.indexed_files, retrieved.eligible_files
        events.append(Notice.of("partly_indexed", files=files, total=total))
    return events


def _filter_notices(filtered: FilterCounts) -> list[Notice]:
    """What filters left, where that is nothing or one of their patterns matches nothing."""
    if _is_empty(filtered):
        return [Notice.of("filters_leave_nothing", total=filtered.total)]
    if not filtered.unmatched:
        return []
    notice = Notice.of(
        "filter_without_files",
        patterns=_shown(filtered.unmatched),
        files=filtered.files,
        total=filtered.total,
    )
    return [notice]


def _is_empty(filtered: FilterCounts | None) -> bool:
    return filtered is not None and not filtered.files


def _shown(patterns: Sequence[str]) -> str:
    shown = [pattern[:MAX_SHOWN_CHARS] for pattern in patterns[:MAX_SHOWN_PATTERNS]]
    if more := len(patterns) - len(shown):
        shown.append(f"… (+{more})")
    return ", ".join(shown)


def _distinct(rounds: Iterable[Retrieved]) -> Iterable[PromptPassage]:
    passages = {passage.cite: passage for retrieved in rounds for passage in retrieved.passages}
    return passages.values()


def _repository(one: SearchedRepository) -> RepositoryItem:
    return {"id": one.id, "name": one.name, "commit": one.commit}


def _item(number: int, passage: PromptPassage) -> SourceItem:
    return {
        "number": number,
        "path": passage.path,
        "start": passage.start,
        "end": passage.end,
        "symbol": passage.symbol,
        "language": passage.language,
        "why": passage.match_reason,
        "via": passage.via,
        "url": passage.url,
        "score": round(passage.score, 3),
    }
