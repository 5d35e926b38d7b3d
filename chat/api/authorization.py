"""What a stream's person was identified by, checked again for as long as the stream lasts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from chat import services
from chat.core.errors import ChatError, Forbidden, NotSignedIn, TooMany
from chat.core.events import Failed, Numbered
from deepwiki.accounts import authentication, credential_errors
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

RECHECK_SECONDS = 20.0
PAUSE_SECONDS = 15.0
SCOPE_MISSING = "scope_missing"  # the reason of a refusal, see scope_challenge

logger = logging.getLogger(__name__)


def token_refusal(error: credential_errors.CredentialsRefused) -> ChatError:
    """What a program is told whose token is refused."""
    match error:
        case credential_errors.TooManyGuesses(seconds=seconds):
            return TooMany("unknown_tokens", seconds=seconds, retry_after=seconds)
        case credential_errors.TokenExpired():
            return NotSignedIn("token_expired")
        case credential_errors.ScopeMissing(scope=scope):
            return Forbidden(SCOPE_MISSING, scope=scope)
        case credential_errors.NoAccount():
            return Forbidden("no_account")
        case credential_errors.AccountDeactivated():
            return Forbidden("account_deactivated")
        case credential_errors.SecondFactorMissing():
            return Forbidden("second_factor_missing")
    return NotSignedIn("token_invalid")


def scope_challenge(failure: Failed) -> str:
    """The WWW-Authenticate header of a refusal for a scope that a token lacks: RFC 6750, 3.1."""
    return f'Bearer error="insufficient_scope", scope="{failure.parameters["scope"]}"'


@dataclass(frozen=True)
class Credentials:
    """A person with the session key or the Authorization header that named them.

    Both are empty for somebody without an account.
    """

    person: Person
    session_key: str = ""
    authorization: str = ""

    @classmethod
    def of_request(cls, request: HttpRequest, person: Person) -> Credentials:
        """Those of an HTTP request that `person` has been identified by."""
        authorization = request.headers.get("authorization", "")
        if person.pk is None:
            return cls(person)
        if authorization.lower().startswith("bearer "):
            return cls(person, authorization=authorization)
        return cls(person, session_key=request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))

    def check(self) -> None:
        """Raises NotSignedIn if they are no longer valid: revoked, logged out, deactivated.

        Asks the database: call it in a thread.
        """
        if self.session_key:
            user = authentication.user_of_session(self.session_key)
            if user is None or user.pk != self.person.pk:
                raise NotSignedIn("session_ended")
        elif self.person.pk and not authentication.is_bearer_valid(self.authorization):
            raise NotSignedIn("token_ended")

    def check_run(self, run_id: uuid.UUID) -> None:
        """As `check`; raises NoSuchRepository if the run's repository may not be read any more."""
        self.check()
        services.check_may_follow(self.person, run_id)


async def recheck(check: Callable[[], None]) -> None:
    """Call `check` in a thread. Raises the ChatError family; other errors are logged."""
    try:
        await in_thread(check)
    except ChatError:
        raise
    except Exception:
        logger.warning("a person could not be checked; trying again", exc_info=True)


async def watched(
    items: AsyncGenerator[Numbered], check: Callable[[], None]
) -> AsyncGenerator[Numbered | None]:
    """The items, and None in each pause of PAUSE_SECONDS.

    Every RECHECK_SECONDS `check` is called in a thread; raises what it raises.
    """
    checked_at = time.monotonic()
    async with contextlib.aclosing(items):
        upcoming = asyncio.ensure_future(anext(items))
        try:
            while True:
                await asyncio.wait({upcoming}, timeout=min(PAUSE_SECONDS, RECHECK_SECONDS))
                if time.monotonic() - checked_at >= RECHECK_SECONDS:
                    await recheck(check)
                    checked_at = time.monotonic()
                if not upcoming.done():
                    yield None
                    continue
                try:
                    item = upcoming.result()
                except StopAsyncIteration:
                    return
                yield item
                upcoming = asyncio.ensure_future(anext(items))
        finally:
            await _cancel(upcoming)


async def _cancel(task: asyncio.Future[Numbered]) -> None:
    if not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
            await task
