"""Incident ids: shown to the user to report, and logged beside the traceback."""

from __future__ import annotations

import logging
import uuid


def log_incident(logger: logging.Logger, what: str) -> str:
    """Log the exception being handled and return a new incident id (8 hexadecimal digits).

    `what` is a short English clause for the log: "an answer failed".
    """
    incident = uuid.uuid4().hex[:8]
    logger.exception("%s, incident %s", what, incident)
    return incident
