"""What can go wrong with a question, and what its asker is told.

ChatError                      message, code, HTTP status, WebSocket close code
├── BadRequest                 400 / 4400   mend the request
├── TooLarge                   413 / 1009   send less
├── NotSignedIn                401 / 4401   sign in
├── NoSuchRepository           404 / 4404   unknown, or not for you: the same words
├── TooMany                    429 / 4429   wait `retry_after` seconds
├── RetrieverFailed            502 / 4502   the repository could not be prepared
├── ProviderError              502 / 4502   the model's service
│   ├── AuthFailed                          its key is refused
│   ├── RateLimited                         it asks us to wait
│   ├── ContextTooLong                      the prompt does not fit
│   ├── ModelNotFound                       no such model there
│   ├── Blocked                             it declined to answer
│   ├── Unavailable                         no (usable) answer in time
│   ├── CutOff                              it broke off in the middle
│   └── Refused                             it does not take this request
├── ServerStops                503 / 1001   ask again in a moment
├── Down                       503 / 4500   the database is away; ask again in a minute
└── Internal                   500 / 4500   our fault; carries an incident id
"""

from __future__ import annotations


class ChatError(Exception):
    """Base of the family. `message` is plain words, safe to show, and says what to do."""

    code = "error"
    status = 500
    close_code = 4500
    words = "Something went wrong."

    def __init__(
        self, message: str = "", *, retry_after: int | None = None, incident: str = ""
    ) -> None:
        self.message = message or self.words
        self.retry_after = retry_after
        self.incident = incident
        super().__init__(self.message)

    @property
    def plain(self) -> str:
        """The message as the plain dialect sends it."""
        return self.message if self.message.startswith("Error") else f"Error: {self.message}"


class BadRequest(ChatError):
    code, status, close_code = "bad_request", 400, 4400
    words = "The request cannot be understood."


class RequestTooLarge(ChatError):
    code, status, close_code = "too_large", 413, 1009
    words = "The request is too large. Send a shorter question or less history."


class NotSignedIn(ChatError):
    code, status, close_code = "not_signed_in", 401, 4401
    words = "Sign in to ask."


class NoSuchRepository(ChatError):
    code, status, close_code = "no_such_repository", 404, 4404
    words = "There is no such repository, or you may not see it. Check the address, or add an access token that can read it."


class TooMany(ChatError):
    code, status, close_code = "too_many", 429, 4429
    words = "Too many requests. Wait a moment and ask again."


class RetrieverFailed(ChatError):
    code, status, close_code = "retriever_failed", 502, 4502
    words = "Error preparing retriever: the repository could not be read."


class ProviderError(ChatError):
    code, status, close_code = "provider_error", 502, 4502
    words = "The model's service had a problem. Try again in a moment."


class AuthFailed(ProviderError):
    code = "provider_auth"
    words = "The model's service refused the server's key. The administrator can check the key in the settings."


class RateLimited(ProviderError):
    code = "provider_rate_limit"
    words = "The model's service is busy and asks to wait. Try again in a moment."


class ContextTooLong(ProviderError):
    code = "context_too_long"
    words = "This is too much text for the model. Shorten the question, start a new conversation, or choose a larger model."


class ModelNotFound(ProviderError):
    code = "model_not_found"
    words = "The model's service does not know this model. Choose another one."


class Blocked(ProviderError):
    code = "blocked"
    words = (
        "The model's service declined to answer this question. Rephrase it or choose another model."
    )


class Unavailable(ProviderError):
    code = "provider_unavailable"
    words = "The model's service does not answer. Try again in a moment or choose another model."


class CutOff(ProviderError):
    code = "cut_off"
    words = "The model's service broke off in the middle of the answer. What came is kept; ask again for the rest."


class ProviderRefused(ProviderError):
    code = "provider_refused"
    words = "The model's service does not accept this request. Choose another model or shorten the question."


class ServerStops(ChatError):
    code, status, close_code = "server_stops", 503, 1001
    words = "The server is restarting. Ask again in a moment."


class Down(ChatError):
    code, status, close_code = "unavailable", 503, 4500
    words = "DeepWiki is temporarily unavailable. Try again in a minute: nothing of yours is lost."


class Internal(ChatError):
    code, status, close_code = "internal", 500, 4500

    def __init__(self, incident: str) -> None:
        super().__init__(
            f"Something went wrong on our side. Tell the administrator: incident {incident}.",
            incident=incident,
        )
