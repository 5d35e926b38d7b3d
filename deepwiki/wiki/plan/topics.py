"""Guides and references: planned where a repository has what they would say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from deepwiki.wiki.plan.code_base import CodeBase
from deepwiki.wiki.plan.wiki_plan import PageKind, PlannedPage

MAX_TOPIC_FILES = 40
MIN_API_FILES = 3

_FLAGS = re.IGNORECASE
GUIDES = {
    "setup": (
        "Getting started",
        re.compile(
            r"(readme|install|getting[_-]?started|quickstart|contributing|development)[^/]*"
            r"|pyproject\.toml|setup\.(py|cfg)|requirements[^/]*\.(txt|in)|pipfile|package\.json"
            r"|cargo\.toml|go\.mod|gemfile|composer\.json|pom\.xml|build\.gradle(\.kts)?"
            r"|cmakelists\.txt|dockerfile[^/]*|(docker-)?compose[^/]*\.ya?ml|environment\.ya?ml"
            r"|[^/]*\.(csproj|gemspec|cabal)",
            _FLAGS,
        ),
    ),
    "build": (
        "Building and testing",
        re.compile(
            r"makefile|justfile|tox\.ini|noxfile\.py|pytest\.ini|conftest\.py|setup\.cfg"
            r"|pyproject\.toml|package\.json|(jest|vitest|webpack|vite|rollup|babel)\.config\.\w+"
            r"|tsconfig[^/]*\.json|pom\.xml|build\.gradle(\.kts)?|cmakelists\.txt|rakefile|build\.sbt"
            r"|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|jenkinsfile|azure-pipelines\.ya?ml|appveyor\.ya?ml"
            r"|\.pre-commit-config\.ya?ml|dockerfile[^/]*",
            _FLAGS,
        ),
    ),
    "release": (
        "Releasing",
        re.compile(
            r"(releas(e|ing)|publish|deploy)[^/]*|changelog[^/]*|changes[^/]*|history\.\w+"
            r"|\.goreleaser\.ya?ml|\.bumpversion\.\w+|semantic-release[^/]*",
            _FLAGS,
        ),
    ),
    "configuration": (
        "Configuration",
        re.compile(
            r"\.env\.(example|sample|template|dist|defaults?)|(settings|config|configuration|conf"
            r"|defaults|global_settings)(\.\w+)?\.(py|ts|js|rb|go|ya?ml|toml|json|ini|properties|php)"
            r"|application[^/]*\.(properties|ya?ml)|appsettings[^/]*\.json",
            _FLAGS,
        ),
    ),
}
CI_FOLDERS = (".github/workflows/", ".circleci/", ".buildkite/")
MIN_FILES = {"release": 2}  # a changelog alone tells nobody how to release
REFERENCES = {
    "commands": ("Commands", ("command", "main")),
    "settings": ("Settings", ("setting",)),
    "routes": ("Routes", ("route",)),
    "data_model": ("Data model", ("schema",)),
}


def guides(code: CodeBase, paths: Sequence[str]) -> list[PlannedPage]:
    """The guides that files near the top are evidence for."""
    pages = []
    for topic, (title, names) in GUIDES.items():
        files = [path for path in paths if _is_evidence(code, topic, path, names)]
        files.sort(key=lambda path: (path.count("/"), path))
        if len(files) >= MIN_FILES.get(topic, 1):
            pages.append(_page(PageKind.GUIDE, topic, title, files))
    return pages


def references(code: CodeBase, paths: Sequence[str], main: Sequence[str]) -> list[PlannedPage]:
    """What is offered by code, by kind: nothing of tests and examples."""
    chosen = {path for path in paths if code.files[path].role == "code"}
    pages = []
    library = [path for path in main if path in chosen and code.files[path].in_degree]
    if len(library) >= MIN_API_FILES:
        library.sort(key=lambda path: (-code.files[path].rank, path))
        pages.append(_page(PageKind.REFERENCE, "api", "API", library))
    for topic, (title, kinds) in REFERENCES.items():
        counts = Counter(
            artifact.path
            for artifact in code.artifacts
            if artifact.kind in kinds and artifact.path in chosen
        )
        if counts:
            files = sorted(counts, key=lambda path: (-counts[path], path))
            pages.append(_page(PageKind.REFERENCE, topic, title, files))
    return pages


def _is_evidence(code: CodeBase, topic: str, path: str, names: re.Pattern[str]) -> bool:
    folder, _, name = path.rpartition("/")
    if topic == "build" and path.startswith(CI_FOLDERS):
        return True
    if code.files[path].role == "test" and topic != "build":
        return False
    if topic == "configuration":
        return folder.count("/") <= 1 and names.fullmatch(name) is not None
    is_near = folder in ("", "docs", "doc", ".github") or (
        topic == "build" and name == "conftest.py"
    )
    return is_near and folder.count("/") <= 1 and names.fullmatch(name) is not None


def _page(kind: PageKind, topic: str, title: str, files: Iterable[str]) -> PlannedPage:
    return PlannedPage(_slug(topic), kind, title, _shown(files), topic=topic)


def _shown(files: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(files, MAX_TOPIC_FILES))


def _slug(topic: str) -> str:
    return topic.replace("_", "-")


TOPIC_SLUGS = frozenset(map(_slug, ("api", *GUIDES, *REFERENCES)))
