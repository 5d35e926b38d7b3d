"""Log lines: one line each, bounded, free of control characters, carrying the request and run they belong to."""

from __future__ import annotations

import contextvars
import logging
import re

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
run_id: contextvars.ContextVar[str] = contextvars.ContextVar("run_id", default="-")

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")
_SECRET = re.compile(
    r"(?i)(://)[^/@\s]+@|\b(sk-|ghp_|gho_|github_pat_|glpat-|AIza|dw_)[\w-]{8,}|(bearer )\S+"
)
LONGEST = 4000


def mask(text: str) -> str:
    """`text` without what looks like a key, a token or credentials in an address."""
    return _SECRET.sub(lambda match: f"{match[1] or match[2] or match[3]}***", text)


class LineFormatter(logging.Formatter):
    """`time level logger request run message`, with the trace of an exception folded under it."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        message = _CONTROL.sub("\ufffd", mask(record.getMessage())).replace("\n", "\\n")[:LONGEST]
        line = f"{stamp} {record.levelname} {record.name} request={request_id.get()} run={run_id.get()} {message}"
        if record.exc_info:
            line += (
                "\n"
                + _CONTROL.sub("\ufffd", mask(self.formatException(record.exc_info)))[-LONGEST:]
            )
        return line
