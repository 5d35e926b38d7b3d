"""An answer that another process seems to write: its row and its events, one after the other.

For tests of the page: what is added here reaches it over a real socket.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from chat.core.events import Accepted, Delta, Done, Event, Sources, Step
from chat.models import Conversation, Message, RunEvent
from repos.models import Repository


class ScriptedRun:
    """A running answer in a new conversation of a person; `add` goes on with it."""

    def __init__(self, person: Any, repository: Repository, question: str = "How?") -> None:
        self.conversation = Conversation.objects.create(
            user=person, repository=repository, title=question
        )
        asked = Message.objects.create(
            conversation=self.conversation, position=1, role=Message.Role.USER, content=question
        )
        self.run_id = uuid.uuid4()
        self.message = Message.objects.create(
            conversation=self.conversation,
            parent=asked,
            position=2,
            role=Message.Role.ASSISTANT,
            state=Message.State.RUNNING,
            run_id=self.run_id,
            provider="openai",
            model="fake",
            lease_at=timezone.now(),
        )
        self._seq = 0
        self._steps: dict[int, dict[str, Any]] = {}
        self.add(Accepted(str(self.conversation.pk), str(self.message.pk)))
        self.add(Sources([], "c0ffee", "words"))

    def add(self, *events: Event) -> None:
        """Store the next events, and what the row keeps of them."""
        for event in events:
            self._seq += 1
            RunEvent.objects.create(run_id=self.run_id, seq=self._seq, data=event.as_json())
            if isinstance(event, Step):
                data = event.as_json()
                del data["event"]
                self._steps[event.n] = data
            if isinstance(event, Delta):
                self.message.content += event.text
        self.message.steps = list(self._steps.values())
        self.message.lease_at = timezone.now()
        self.message.save()

    def end(self, state: str = "complete", **fields: Any) -> None:
        """The last event; `fields` of the row besides."""
        for name, value in fields.items():
            setattr(self.message, name, value)
        self.message.state = state
        self.message.finished_at = timezone.now()
        self.add(Done(state))  # type: ignore[arg-type]
