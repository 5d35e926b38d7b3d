"""The doctor in the REST interface."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import BaseModel

from chat.api.rest.identity import ADMIN, person_of
from chat.api.rest.problems import Problem, not_allowed
from chat.api.rest.texts import QueryShort, QueryText
from chat.core.errors import server_busy
from deepwiki.runtime.doctor.catalog import all_checks, chosen_checks
from deepwiki.runtime.doctor.diagnosis import diagnose
from deepwiki.runtime.doctor.finding import DoctorCheck, Finding, worst

router = Router(tags=["server"])
STAFF_ONLY = "The doctor is for staff who may try models."
UNKNOWN_CHECK = "No check has this name. Without one, all are run, and named."
_diagnosing = threading.Lock()  # one at a time in a process: it asks services that cost money


class FindingRow(Schema):
    """What a check found; `fix` is the line to change or to run, if any."""

    check: str
    title: str
    state: str = Field(description="ok, warning or failed")
    message: str
    fix: str
    milliseconds: int


class Diagnosis(Schema):
    """What all checks found; `state` is the worst of theirs."""

    state: str
    checks: list[FindingRow]


class DoctorQuery(BaseModel):
    """What is looked at."""

    check: QueryShort = Field("", description="This check alone, and the one that it needs.")
    address: QueryText = Field("", description="A repository that is fetched, and thrown away.")


@router.get("/doctor", response=Diagnosis, auth=ADMIN)
def run_doctor(request: HttpRequest, query: Query[DoctorQuery]) -> dict[str, Any]:
    """What is set up and whether it works. It asks each model for one word; it may take a minute."""
    person: Any = person_of(request)
    if not (person.is_staff and person.has_perm("chat.try_models")):
        raise not_allowed(STAFF_ONLY)
    checks = chosen_checks(all_checks(query.address.strip()), query.check)
    if not checks:
        raise Problem(422, "unknown_check", UNKNOWN_CHECK)
    findings = _diagnose(checks)
    return {"state": worst(findings), "checks": findings}


def _diagnose(checks: list[DoctorCheck]) -> list[Finding]:
    """Raises TooMany while it is at work already."""
    if not _diagnosing.acquire(blocking=False):
        raise server_busy()
    try:
        connection.close()  # the checks take their own
        return diagnose(checks)
    finally:
        _diagnosing.release()
