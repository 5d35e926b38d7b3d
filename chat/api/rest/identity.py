"""Who sends a request, and whether its API token may be used for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from ninja.security.base import AuthBase

from chat.api.program_identity import ForeignHost, Program, identify_program, request_headers
from chat.api.rest.problems import Problem
from chat.services.program_calls import check_call
from deepwiki.accounts import authentication
from deepwiki.accounts.models import TokenScope
from repos.access.permissions import PersonId

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person


class TokenFor(AuthBase):
    """An API token for a scope; a stranger, where they are let in, may read.

    Raises the ChatError family and Problem.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Program:
        address = authentication.client_address(request)
        try:
            program = identify_program(request_headers(request), address)
        except ForeignHost:
            raise Problem(421, "foreign_host", "This server has no such host.") from None
        program.require(self.scope)
        check_call(program.person.pk, address)
        return program


READ = TokenFor(TokenScope.READ)
ASK = TokenFor(TokenScope.ASK)
MANAGE = TokenFor(TokenScope.MANAGE)
ADMIN = TokenFor(TokenScope.ADMIN)


def person_of(request: HttpRequest) -> Person:
    """The person of a request that one of these has let in; a stranger has no id."""
    return _program_of(request).person


def require_admin(request: HttpRequest) -> None:
    """For what a person may do because they are staff. Raises Forbidden without that scope."""
    _program_of(request).require(TokenScope.ADMIN)


def _program_of(request: HttpRequest) -> Program:
    program: Program = cast("Any", request).auth
    return program


def reader_of(request: HttpRequest) -> PersonId:
    """The person, as repositories are read."""
    return PersonId(person_of(request).pk)
