"""Commands, stages and services that manifests, build and container files declare."""

from __future__ import annotations

from repos.indexing.artifacts.rules import Rule, rule

SCRIPTS = r"^\[(project\.(gui-)?scripts|project\.entry-points\b.*|tool\.poetry\.scripts)\]"
TARGET = r"(?:\s*[\"'](?P<target>[^\"']*))?"
RULES: tuple[Rule, ...] = (
    rule(
        r"(^|/)pyproject\.toml$",
        "command",
        rf"^[\"']?(?P<name>[\w.-]+)[\"']?\s*={TARGET}",
        between=(SCRIPTS, r"^\["),
    ),
    rule(
        r"(^|/)setup\.cfg$",
        "command",
        r"^\s+(?P<name>[\w.-]+)\s*=\s*(?P<target>\S+)?",
        between=(r"^\[options\.entry_points\]", r"^\["),
    ),
    rule(
        r"(^|/)setup\.py$", "command", r"[\"'](?P<name>[\w.-]+)\s*=\s*(?P<target>[\w.]+:\w+)[\"']"
    ),
    rule(
        r"(^|/)(package|composer)\.json$",
        "command",
        r"^\s*\"(?P<name>[\w:.-]+)\"\s*:\s*\[?\s*\"(?P<target>(?:[^\"\\]|\\.)*)",
        between=(r"\"scripts\"\s*:", r"\}"),
    ),
    rule(
        r"(^|/)(GNU)?[Mm]akefile$",
        "command",
        r"^(?P<name>\w[\w.-]*)\s*:(?!=)",
        target=r"\A\t[@-]*(.+)",
    ),
    rule(
        r"(^|/)[Jj]ustfile$", "command", r"^@?(?P<name>\w[\w-]*)[^:=]*:(?!=)", target=r"\A\s+@?(.+)"
    ),
    rule(
        r"(^|/)[Tt]askfile\.ya?ml$",
        "command",
        r"^(?P<indent> {1,8})(?P<name>[\w:.-]+):",
        between=(r"^tasks:", ""),
        target=r"^\s+-\s+(?:cmd:\s*)?(\S.*)",
    ),
    rule(
        r"(^|/)Cargo\.toml$",
        "command",
        r"^name\s*=\s*\"(?P<name>[^\"]+)",
        between=(r"^\[\[bin\]\]", r"^\["),
        target=r"^path\s*=\s*\"([^\"]+)",
    ),
    rule(
        r"(^|/)tox\.ini$",
        "command",
        r"^\[testenv:(?P<name>[\w.-]+)",
        target=r"^commands\s*=\s*(\S.*)",
    ),
    rule(
        r"\.gradle(\.kts)?$",
        "command",
        r"\b(?:tasks?\.register|task)\s*\(?\s*[\"']?(?P<name>\w+)",
        target=r"\bcommandLine\s*\(?\s*[\"'](.+?)[\"']\s*\)?$",
    ),
    rule(r"(^|/)Procfile$", "service", r"^(?P<name>[\w-]+):\s*(?P<target>\S.*)"),
    rule(
        r"(^|/)([^/]+\.)?(Docker|Container)file[^/]*$",
        "stage",
        r"^FROM\s+(?:--\S+\s+)?(?P<target>\S+)\s+[Aa][Ss]\s+(?P<name>[\w.-]+)",
    ),
    rule(
        r"(^|/)([^/]+\.)?(Docker|Container)file[^/]*$",
        "main",
        r"^(?P<name>ENTRYPOINT|CMD)\s+(?P<target>\S.*)",
    ),
    rule(
        r"(^|/)(docker-)?compose[^/]*\.ya?ml$",
        "service",
        r"^(?P<indent> {1,8})(?P<name>[\w.-]+):\s*$",
        between=(r"^services:", ""),
        target=r"^\s+(?:image|build|context):[ \t]*(\S+)",
    ),
)
