"""Runs, written down: the message row that people read, and the events that late readers catch up with."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from chat.core.request import clean
from chat.models import Message, RunEvent
from chat.runs import Numbered, Run
from deepwiki.threads import in_thread


@dataclass(frozen=True)
class MessageRecorder:
    """Recorder of one answer's row."""

    message_id: uuid.UUID

    async def save(self, run: Run, fresh: list[Numbered]) -> None:
        """See Recorder."""
        await in_thread(self._save, run, fresh, _fields(run))

    def _save(self, run: Run, fresh: list[Numbered], fields: dict[str, object]) -> None:
        with transaction.atomic():
            Message.objects.filter(pk=self.message_id, state=Message.State.RUNNING).update(**fields)
            if fresh:
                with (
                    connection.cursor() as cursor,
                    cursor.copy(f"COPY {RunEvent._meta.db_table} (run_id, seq, data, created_at) FROM STDIN") as copy,
                ):
                    now = timezone.now()
                    for item in fresh:
                        copy.write_row((run.id, item.seq, clean_json(item), now))


def clean_json(item: Numbered) -> str:
    """An event as JSON that Postgres takes: it refuses NUL and lone surrogates."""
    return clean(json.dumps(item.event.as_json(), ensure_ascii=False)).replace("\\u0000", "\\ufffd")


def _fields(run: Run) -> dict[str, object]:
    now = timezone.now()
    fields: dict[str, object] = {"content": clean(run.text), "lease_at": now}
    if run.sources is not None:
        fields |= {"sources": run.sources.items, "commit": run.sources.commit, "mode": run.sources.mode}
    if run.notices:
        fields["notices"] = [{"code": notice.code, "message": notice.message} for notice in run.notices]
    if run.usage is not None:
        fields["usage"] = {key: value for key, value in run.usage.as_json().items() if key != "event"}
    if run.error is not None:
        fields["error"] = run.error.message
    if run.state is not None:
        fields |= {"state": run.state, "finished_at": now}
    return fields
