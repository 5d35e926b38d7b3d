"""Jobs and stages of CI systems, with the first command that each runs."""

from __future__ import annotations

from repos.indexing.artifacts.rules import Rule, rule

YAML = r"\.ya?ml$"
# Of GitLab: keys at the top that are no jobs.
NO_JOBS = (
    r"(?!(?:stages|variables|default|include|image|workflow|cache|services|spec|pages_base"
    r"|before_script|after_script):)"
)
COMMAND = r"(?:run|script|command|commands|bash|sh|uses|template):[ \t]*[|>]?-?[ \t]*(?:\n[ \t]*)?(?:-[ \t]+)?"
FIRST_COMMAND = rf"^\s*(?:-\s+)?{COMMAND}(?:command:[ \t]*)?[\"']?([^\s\"'][^\n\"']*)"
NAME = r"[\"']?(?P<name>[^\s\"'#][^\"'#]*)"
RULES: tuple[Rule, ...] = (
    rule(
        rf"(^|/)\.(github|gitea|forgejo)/workflows/[^/]+{YAML}",
        "job",
        r"^(?P<indent> {1,8})(?P<name>[\w-]+):\s*$",
        between=(r"^jobs:", ""),
        target=FIRST_COMMAND,
    ),
    rule(
        rf"(^|/)(\.gitlab-ci|\.gitlab/.*){YAML}",
        "job",
        rf"^{NO_JOBS}(?P<name>\w[\w .:/-]*):\s*$",
        target=FIRST_COMMAND,
    ),
    rule(
        rf"(^|/)\.circleci/[^/]+{YAML}",
        "job",
        r"^(?P<indent> {1,8})(?P<name>[\w-]+):\s*$",
        between=(r"^jobs:", ""),
        target=FIRST_COMMAND,
    ),
    rule(rf"(^|/)\.?azure-pipelines[^/]*{YAML}", "stage", rf"^\s*- stage:\s*{NAME}"),
    rule(
        rf"(^|/)\.?azure-pipelines[^/]*{YAML}",
        "job",
        rf"^\s*- (?:job|deployment):\s*{NAME}",
        target=FIRST_COMMAND,
    ),
    rule(
        r"(^|/)Jenkinsfile[^/]*$",
        "stage",
        r"\bstage\s*\(\s*[\"'](?P<name>[^\"']+)",
        target=r"\b(?:sh|bat|powershell)\b\s*\(?\s*(?:script:\s*)?[\"']{1,3}\s*([^\"'\n]+)",
    ),
    rule(rf"(^|/)\.travis{YAML}", "stage", rf"^\s*(?:- )?stage:\s*{NAME}", target=FIRST_COMMAND),
    rule(
        rf"(^|/)\.travis{YAML}",
        "job",
        r"^(?P<name>script):[ \t]*(?P<target>\S.*)?",
        target=r"\A\s+- (.+)",
    ),
    rule(
        rf"(^|/)\.buildkite/[^/]+{YAML}",
        "job",
        rf"^\s*(?:- )?(?:label|name):\s*{NAME}",
        target=FIRST_COMMAND,
    ),
    rule(
        rf"(^|/)(\.drone|\.woodpecker|bitbucket-pipelines|appveyor|\.appveyor){YAML}",
        "job",
        rf"^\s*(?:- )?name:\s*{NAME}",
        target=FIRST_COMMAND,
    ),
)
