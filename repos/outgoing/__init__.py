"""Outgoing webhooks: receivers that staff set up are told of events.

announce (rows, messages to workers) -> deliver (signed, sent, tried again)
"""

from repos.outgoing.announcing import announce, announce_index
from repos.outgoing.delivery import deliver, queue_overdue, send_again
from repos.outgoing.stored_secrets import rotate_keys

__all__ = [
    "announce",
    "announce_index",
    "deliver",
    "queue_overdue",
    "rotate_keys",
    "send_again",
]
