"""From git's output to a SourceError."""

from __future__ import annotations

import re
import signal

from repos.sources.errors import (
    AddressRefused,
    Broken,
    Moved,
    NoRevision,
    NotFound,
    RepositoryTooLarge,
    SourceError,
    Unreachable,
)

# Pattern in git's standard error in lower case -> error and code. The first match counts.
OUTPUT_PATTERNS: list[tuple[str, type[SourceError], str]] = [
    (
        r"couldn't find remote ref|unknown revision|not our ref|no such ref|invalid refspec",
        NoRevision,
        "no_revision",
    ),
    (
        r"error: (401|403|404|410|451)|not found|authentication failed|could not read username"
        r"|access denied|repository .* does not exist",
        NotFound,
        "not_found",
    ),
    (r"error: 30[1278]|redirect", Moved, "moved"),
    (
        r"file size limit|died of signal 25|invalid index-pack output|no space left"
        r"|cannot allocate|out of memory",
        RepositoryTooLarge,
        "too_large",
    ),
    (
        r"protocol .* not supported|transport .* not allowed",
        AddressRefused,
        "unsupported_scheme",
    ),
    (
        r"could not resolve host|failed to connect|connection (refused|timed out|reset)"
        r"|timed out|operation too slow|ssl|certificate|error: 5\d\d",
        Unreachable,
        "host_failed",
    ),
]
# The file size limit, as a signal and as a shell's exit status.
OVER_LIMIT_STATUSES = (-signal.SIGXFSZ, 128 + signal.SIGXFSZ)


def error_from_output(output: str, status: int, megabytes: int) -> SourceError:
    """The error for a git process that ended with `status` and wrote `output`.

    `megabytes` is the size limit the process ran under.
    """
    error = _known_error(output.lower())
    if error is not None:
        return error
    return _status_error(status, megabytes)


def _status_error(status: int, megabytes: int) -> SourceError:
    if status in OVER_LIMIT_STATUSES:
        return RepositoryTooLarge("over_limit", megabytes=megabytes)
    return Broken("unreadable")


def _known_error(output: str) -> SourceError | None:
    """The error of the first pattern in `output`, None if it contains none."""
    for pattern, error, code in OUTPUT_PATTERNS:
        if re.search(pattern, output):
            return error(code)
    return None
