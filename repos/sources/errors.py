"""Errors between an address and its files.

SourceError
├── BadAddress            the address cannot be parsed
├── AddressRefused        the network policy forbids the address
├── NotFound              no such repository, or it is private and the token cannot read it
│   └── NoRevision        the repository exists, the branch, tag or commit does not
├── Moved                 the host redirects to another address
├── Unreachable           the host did not answer in time, or answered with an error
├── RepositoryTooLarge    the repository is over a limit
├── TooManyAdded          the person, or the address, has added too many within an hour
├── DiskFull              this server has no room left, whatever the repository
└── Broken                the repository answered but cannot be read
"""

from __future__ import annotations

from typing import Self

from deepwiki.foundation.shared_messages import TOO_MANY_ADDED

# Code -> English sentence. Translations are keyed by the sentence.
MESSAGES: dict[str, str] = {
    "text": "{text}",
    # BadAddress
    "empty_address": ("Name a repository: an https address, owner/repo, or a registered folder."),
    "bad_characters": "This address holds characters that no repository address has.",
    "unknown_kind": "type must be one of {kinds}.",
    "relative_folder": "A local folder is named by its full path.",
    "bad_address": "This is not a repository address. Use https://host/owner/repository.",
    "unsupported_scheme": "Only https addresses of git repositories can be used.",
    "credentials_in_address": (
        "Leave the user name and password out of the address; give a token in its own field."
    ),
    "no_repository_in_address": (
        "This address names no repository. Use https://host/owner/repository."
    ),
    "only_owner_in_address": (
        "This address names an owner, not a repository. Use https://host/owner/repository."
    ),
    "bad_revision": "This is not the name of a branch, tag or commit.",
    # AddressRefused
    "https_required": ("Only https addresses are used. Give the https address of this repository."),
    "port_refused": (
        "This port is not one that repositories are fetched from."
        " Ask the administrator to allow it."
    ),
    "numeric_host": "Give the repository's host by name.",
    "private_network": "This host is on a private network. Ask the administrator to allow it.",
    # NotFound
    "not_found": (
        "There is no such repository, or it is private."
        " Check the address, or add an access token that can read it."
    ),
    "no_repository": "There is no such repository.",
    "no_folder": "There is no such folder.",
    "not_readable": (
        "There is no such repository, or you may not see it."
        " Check the address, or add an access token that can read it."
    ),
    "not_owner": ("Only its owner can add another branch or tag of this repository. Ask them."),
    # NoRevision
    "no_revision": "This repository has no such branch, tag or commit.",
    "no_default_branch": (
        "The default branch of this repository does not exist. Name a branch, tag or commit."
    ),
    "ambiguous_commit": "Several commits begin with these characters. Give more of them.",
    # Moved
    "moved": "This repository has moved. Use its new address.",
    "too_many_moves": ("This repository has moved too many times. Use its present address."),
    # Unreachable
    "unknown_host": "The host of this repository could not be found. Check the address.",
    "host_failed": "The repository's host did not answer as it should. Try again later.",
    "timeout": "Fetching this repository took too long. Try again later.",
    **TOO_MANY_ADDED,
    # RepositoryTooLarge
    "too_large": "This repository is too large for this server.",
    "too_many_files": "This repository has too many files for this server.",
    "over_limit": ("This repository is larger than {megabytes} MB, the most this server fetches."),
    # DiskFull
    "disk_full": (
        "The disk of this server is almost full, so nothing is indexed at the moment."
        " Tell the administrator."
    ),
    # Broken
    "unreadable": "This repository cannot be read.",
    "blob_missing": "This repository is damaged: a file's contents are missing.",
    "blob_truncated": "This repository is damaged: a file's contents are cut off.",
    "empty_folder": "This folder holds no files.",
    "empty_repository": "This repository is empty: there is nothing to read yet.",
    "no_text": "This repository holds nothing that can be read as text.",
}


# There is no such repository, or none that the person may read.
NOT_FOUND_CODES = frozenset(
    {"not_found", "no_repository", "no_folder", "not_readable", "not_owner"}
)


class SourceError(Exception):
    """Base class: an entry of MESSAGES and the values of its placeholders.

    `str(error)` is the English sentence. It is safe to show: it contains no path,
    token or output of git. Without `code` the class's own code is used.
    """

    code = "text"

    def __init__(self, code: str = "", **parameters: object) -> None:
        self.code = code or self.code
        self.parameters = parameters
        super().__init__(MESSAGES[self.code].format(**parameters))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """An error with a sentence that is in no catalogue, such as a job's stored one."""
        return cls("text", text=text)


class BadAddress(SourceError):
    """The address cannot be parsed."""

    code = "bad_address"


class AddressRefused(SourceError):
    """The network policy forbids the address."""

    code = "private_network"


class NotFound(SourceError):
    """No such repository, or the token cannot read it."""

    code = "not_found"


class NoRevision(NotFound):
    """The repository has no such branch, tag or commit."""

    code = "no_revision"


class Moved(SourceError):
    """The host redirects to another address."""

    code = "moved"


class Unreachable(SourceError):
    """The host did not answer in time, or answered with an error."""

    code = "host_failed"


class RepositoryTooLarge(SourceError):
    """The repository is over a limit."""

    code = "too_large"


class TooManyAdded(SourceError):
    """Too many repositories were added within an hour; worth another try after `retry_after` s."""

    code = "too_many_added"

    def __init__(self, code: str, *, limit: int, retry_after: int) -> None:
        self.limit, self.retry_after = limit, retry_after
        self.minutes = -(-retry_after // 60)
        super().__init__(code, limit=limit, minutes=self.minutes)


class DiskFull(SourceError):
    """This server's disk has less room left than its reserve."""

    code = "disk_full"


class Broken(SourceError):
    """The repository answered but cannot be read."""

    code = "unreadable"
