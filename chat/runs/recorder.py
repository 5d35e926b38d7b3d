"""Storing runs: the message row that people read, and the events that late readers replay."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat.core.citation_search import find
from chat.core.citations import Check, Checked, Citation
from chat.core.events import Event, Html, Numbered
from chat.core.json_shapes import CitationItem, SourceItem
from chat.core.read_lines import ReadLines
from chat.models import AnonymousRun, Message, RunEvent
from chat.rendering.citation_links import state_counts, verified_share
from chat.runs import pubsub
from chat.runs.run import Run
from deepwiki.foundation import metrics
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

Fields = dict[str, Any]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MessageRecorder:
    """Recorder of one answer's row.

    `with_events` is false for a run that ends with its reader: nobody could replay it.
    `provider` names it in the metrics.
    """

    message_id: uuid.UUID
    with_events: bool = True
    provider: str = ""

    async def save(self, run: Run, new_events: Sequence[Numbered]) -> None:
        """See Recorder. Stops the run if its row says that another process was asked to."""
        # The fields are read here, on the event loop: the run goes on meanwhile.
        fields = _message_fields(run)
        rows = self._rows(new_events)
        if await in_thread(self._save, fields, run.citations.check, rows):
            run.stop()
        await pubsub.publish_changed(run.id)

    def _rows(self, new_events: Sequence[Numbered]) -> list[RunEvent]:
        if not self.with_events:
            return []
        return [_row(item) for item in new_events if not isinstance(item.event, Html)]

    def _save(self, fields: Fields, check: Check | None, events: list[RunEvent]) -> bool:
        """Store the fields and events; true if the run should stop."""
        if "state" in fields:
            citations = _citations(fields["content"], check)
            fields |= {"citations": citations, "verified_share": verified_share(citations)}
        # An answer whose lease ran out was marked interrupted; it is running all the same.
        writable = [Message.State.RUNNING, Message.State.INTERRUPTED]
        row = Message.objects.filter(pk=self.message_id)
        with transaction.atomic():
            if not row.filter(state__in=writable).update(**fields):
                return True  # the row was deleted: nobody will read the rest
            # A save whose acknowledgement was lost is repeated: stored events stay.
            RunEvent.objects.bulk_create(events, ignore_conflicts=True)
        for state, count in state_counts(fields.get("citations", ())).items():
            metrics.citations.labels(self.provider, state).inc(count)
        return row.filter(stop_requested=True).exists()


@dataclass(frozen=True)
class AnonymousRecorder:
    """Recorder of an answer that leaves no text: only whether it still runs."""

    run_id: uuid.UUID

    async def save(self, run: Run, new_events: Sequence[Numbered]) -> None:
        """See Recorder."""
        lease_at = timezone.now() if run.is_running else None
        row = AnonymousRun.objects.filter(pk=self.run_id)
        await in_thread(row.update, lease_at=lease_at)


def _citations(text: str, check: Check | None) -> list[CitationItem]:
    """As `stored_citations`; none if they cannot be looked up: the answer counts more."""
    try:
        return stored_citations(text, check)
    except Exception:
        log_incident(logger, "citations could not be looked up")
        return []


def stored_citations(text: str, check: Check | None) -> list[CitationItem]:
    """The citations in a text as they are stored, each once; none without an index."""
    if check is None:
        return []
    return [_citation_item(citation, check(citation)) for citation in find(text, check)]


def _citation_item(citation: Citation, checked: Checked) -> CitationItem:
    item = CitationItem(
        path=citation.path,
        start=citation.start,
        end=citation.end,
        found=checked.found,
    )
    if checked.state != "found":
        item["state"] = checked.state
    return item


def _source_items(items: list[SourceItem], read: ReadLines) -> list[SourceItem]:
    """The sources, with whether they were read, where anything is known to have been."""
    if not read:
        return items
    return [{**item, "read": read.covers(_source_lines(item))} for item in items]


def _source_lines(item: SourceItem) -> Citation:
    return Citation(item["path"], item["start"], item["end"])


def _row(item: Numbered) -> RunEvent:
    return RunEvent(run_id=item.run, seq=item.seq, data=storable_json(item.event))


def storable_json(event: Event) -> dict[str, Any]:
    """An event as JSON without NUL and lone surrogates, which PostgreSQL refuses."""
    return event.cleaned().as_json()


def _message_fields(run: Run) -> Fields:
    """The columns of the message row that the run knows by now."""
    now = timezone.now()
    fields: Fields = {"content": run.text, "lease_at": now}
    if run.sources is not None:
        fields |= {
            "sources": _source_items(run.sources.items, run.citations.read),
            "commit": run.sources.commit,
            "search_mode": run.sources.mode,
        }
        if run.sources.repositories:
            fields["repositories"] = run.sources.repositories
    if run.notices:
        fields["notices"] = [_without_name(notice) for notice in run.notices]
    if run.usage is not None:
        fields["usage"] = _without_name(run.usage)
    if run.stages:
        fields["stages"] = run.stages
    if run.steps:
        fields["steps"] = run.steps.items(has_ended=run.state is not None)
    if run.error is not None:
        fields |= {
            "error": run.error.message,
            "error_reason": run.error.reason or "",
            "error_parameters": run.error.parameters,
        }
    if run.state is not None:
        fields |= {"state": run.state, "finished_at": now}
    return fields


def _without_name(event: Event) -> Fields:
    """The JSON object of an event without the key `event`."""
    return {key: value for key, value in event.as_json().items() if key != "event"}
