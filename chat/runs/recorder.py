"""Runs, written down: the message row that people read, and the events that late readers catch up with."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat.core.events import Html
from chat.core.request import clean
from chat.models import Message, RunEvent
from chat.rendering.citation_links import CitationChecker, verified_share
from chat.runs import Numbered, Run, pubsub
from deepwiki.foundation.threads import in_thread


@dataclass(frozen=True)
class MessageRecorder:
    """Recorder of one answer's row."""

    message_id: uuid.UUID
    citing: CitationChecker
    with_events: bool = True  # a run that ends with its reader has nobody who could catch up

    async def save(self, run: Run, fresh: list[Numbered]) -> None:
        """See Recorder. Learns from the row, too, that another process was asked to stop the run."""
        fields = _fields(run)  # now, and here: the run goes on meanwhile
        if await in_thread(self._save, run.id, fresh, fields):
            run.stop()
        await pubsub.publish_changed(run.id)

    def _save(self, run_id: uuid.UUID, fresh: list[Numbered], fields: dict[str, object]) -> bool:
        # Also a row that was taken for abandoned, after a gap in our signs of life: we know better.
        ours = [Message.State.RUNNING, Message.State.INTERRUPTED]
        if "state" in fields:
            citations = self.citing.check_text(str(fields["content"]))
            fields |= {"citations": citations, "verified_share": verified_share(citations)}
        # A save whose acknowledgement was lost is repeated: events that are there already stay as they are.
        events = [
            RunEvent(run_id=run_id, seq=item.seq, data=clean_json(item))
            for item in fresh
            if self.with_events and not isinstance(item.event, Html)
        ]
        with transaction.atomic():
            kept = Message.objects.filter(pk=self.message_id, state__in=ours).update(**fields)
            if kept and events:
                RunEvent.objects.bulk_create(events, ignore_conflicts=True)
        if not kept:
            return True  # deleted with its conversation, its repository or its person: nobody wants the rest
        return Message.objects.filter(pk=self.message_id, stop_requested=True).exists()


def clean_json(item: Numbered) -> dict[str, Any]:
    """An event as JSON that Postgres takes: it refuses NUL and lone surrogates."""
    text = clean(json.dumps(item.event.as_json(), ensure_ascii=False)).replace("\\u0000", "\\ufffd")
    stored: dict[str, Any] = json.loads(text)
    return stored


def _fields(run: Run) -> dict[str, object]:
    now = timezone.now()
    fields: dict[str, object] = {"content": clean(run.text), "lease_at": now}
    if run.sources is not None:
        fields |= {
            "sources": run.sources.items,
            "commit": run.sources.commit,
            "search_mode": run.sources.mode,
        }
    if run.notices:
        fields["notices"] = [
            {"code": notice.code, "message": notice.message} for notice in run.notices
        ]
    if run.usage is not None:
        fields["usage"] = {
            key: value for key, value in run.usage.as_json().items() if key != "event"
        }
    if run.stages:
        fields["stages"] = run.stages
    if run.error is not None:
        fields["error"] = run.error.message
    if run.state is not None:
        fields |= {"state": run.state, "finished_at": now}
    return fields
