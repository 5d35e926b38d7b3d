"""Known vulnerabilities of pinned packages: `python -m deepwiki.testing.audit FILE`.

pip-audit, within a bounded time. Status 1 when there are any; 75 (EX_TEMPFAIL), after one
line that says why, when the vulnerability data cannot be reached.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS = 60
# --disable-pip: the file is complete and hashed, so nothing is resolved or installed.
OPTIONS = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")
# How pip-audit ends where its service does not answer.
UNREACHABLE = re.compile(
    r"requests\.exceptions\.|Could not connect|not redirecting|network may be blocking|ServiceError"
)


def main() -> int:
    """Audit the requirements file named on the command line."""
    try:
        done = _run_pip_audit(sys.argv[1])
    except subprocess.TimeoutExpired:
        return _skip(f"the vulnerability data did not arrive within {SECONDS} seconds")
    if done.stdout.startswith("{"):
        return _judge(json.loads(done.stdout)["dependencies"])
    if UNREACHABLE.search(done.stderr):
        return _skip("the vulnerability data cannot be reached")
    _print(done.stderr)
    return 1


def _run_pip_audit(path: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "pip-audit"), *OPTIONS, "-r", path]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)


def _judge(packages: list[dict[str, Any]]) -> int:
    """The status for pip-audit's list of packages: each has `vulns`, or a `skip_reason`
    where the service does not know it."""
    if all("skip_reason" in package for package in packages):
        return _skip("the vulnerability data knows none of the packages")
    vulnerable = [package for package in packages if package.get("vulns")]
    for package in vulnerable:
        _report(package)
    return int(bool(vulnerable))


def _report(package: dict[str, Any]) -> None:
    """One line for each vulnerability of a package."""
    for vulnerability in package["vulns"]:
        versions = ", ".join(vulnerability["fix_versions"]) or "no version"
        name = f"{package['name']} {package['version']}"
        _print(f"{name}: {vulnerability['id']}, fixed in {versions}")


def _skip(reason: str) -> int:
    _print(reason)
    return os.EX_TEMPFAIL


def _print(text: str) -> None:
    print(text)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
