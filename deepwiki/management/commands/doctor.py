"""`manage.py doctor`: what is set up, whether it works, and the line to change."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from deepwiki.runtime.doctor import DoctorCheck, Finding, State, all_checks, diagnose, worst

EXIT_CODES = {State.OK: 0, State.WARNING: 1, State.FAILED: 2}
BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Looks at everything that answers need: database, models, git, Redis, mail, disk and"
        " more. For each part that is not well it names the line to change. It asks each model"
        " that is set up for one word, which costs a few tokens. Exit codes: 0 all is well,"
        " 1 warnings, 2 something does not work."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("check", nargs="*", help="Only these checks, such as database redis.")
        parser.add_argument("--clone", default="", metavar="ADDRESS", help="Fetch this repository.")
        parser.add_argument("--json", action="store_true", help="One JSON object.")
        parser.add_argument("--list", action="store_true", help="The names of the checks.")

    def handle(self, *args: Any, **options: Any) -> None:
        checks = self._chosen(all_checks(options["clone"]), options["check"])
        if options["list"]:
            self.stdout.write("\n".join(check.name for check in checks))
            return
        findings = diagnose(checks)
        if options["json"]:
            self._write_json(findings)
        else:
            self._write_lines(findings)
        sys.exit(EXIT_CODES[worst(findings)])

    def _chosen(self, checks: list[DoctorCheck], names: list[str]) -> list[DoctorCheck]:
        self._refuse(set(names) - {check.name for check in checks})
        return [check for check in checks if not names or check.name in names]

    def _refuse(self, unknown: set[str]) -> None:
        if unknown:
            self.stderr.write(f"No check is called {', '.join(unknown)}; --list names them.")
            sys.exit(BAD_INPUT)

    def _write_json(self, findings: list[Finding]) -> None:
        self.stdout.write(json.dumps(_report(findings), ensure_ascii=False, indent=1))

    def _write_lines(self, findings: list[Finding]) -> None:
        styles = {
            State.OK: self.style.SUCCESS,
            State.WARNING: self.style.WARNING,
            State.FAILED: self.style.ERROR,
        }
        for finding in findings:
            self._write_finding(finding, styles[finding.state](f"{finding.state:<8}"))

    def _write_finding(self, finding: Finding, state: str) -> None:
        self.stdout.write(f"{state} {finding.title:<14} {finding.message}")
        if finding.fix:
            self.stdout.write(f"{'':<24}→ {finding.fix}")


def _report(findings: list[Finding]) -> dict[str, Any]:
    """What --json writes."""
    return {"state": worst(findings), "checks": [each.as_json() for each in findings]}
