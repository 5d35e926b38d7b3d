"""The errors that model services report, as errors of ours.

A service's own code comes first, then known wordings, then the HTTP status. Nothing of
what it says is passed on: it may repeat a key or a prompt.
"""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chat.core.errors import ProviderError, RateLimited, Unavailable
from chat.providers.error_wordings import (
    CODES,
    MISSING_ADDRESS,
    MISSING_ADDRESS_STATUSES,
    NOT_A_SERVICE,
    OVERRULING,
    REFUSED,
    STATUSES,
    WORDINGS,
    Problem,
    Wording,
)

CODE_KEYS = {"code", "type", "status", "error_type", "reason", "error_code"}
STATUS_KEYS = {"code", "status", "status_code", "statusCode", "error_code", "http_status"}
MESSAGE_KEYS = {"message", "msg", "detail", "error", "errors", "title", "description", "raw"}
PARAMETER_KEYS = {"param", "loc"}
WAIT_KEYS = {"retry_after", "retry_after_seconds", "retryDelay", "estimated_time"}
# Where services repeat the request.
ECHO_KEYS = {"input", "flagged_input", "request", "failed_generation", "ctx"}
MAX_CHARS = 5_000
MAX_VALUES = 200
MAX_DEPTH = 6
MAX_WAIT_SECONDS = 86_400.0
NO_STATUS = 500
WAIT = re.compile(r"(?:again|retry) (?:in|after) (?:(\d{1,4})m)?(\d{1,7}(?:\.\d{1,9})?) ?(ms|s)")
SECONDS = re.compile(r"\A(\d{1,7}(?:\.\d{1,9})?)s?\Z")


@dataclass
class Report:
    """What the body of an error says, in lower case.

    `status` is the HTTP status that stands in it, `wait` the seconds it asks to wait.
    """

    codes: set[str] = field(default_factory=set)
    text: str = ""
    parameters: set[str] = field(default_factory=set)
    status: int | None = None
    wait: float | None = None

    @classmethod
    def of(cls, body: Any) -> Report:
        """Read a body of any shape."""
        report = cls()
        messages = [body] if isinstance(body, str) else []
        for number, (key, value) in enumerate(_values(body, MAX_DEPTH)):
            if number == MAX_VALUES:
                break
            report._add(key, value, messages)
        report.text = " ".join(messages)[:MAX_CHARS].lower()
        if report.wait is None:
            report.wait = _wait_in_text(report.text)
        return report

    def _add(self, key: str, value: Any, messages: list[str]) -> None:
        if key in STATUS_KEYS and (status := _status(value)):
            self.status = self.status or status
        elif key in WAIT_KEYS:
            self.wait = _seconds(value)
        elif not isinstance(value, str) or not value:
            return
        elif key in PARAMETER_KEYS:
            self.parameters.add(value.lower())
        elif key in MESSAGE_KEYS:
            messages.append(value[:MAX_CHARS])
        elif key in CODE_KEYS:
            self.codes.add(value[:MAX_CHARS].lower())


def error_of_body(
    body: Any, status: int | None = None, retry_after: float | None = None
) -> ProviderError:
    """The error that a service reports by a body and, outside of a stream, a status."""
    return error_of_report(Report.of(body), status, retry_after)


def error_of_report(
    report: Report, status: int | None = None, retry_after: float | None = None
) -> ProviderError:
    """See `error_of_body`."""
    kind, reason = _problem(report, status or report.status or NO_STATUS)
    wait = report.wait if retry_after is None else retry_after
    if kind is RateLimited and wait:
        seconds = max(1, round(wait))
        return RateLimited("rate_limited_for", seconds=seconds, retry_after=seconds)
    if kind in (RateLimited, Unavailable) and wait is not None:
        return kind(reason, retry_after=round(wait))
    return kind(reason)


def parse_retry_after(header: str | None) -> float | None:
    """Seconds from a Retry-After header: a number, or a date to come.

    None for a missing one, a date in the past, nonsense, or more than a day.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    seconds = _number(header or "")
    if seconds is None:
        seconds = _seconds_until(header or "")
    return _bounded(seconds)


def _problem(report: Report, status: int) -> Problem:
    for problem in (
        _of_wordings(report.text, OVERRULING),
        next((CODES[code] for code in sorted(report.codes) if code in CODES), None),
        _missing_address(report, status),
        _of_wordings(report.text, WORDINGS),
    ):
        if problem is not None:
            return problem
    return _of_status(status)


def _missing_address(report: Report, status: int) -> Problem | None:
    if status not in MISSING_ADDRESS_STATUSES:
        return None
    return _of_wordings(report.text, MISSING_ADDRESS)


def _of_wordings(text: str, wordings: tuple[Wording, ...]) -> Problem | None:
    return next(
        (problem for words, problem in wordings if all(_occurs(word, text) for word in words)),
        None,
    )


def _occurs(phrase: str, text: str) -> bool:
    if phrase.startswith("^"):
        return text.startswith(phrase[1:])
    return phrase in text


def _of_status(status: int) -> Problem:
    if status in STATUSES:
        return STATUSES[status]
    if status < 400:
        return NOT_A_SERVICE
    return REFUSED if status < 500 else (Unavailable, "")


def _values(value: Any, depth: int, key: str = "error") -> Iterator[tuple[str, Any]]:
    """Each value in nested JSON with the key it stands under."""
    if isinstance(value, dict) and depth:
        for name, item in value.items():
            if name not in ECHO_KEYS:
                yield from _values(item, depth - 1, str(name))
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _values(item, depth - 1, key)
    else:
        yield key, value


def _status(value: Any) -> int | None:
    """An HTTP status of an error; it also comes as a string."""
    number = _number(value)
    if number is None or not 300 <= number < 600:
        return None
    return int(number)


def _seconds(value: Any) -> float | None:
    if isinstance(value, str):
        match = SECONDS.match(value)
        value = match[1] if match else ""
    return _bounded(_number(value))


def _wait_in_text(text: str) -> float | None:
    match = WAIT.search(text)
    if match is None:
        return None
    seconds = float(match[2]) / (1000 if match[3] == "ms" else 1)
    return _bounded(60 * float(match[1] or 0) + seconds)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _seconds_until(date: str) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    seconds = moment - time.time()
    return seconds if seconds > 0 else None


def _bounded(seconds: float | None) -> float | None:
    if seconds is None or not math.isfinite(seconds) or seconds > MAX_WAIT_SECONDS:
        return None
    return max(0.0, seconds)
