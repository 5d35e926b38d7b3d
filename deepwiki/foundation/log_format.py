"""Log lines: one line each, of bounded length, without control characters or secrets, with
the ids of the request and the run they belong to."""

from __future__ import annotations

import contextvars
import logging
import re
from typing import Any

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
run_id: contextvars.ContextVar[str] = contextvars.ContextVar("run_id", default="-")

MAX_CHARS = 4000  # of a message, and of the traceback below it
APPS = ("deepwiki", "chat", "repos")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")
_SECRET = re.compile(
    r"(?i)(://)[^/@\s]+@|\b(sk-|ghp_|gho_|github_pat_|glpat-|AIza|dw_)[\w-]{8,}|(bearer )\S+"
)


def mask(text: str) -> str:
    """`text` with API keys, tokens and the credentials in URLs replaced by asterisks."""
    return _SECRET.sub(lambda match: f"{match[1] or match[2] or match[3]}***", text)


class LineFormatter(logging.Formatter):
    """`time level logger request run message`; a traceback follows on its own lines."""

    def format(self, record: logging.LogRecord) -> str:
        line = self._line(record)
        if not record.exc_info:
            return line
        # The end of a traceback names the error.
        return f"{line}\n{_printable(self.formatException(record.exc_info))[-MAX_CHARS:]}"

    def _line(self, record: logging.LogRecord) -> str:
        time = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        ids = f"request={request_id.get()} run={run_id.get()}"
        message = _printable(record.getMessage()).replace("\n", "\\n")[:MAX_CHARS]
        return f"{time} {record.levelname} {record.name} {ids} {message}"


# The pool warns of each of its attempts while the database is away, ten a second.
QUIET = {"psycopg.pool": {"level": logging.ERROR}}


def logging_config(level: int) -> dict[str, Any]:
    """Django's LOGGING: our own apps from `level` on, everything else from WARNING on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": LineFormatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": logging.WARNING},
        "loggers": {**{name: {"level": level} for name in APPS}, **QUIET},
    }


def _printable(text: str) -> str:
    return _CONTROL.sub("\ufffd", mask(text))
