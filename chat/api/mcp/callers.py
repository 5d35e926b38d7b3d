"""Who calls: with whose rights tools read, and how their questions are asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from django.db import connection

from chat import services
from chat.api.authorization import Credentials, watched
from chat.api.program_identity import Program
from chat.core.errors import NotSignedIn
from chat.core.events import Numbered
from chat.core.request import ChatRequest
from chat.database_errors import database_errors_as_down
from chat.runs import Run
from chat.services.named_repositories import find_named_repository
from chat.services.operator_runs import start_operator_run
from chat.services.program_calls import check_call
from deepwiki.foundation.threads import in_thread
from repos.access import OPERATOR_ID
from repos.access.permissions import PersonId

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

CALLER = "deepwiki.caller"  # the key of an ASGI scope that has one
Events = AsyncGenerator[Numbered | None]


class AgentClient(Protocol):
    """Whoever sends a request. `person_id` is None for a stranger."""

    @property
    def reader(self) -> PersonId:
        """The person, as repositories are read."""
        ...

    async def check(self, scope: str) -> None:
        """Raises NotSignedIn once the credentials hold no more, Forbidden if they lack a scope,
        TooMany after too many calls."""
        ...

    async def ask(self, request: ChatRequest) -> tuple[Run, Events]:
        """Start an answer that ends when its events are no longer read.

        Raises the ChatError family.
        """
        ...


@dataclass(frozen=True)
class ClientOverHttp:
    """A program with an API token, or a stranger where they are let in."""

    program: Program
    credentials: Credentials
    address: str

    @property
    def person(self) -> Person:
        return self.program.person

    @property
    def reader(self) -> PersonId:
        """See AgentClient."""
        return PersonId(self.person.pk)

    async def check(self, scope: str) -> None:
        """See AgentClient. Each request is identified as it comes, and counted."""
        self.program.require(scope)
        with database_errors_as_down():
            await in_thread(check_call, self.person.pk, self.address)

    async def ask(self, request: ChatRequest) -> tuple[Run, Events]:
        """See AgentClient. The person's limits apply, and the question stands in their history."""
        run = await services.ask(
            self.person,
            request,
            lasting=False,
            authorize=self.credentials.check,
            address=self.address,
        )
        assert isinstance(run, Run)  # only a `client_message_id` finds a stored one
        return run, watched(run.attach(), partial(self.credentials.check_run, run.id))


@dataclass(frozen=True)
class AccountOnTerminal:
    """Somebody at a terminal of this machine who acts as a person with an account."""

    person: Person

    @property
    def reader(self) -> PersonId:
        """See AgentClient."""
        return PersonId(self.person.pk)

    async def check(self, scope: str) -> None:
        """See AgentClient. Somebody at a terminal may do all that the person may."""
        await in_thread(self._check)

    def _check(self) -> None:
        if not _is_active(self.person):
            raise NotSignedIn("session_ended")

    async def ask(self, request: ChatRequest) -> tuple[Run, Events]:
        """See AgentClient."""
        run = await services.ask(self.person, request, lasting=False, authorize=self._check)
        assert isinstance(run, Run)
        return run, run.attach()


@dataclass(frozen=True)
class Operator:
    """Somebody at a terminal of this machine: reads what everybody signed in may read."""

    @property
    def reader(self) -> PersonId:
        """See AgentClient."""
        return PersonId(OPERATOR_ID)

    async def check(self, scope: str) -> None:
        """See AgentClient. A terminal needs no credentials."""

    async def ask(self, request: ChatRequest) -> tuple[Run, Events]:
        """See AgentClient. Nothing of it is stored."""
        providers = services.providers()
        await in_thread(providers.refresh_models)
        model = providers.choose(request.provider, request.model)
        with database_errors_as_down():
            repository = await in_thread(find_named_repository, self.reader, request.repo_url)
        run = start_operator_run(repository, request, model)
        return run, run.attach()


def _is_active(person: Person) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM auth_user WHERE id = %s AND is_active", [person.pk])
        return cursor.fetchone() is not None
