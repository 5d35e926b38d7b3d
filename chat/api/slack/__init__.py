"""Questions asked in Slack, answered in the thread."""

from chat.api.slack.answers import finish

__all__ = ["finish"]
