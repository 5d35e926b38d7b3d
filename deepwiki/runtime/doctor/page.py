"""The doctor's page for staff. Each check has a line whose anchor is its name."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from deepwiki.admin import Site
from deepwiki.runtime.doctor.catalog import all_checks, chosen_checks
from deepwiki.runtime.doctor.diagnosis import diagnose
from deepwiki.runtime.doctor.finding import DoctorCheck, Finding, worst

MAX_ADDRESS_CHARS = 2_000
CLONE = "clone"


@require_http_methods(["GET", "HEAD", "POST"])
def doctor(request: HttpRequest) -> HttpResponse:
    """The checks; a POST runs one or all of them. For people with `chat.try_models`, since
    it asks each model for a word."""
    if not request.user.has_perm("chat.try_models"):
        raise PermissionDenied
    address = request.POST.get("address", "").strip()[:MAX_ADDRESS_CHARS]
    checks = all_checks(address)
    findings: list[Finding] = []
    if request.method == "POST":
        connection.close()  # the checks take their own
        findings = diagnose(chosen_checks(checks, request.POST.get("check", "")))
    return render(request, "admin/doctor.html", _context(request, checks, findings, address))


def _context(
    request: HttpRequest, checks: list[DoctorCheck], findings: list[Finding], address: str
) -> dict[str, Any]:
    found = {finding.check: finding for finding in findings}
    return {
        **admin.site.each_context(request),
        "title": "Doctor",
        "lines": [(check, found.get(check.name)) for check in checks if check.name != CLONE],
        "clone": found.get(CLONE),
        "address": address,
        "state": findings and worst(findings),
    }


cast(Site, admin.site).add_page("doctor/", doctor, name="doctor")
