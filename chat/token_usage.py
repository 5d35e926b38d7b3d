"""What answers have cost, as SQL that several places of the admin count with."""

from __future__ import annotations

from django.db.models.expressions import RawSQL

# `m` is the row of a message.
TOKENS = "coalesce((m.usage->>'input_tokens')::bigint, 0) + coalesce((m.usage->>'output_tokens')::bigint, 0)"


def tokens_where(condition: str) -> RawSQL:
    """Tokens read and written by answers `m` in conversations `c` that fulfil a condition of our own words."""
    joined = "chat_message m JOIN chat_conversation c ON c.id = m.conversation_id"
    return RawSQL(f"(SELECT coalesce(sum({TOKENS}), 0) FROM {joined} WHERE {condition})", [])  # noqa: S608, S611 - literals of ours
