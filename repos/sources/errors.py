"""What can go wrong between an address and its files.

SourceError
├── BadAddress        the address itself cannot be used
├── Refused           the address leads where this server does not go
├── NotFound          no such repository, or it is private and the token does not open it
│   └── NoRevision    the repository is there, the branch, tag or commit is not
├── Moved             the host sends us to another address
├── Unreachable       the host did not answer in time, or answered with trouble
├── TooLarge          the repository is over a limit
└── Broken            the repository answered but cannot be read
"""


class SourceError(Exception):
    """Base of the family. The message is safe to show: no path, host trouble, token or tool output in it."""


class BadAddress(SourceError):
    """The address cannot be understood."""


class AddressRefused(SourceError):
    """The address is not allowed."""


class NotFound(SourceError):
    """There is no such repository or revision, or you may not see it."""


class NoRevision(NotFound):
    """This repository has no such branch, tag or commit."""


class Moved(SourceError):
    """This repository has moved. Use its new address."""


class Unreachable(SourceError):
    """The host could not be reached in time."""


class RepositoryTooLarge(SourceError):
    """The repository is larger than this server takes."""


class Broken(SourceError):
    """The repository cannot be read."""
