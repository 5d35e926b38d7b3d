"""What each endpoint does, whatever its transport: accept a question, start its answer, attach to it, stop it."""

from chat.database_errors import database_errors_as_down
from chat.services.answering import (
    ask,
    attach,
    stop,
    stop_here,
)
from chat.services.configuration import (
    providers,
    read_request,
    refreshed_providers,
    request_limits,
)
from chat.services.further_repositories import conversation_repositories
from chat.services.permissions import check_may_follow
from chat.services.running import runs
from deepwiki.foundation.address_keys import network

__all__ = [
    "ask",
    "attach",
    "check_may_follow",
    "conversation_repositories",
    "database_errors_as_down",
    "network",
    "providers",
    "read_request",
    "refreshed_providers",
    "request_limits",
    "runs",
    "stop",
    "stop_here",
]
