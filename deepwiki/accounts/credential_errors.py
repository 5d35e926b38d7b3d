"""Why credentials are refused.

CredentialsRefused       invalid, or sent by a page of another origin
├── TokenExpired
├── ScopeMissing
├── TooManyGuesses
├── NoAccount            a token of somebody who has never signed in here
├── AccountDeactivated
└── SecondFactorMissing  of staff who must set one up first
IssuerAway               nobody can tell now
"""

from __future__ import annotations


class CredentialsRefused(Exception):
    """The credentials are invalid, or were sent by a page of another origin."""


class TokenExpired(CredentialsRefused):
    """The token was valid until its time was over."""


class ScopeMissing(CredentialsRefused):
    """The token is valid, but not for what it was sent for."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class TooManyGuesses(CredentialsRefused):
    """The token is unknown, as were many of this address; to be asked again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class NoAccount(CredentialsRefused):
    """The issuer knows who it is; nobody here has signed in as that."""


class AccountDeactivated(CredentialsRefused):
    """The person's account is no longer active."""


class SecondFactorMissing(CredentialsRefused):
    """Staff must set up a second factor before anything else."""


class IssuerAway(Exception):
    """The keys of the issuer cannot be had now."""
