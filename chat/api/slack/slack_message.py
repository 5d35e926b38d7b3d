"""An event of Slack as a message that is to be answered.

https://docs.slack.dev/reference/events/app_mention
https://docs.slack.dev/reference/events/message.im
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deepwiki.foundation.text import clean_text

IDENTIFIER = re.compile(r"[A-Z0-9]{1,40}")
MAX_TEXT_CHARS = 40_000  # as Slack has it
TIMESTAMP = re.compile(r"[0-9]{1,15}\.[0-9]{1,10}")
# What is no message of a person, or no new one: it has a field of these.
NOT_OF_PEOPLE = ("bot_id", "bot_profile", "app_id", "subtype", "edited", "hidden")


@dataclass(frozen=True)
class SlackMessage:
    """A message of a person to the app, with its text as Slack marks it up.

    `timestamp` identifies it in its channel, `thread` is where its answer belongs.
    """

    team: str
    channel: str
    user: str
    timestamp: str
    thread: str
    text: str

    @property
    def key(self) -> str:
        """The same for each delivery of it."""
        return f"slack:{self.team}:{self.channel}:{self.timestamp}"

    @property
    def asker(self) -> str:
        """What the person's questions are counted by."""
        return f"slack:{self.team}:{self.user}"


def read_message(body: Mapping[str, Any]) -> SlackMessage | None:
    """The message of an event; None for what is not answered: other events, other apps."""
    event = body.get("event")
    if not isinstance(event, dict) or not _is_to_the_app(event):
        return None
    if any(event.get(name) for name in NOT_OF_PEOPLE):
        return None
    team = _field(body, "team_id", IDENTIFIER)
    channel, user = _field(event, "channel", IDENTIFIER), _field(event, "user", IDENTIFIER)
    timestamp, text = _field(event, "ts", TIMESTAMP), event.get("text")
    if not (team and channel and user and timestamp) or not isinstance(text, str):
        return None
    thread = _field(event, "thread_ts", TIMESTAMP) or timestamp
    return SlackMessage(team, channel, user, timestamp, thread, clean_text(text[:MAX_TEXT_CHARS]))


def _is_to_the_app(event: Mapping[str, Any]) -> bool:
    """Whether it mentions the app, or was written to it alone."""
    if event.get("type") == "message":
        return event.get("channel_type") == "im"
    return event.get("type") == "app_mention"


def _field(fields: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = fields.get(name)
    if isinstance(value, str) and form.fullmatch(value):
        return value
    return ""
