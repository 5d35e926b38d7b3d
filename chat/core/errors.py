"""What can go wrong with a question.

Every class has a code, an HTTP status and a close code.

ChatError                      500 / 4500
├── BadRequest                 400 / 4400   correct the request
├── RequestTooLarge            413 / 1009   send less
├── NotSignedIn                401 / 4401   sign in
├── Forbidden                  403 / 4401   foreign origin, or no CSRF token
├── NoSuchRepository           404 / 4404   unknown, or not readable: the same message
├── TooMany                    429 / 4429   wait `retry_after` seconds
├── RetrieverFailed            502 / 4502   the repository could not be prepared
├── ProviderError              502 / 4502   the model's service
│   ├── AuthFailed                          it refuses our key
│   ├── RateLimited                         it asks to wait
│   ├── QuotaExceeded                       our account there is used up
│   ├── ContextTooLong                      the prompt exceeds the model's context
│   ├── ModelNotFound                       it has no such model
│   ├── Blocked                             its content policy declined the question
│   ├── Unavailable                         no usable answer in time
│   ├── CutOff                              the stream broke off in the middle
│   ├── ToolsUnsupported                    this model takes no tools
│   └── ProviderRefused                     it does not accept this request
├── NotReading                 503 / 1013   read what is sent; connect again
├── ServerStops                503 / 1001   ask again in a moment
├── Down                       503 / 4500   the database is away; ask again in a minute
└── Internal                   500 / 4500   a bug; carries an incident id

The sentences are in chat/core/messages.py.
"""

from __future__ import annotations

from typing import ClassVar

from chat.core.messages import format_message, plain_text
from deepwiki.foundation.text import clean_json, clean_text

BUSY_RETRY_SECONDS = 5
MEGABYTE = 1_000_000
_BY_CODE: dict[str, type[ChatError]] = {}


class ChatError(Exception):
    """Base of the family.

    `reason` and `parameters` identify the message for translation; without a reason it
    is the class's code. `message` is the English sentence, safe to show. `text` is a
    finished sentence from elsewhere (repository errors) that takes the place of the
    catalogue's. `retry_after` is in seconds; `incident` stands in the log beside the
    trace.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    close_code: ClassVar[int] = 4500

    def __init__(
        self,
        reason: str = "",
        *,
        text: str = "",
        retry_after: int | None = None,
        incident: str = "",
        **parameters: str | int,
    ) -> None:
        self.reason = reason or self.code
        # Parts of the sentence come from elsewhere: a service's reply, a repository's path.
        self.parameters: dict[str, str | int] = clean_json(parameters)
        if incident:
            self.parameters["incident"] = incident
        self.message = clean_text(text) or format_message(self.reason, self.parameters)
        self.retry_after = retry_after
        self.incident = incident
        super().__init__(self.message)

    def __init_subclass__(cls) -> None:
        _BY_CODE[cls.code] = cls

    @property
    def plain(self) -> str:
        """The message as the plain text format sends it."""
        return plain_text(self.message)


class BadRequest(ChatError):
    code, status, close_code = "bad_request", 400, 4400


class RequestTooLarge(ChatError):
    code, status, close_code = "too_large", 413, 1009

    @classmethod
    def of_wiki(cls, limit_bytes: int) -> RequestTooLarge:
        """In words about a wiki that was sent, not about a question."""
        return cls("wiki_too_large", limit=limit_bytes // MEGABYTE)


class NotSignedIn(ChatError):
    code, status, close_code = "not_signed_in", 401, 4401


class Forbidden(ChatError):
    code, status, close_code = "forbidden", 403, 4401


class NoSuchRepository(ChatError):
    code, status, close_code = "no_such_repository", 404, 4404


class TooMany(ChatError):
    code, status, close_code = "too_many", 429, 4429


def server_busy() -> TooMany:
    """What is told while this process has as much to do as it can."""
    return TooMany("server_busy", seconds=BUSY_RETRY_SECONDS, retry_after=BUSY_RETRY_SECONDS)


class RetrieverFailed(ChatError):
    code, status, close_code = "retriever_failed", 502, 4502


class ProviderError(ChatError):
    code, status, close_code = "provider_error", 502, 4502


class AuthFailed(ProviderError):
    code = "provider_auth"


class RateLimited(ProviderError):
    code = "provider_rate_limit"


class QuotaExceeded(ProviderError):
    code = "provider_quota"


class ContextTooLong(ProviderError):
    code = "context_too_long"


class ModelNotFound(ProviderError):
    code = "model_not_found"


class Blocked(ProviderError):
    code = "blocked"


class Unavailable(ProviderError):
    code = "provider_unavailable"


class CutOff(ProviderError):
    code = "cut_off"


class ProviderRefused(ProviderError):
    code = "provider_refused"


class ToolsUnsupported(ProviderError):
    code = "tools_unsupported"


class NotReading(ChatError):
    code, status, close_code = "not_reading", 503, 1013


class ServerStops(ChatError):
    code, status, close_code = "server_stops", 503, 1001


class Down(ChatError):
    code, status, close_code = "unavailable", 503, 4500


class Internal(ChatError):
    code, status, close_code = "internal", 500, 4500

    def __init__(self, incident: str) -> None:
        super().__init__(incident=incident)


def error_class(code: str) -> type[ChatError] | None:
    """The class with this code; None for an unknown one."""
    return _BY_CODE.get(code)
