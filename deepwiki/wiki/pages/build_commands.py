"""How a repository is built, tested and released: what manifests, build files and CI say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from deepwiki.wiki.pages import offers
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.escaping import code
from deepwiki.wiki.pages.part_links import by_count
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import FileArtifact

COMMANDS: Mapping[str, re.Pattern[str]] = {
    "setup": re.compile(r"install|setup|init|run|start|serve|dev|migrate|bootstrap", re.IGNORECASE),
    "build": re.compile(
        r"build|test|lint|check|compile|format|type|cover|bench|docs|clean|tox|e2e", re.IGNORECASE
    ),
    "release": re.compile(r"releas|publish|deploy|version|bump|upload|dist|pack", re.IGNORECASE),
}
JOBS: Mapping[str, re.Pattern[str]] = {
    "build": re.compile(r"."),
    "release": re.compile(r"releas|publish|deploy|docker|image|pypi|npm", re.IGNORECASE),
}
MANIFEST = re.compile(
    r"^(pyproject\.toml|setup\.py|setup\.cfg|package\.json|cargo\.toml|go\.mod|pom\.xml|"
    r"build\.gradle(\.kts)?|makefile|cmakelists\.txt|gemfile|composer\.json|tox\.ini|noxfile\.py|"
    r"dockerfile|docker-compose\.ya?ml|requirements[\w-]*\.txt|justfile|meson\.build)$",
    re.IGNORECASE,
)
BUILD_FILE = re.compile(
    r"(^|/)(makefile|package\.json|tox\.ini|noxfile\.py|justfile|composer\.json|rakefile)$",
    re.IGNORECASE,
)
PREFIXES = {"makefile": "make ", "package.json": "npm run ", "justfile": "just "}
MAX_COMMANDS = 20
MAX_SHOWN = 8
MAX_FOLDERS = 12


def build_lines(source: PageSource, builder: PageBuilder) -> list[str]:
    """For the overview: the commands that build and test, the jobs of CI, the manifests."""
    return [_build_table(source, builder), job_line(source), manifest_line(source)]


def _build_table(source: PageSource, builder: PageBuilder) -> str:
    return command_table(source, builder, commands(source, "build"), MAX_SHOWN)


def commands(source: PageSource, topic: str) -> list[FileArtifact]:
    """The commands of build files that are about a topic, those of the root first."""
    pattern = COMMANDS.get(topic)
    found = [each for each in offers.of_kinds(source, "command") if BUILD_FILE.search(each.path)]
    return [] if pattern is None else _by_depth(e for e in found if pattern.search(e.name))


def jobs(source: PageSource, topic: str) -> list[FileArtifact]:
    """The jobs of CI that are about a topic."""
    pattern = JOBS.get(topic)
    found = _by_depth(offers.of_kinds(source, "job"))
    return [] if pattern is None else [e for e in found if pattern.search(f"{e.path} {e.name}")]


def stages(source: PageSource) -> list[FileArtifact]:
    """The stages and services of containers."""
    return _by_depth(offers.of_kinds(source, "stage", "service"))


def manifest_line(source: PageSource) -> str:
    """The manifests as a sentence, empty without any."""
    names = [path for path in source.code.files if MANIFEST.match(path.rpartition("/")[2])]
    own = sorted(source.of_role("code", names), key=_depth)
    listed = source.cited(own, MAX_SHOWN, len(own))
    return source.say.of_any("manifests", files=listed)


def command_table(
    source: PageSource, builder: PageBuilder, found: Sequence[FileArtifact], limit: int
) -> str:
    """A table of commands and what they run."""
    rows = [_command_row(source, each) for each in found[:limit]]
    return builder.rows(["name", "runs", "where"], rows, limit, len(found))


def job_table(source: PageSource, builder: PageBuilder, found: Sequence[FileArtifact]) -> str:
    """A table of jobs by file."""
    by_path: dict[str, list[str]] = {}
    for job in found:
        by_path.setdefault(job.path, []).append(code(job.name))
    rows = [[source.cite(path), source.say.listed(by_path[path], MAX_SHOWN)] for path in by_path]
    return builder.rows(["file", "jobs"], rows)


def test_folder_table(source: PageSource, builder: PageBuilder) -> str:
    """The folders that hold most tests."""
    counts = Counter(map(_top_folder, source.program("test")))
    rows = [
        [code(f"{folder}/"), source.say.shown_number(counts[folder])] for folder in by_count(counts)
    ]
    return builder.rows(["where", "files"], rows, MAX_FOLDERS)


def job_line(source: PageSource) -> str:
    """What CI runs as a sentence, empty without any."""
    found = jobs(source, "build")
    paths = list(dict.fromkeys(job.path for job in found))
    names = source.say.listed([code(job.name) for job in found], MAX_SHOWN)
    places = source.cited(paths, 3, len(paths))
    return source.say.of_any("ci_runs", names=names, places=places)


def _command_row(source: PageSource, artifact: FileArtifact) -> list[str]:
    return [code(invocation(artifact)), code(artifact.target, 90), offers.place(source, artifact)]


def invocation(artifact: FileArtifact) -> str:
    """How a command is typed."""
    name = artifact.path.rpartition("/")[2].lower()
    return f"{PREFIXES.get(name, '')}{artifact.name}"


def _top_folder(path: str) -> str:
    folders = path.split("/")[:-1]
    return "/".join(folders[:2])


def _by_depth(found: Iterable[FileArtifact]) -> list[FileArtifact]:
    return sorted(found, key=lambda each: (*_depth(each.path), each.line))


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path
