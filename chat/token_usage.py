"""Tokens that answers took, as SQL for the admin, quotas and provider figures."""

from __future__ import annotations

from django.db.models.expressions import RawSQL

# Of a row `m` of chat_message.
TOKENS = (
    "coalesce((m.usage->>'input_tokens')::bigint, 0)"
    " + coalesce((m.usage->>'output_tokens')::bigint, 0)"
    " + coalesce((m.usage->>'title_tokens')::bigint, 0)"
)
ANSWERS = "chat_message m JOIN chat_conversation c ON c.id = m.conversation_id"


def tokens_where(condition: str) -> RawSQL:
    """The tokens of the messages `m` in conversations `c` that meet a condition.

    The condition must be a literal of our own: it becomes part of the statement.
    """
    query = f"SELECT coalesce(sum({TOKENS}), 0) FROM {ANSWERS} WHERE {condition}"  # noqa: S608 - literals of ours
    return RawSQL(f"({query})", [])  # noqa: S611 - see above
