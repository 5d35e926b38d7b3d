"""The files of a repository's tree, before any is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

# Folders of dependencies, tools and version control that no project names its own so.
VENDORED = frozenset(
    "node_modules bower_components jspm_packages site-packages .venv __pycache__ .git .hg .svn "
    ".tox .nox .mypy_cache .pytest_cache .ruff_cache .gradle .idea .vscode .terraform .next .nuxt "
    ".yarn Pods Carthage .eggs .cache".split()
)
# Folders that programs write into, with the files beside them that show it.
BUILD_MANIFESTS = {
    "dist": frozenset(
        "package.json bower.json setup.py pyproject.toml composer.json Gruntfile.js gulpfile.js "
        "webpack.config.js rollup.config.js vite.config.js vite.config.ts angular.json".split()
    ),
    "build": frozenset(
        "package.json build.gradle build.gradle.kts CMakeLists.txt setup.py pyproject.toml "
        "meson.build pubspec.yaml configure.ac".split()
    ),
    "target": frozenset("Cargo.toml pom.xml build.sbt project.clj".split()),
    "out": frozenset("package.json tsconfig.json CMakeLists.txt build.ninja".split()),
    "vendor": frozenset("go.mod composer.json".split()),
    "venv": frozenset("requirements.txt setup.py pyproject.toml manage.py Pipfile".split()),
    "coverage": frozenset("package.json Gemfile .coveragerc".split()),
    "htmlcov": frozenset("setup.py pyproject.toml setup.cfg .coveragerc tox.ini manage.py".split()),
    "staticfiles": frozenset({"manage.py"}),
}
LINK_MODE = "120000"
SUBMODULE_MODE = "160000"
MAX_IGNORE_LINES = 10_000


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of a tree.

    `path` may contain lone surrogates where it is not UTF-8. `mode` is git's (100644,
    100755, 120000 link, 160000 submodule); `size` is in bytes.
    """

    path: str
    sha: str
    size: int
    mode: str = "100644"


Entries = Iterable[TreeEntry]
Contents = Iterator[tuple[TreeEntry, bytes]]  # entries with their bytes
LeftOut = tuple[str, str]  # a reason and a path: files that a listing leaves out


def ignore_lines(text: str) -> list[str]:
    """The lines of an ignore file, in bounded number."""
    lines = text.removeprefix("\ufeff").split("\n", MAX_IGNORE_LINES)[:MAX_IGNORE_LINES]
    return [line.removesuffix("\r") for line in lines]


def is_build_folder(name: str, siblings: Collection[str]) -> bool:
    """Whether a folder is what a program wrote, as the names beside it show."""
    return not BUILD_MANIFESTS.get(name, frozenset()).isdisjoint(siblings)


def printable(path: str) -> str:
    """`path` with characters that cannot be shown or stored replaced by U+FFFD."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else "\ufffd" for char in path)
