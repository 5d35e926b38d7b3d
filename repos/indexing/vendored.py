"""Folders that a project did not write, by evidence in its tree.

A name alone is evidence only where no person would choose it. Otherwise a folder is vendored
if a package manager left its lists in it, if it has a licence or a manifest of its own, or if
it is the build output beside a manifest; or if `.gitattributes` says so. A single file in
such a folder is vendored if it bears the notice of somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from repos.sources.globs import GlobRules
from repos.sources.tree import BUILD_MANIFESTS, MAX_IGNORE_LINES, VENDORED, ignore_lines

COPIES = frozenset("vendor vendors _vendor third_party third-party thirdparty 3rdparty".split())
# Names that a project's own parts have, too: only a licence inside is evidence.
MAYBE_COPIES = frozenset("extern external externals deps".split())
# What a package manager leaves in a folder of copies, by paths relative to it.
MANAGED = (
    "modules.txt",  # Go
    "autoload.php",  # Composer
    "composer/installed.json",
    "vendor.txt",  # pip's vendoring
    "vendor.json",
    "vendor.conf",
    "manifest",
    "CMakeCache.txt",
    ".rustc_info.json",
    "asset-manifest.json",
    "pyvenv.cfg",
)
MANAGED_FOLDERS = ("bundle/ruby", "cache")  # Bundler's
LICENCES = frozenset(
    "license licence copying unlicense license.txt license.md licence.txt licence.md copying.txt "
    "license-mit license-apache license.rst notice copyright".split()
)
MANIFESTS = frozenset(
    "package.json composer.json bower.json go.mod cargo.toml setup.py pyproject.toml "
    ".cargo-checksum.json podspec.json".split()
)
CANDIDATES = COPIES | MAYBE_COPIES | BUILD_MANIFESTS.keys()
BUILD_OUTPUT = frozenset("js mjs cjs css map html ts d.ts json svg txt".split())
BUILT = ("dist",)
MAX_PATH_CHARS = 1_000
ATTRIBUTES = ("vendored", "generated")  # of linguist
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
FOREIGN_DEPTH = 4  # vendor/github.com/owner/name

NOTICE_CHARS = 2_000
# Banners that minifiers keep, and copyright lines.
BANNER = re.compile(r"\A[^\n]{0,20}/\*!|@license\b|@preserve\b")
COPYRIGHT = re.compile(
    r"copyright[ \t]*(?:\(c\)|©|:)?[\d\s,–-]{0,60}(?:(?:present|by|the|all)\b[\s,]{0,3}){0,3}"
    r"([^\W\d_][\w.&'-]{1,40})",
    re.IGNORECASE,
)
# What stands behind "copyright" in the texts of licences.
NO_HOLDERS = frozenset(
    "notice notices owner owners holder holders license licence statement law laws and or in is "
    "protection interest to for of on as".split()
)
NOTICE_FILE = re.compile(
    r"(licen[cs]e|copying|copyright|notice|authors)(\.[\w.]{1,20})?", re.IGNORECASE
)


def own_notice_paths(paths: Iterable[str]) -> list[str]:
    """The files at the top of a tree that say whose the project is."""
    return [path for path in paths if NOTICE_FILE.fullmatch(path)]


def has_foreign_notice(path: str, text: str, own_notice: str) -> bool:
    """Whether a file in a folder for copies bears the copyright notice of somebody else.

    `own_notice` is the project's own licence: its holders are the project's people.
    """
    if COPIES.isdisjoint(_folders(path)):
        return False
    head = text[:NOTICE_CHARS]
    holders = _holders(head)
    if not holders:
        return BANNER.search(head) is not None
    return holders.isdisjoint(_holders(own_notice))


def _holders(notice: str) -> set[str]:
    """The first words of the copyright holders' names."""
    return {name.lower() for name in COPYRIGHT.findall(notice)} - NO_HOLDERS


class VendoredFolders:
    """Answers for the files of one tree; `attributes` are its `.gitattributes` by folder."""

    def __init__(self, paths: Iterable[str], attributes: Mapping[str, str] = NO_ATTRIBUTES) -> None:
        self._rules = _rules_by_folder(attributes)
        usual = [path for path in paths if len(path) <= MAX_PATH_CHARS]
        candidates = [path for path in usual if _has_candidate(path)]
        self._siblings = _manifests(usual)
        self._folders = frozenset([*_evident_folders(candidates), *_managed_folders(usual)])

    def excludes(self, path: str) -> bool:
        """Whether people other than the project's, or a program, wrote a file."""
        decided = self._decision(path)
        if decided is not None:
            return decided
        folders = _folders(path)
        if not VENDORED.isdisjoint(folders):
            return True
        if not _has_candidate(path):
            return False
        parents = ("/".join(folders[:end]) for end in range(1, len(folders) + 1))
        return any(parent in self._folders for parent in parents) or self._is_build_output(path)

    def _decision(self, path: str) -> bool | None:
        """What attributes say of a file: those of the innermost folder come first."""
        if not self._rules:
            return None
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            rules = self._rules.get(folder)
            inside = path[len(folder) + 1 :] if folder else path
            decided = rules.decide(inside) if rules is not None else None
            if decided is not None:
                return decided
        return None

    def _is_build_output(self, path: str) -> bool:
        """A script or style sheet in `dist/` beside the manifest of what builds it."""
        file = PurePosixPath(path)
        if file.suffix[1:].lower() not in BUILD_OUTPUT:
            return False
        return any(
            part in BUILT and "/".join(file.parts[:place]) in self._siblings
            for place, part in enumerate(file.parts[:-1])
        )


def _has_candidate(path: str) -> bool:
    return not CANDIDATES.isdisjoint(_folders(path))


def _folders(path: str) -> list[str]:
    return path.split("/")[:-1]


def _manifests(paths: Iterable[str]) -> frozenset[str]:
    """The folders with a manifest of a program that builds into `dist/`."""
    places = (path.rpartition("/") for path in paths)
    return frozenset(folder for folder, _, name in places if name in BUILD_MANIFESTS["dist"])


def _managed_folders(paths: Iterable[str]) -> Iterator[str]:
    """`vendor/` beside the manifest of a program that writes it."""
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name in BUILD_MANIFESTS["vendor"]:
            yield f"{folder}/vendor".lstrip("/")


def _evident_folders(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        parts = path.split("/")
        for place, part in enumerate(parts[:-1]):
            if part in COPIES:
                yield from _evidence(parts, place, LICENCES | MANIFESTS)
            elif part in MAYBE_COPIES:
                yield from _evidence(parts, place, LICENCES)
            elif part in BUILD_MANIFESTS:
                yield from _evidence(parts, place, frozenset())


def _evidence(parts: list[str], place: int, foreign: frozenset[str]) -> Iterator[str]:
    """The folders that a file in the folder at `place` shows to be vendored."""
    inside = "/".join(parts[place + 1 :])
    if inside in MANAGED:
        yield "/".join(parts[: place + 1])
    for folder in MANAGED_FOLDERS:
        if parts[place] == "vendor" and inside.startswith(f"{folder}/"):
            yield "/".join([*parts[: place + 1], folder])
    depth = len(parts) - place - 2  # of the file's folder below this one
    if depth <= FOREIGN_DEPTH and parts[-1].lower() in foreign:
        yield "/".join(parts[:-1])


def _rules_by_folder(attributes: Mapping[str, str]) -> dict[str, GlobRules]:
    """The rules of each folder whose attributes have any; MAX_IGNORE_LINES lines in all."""
    found: dict[str, GlobRules] = {}
    room = MAX_IGNORE_LINES
    for folder, text in attributes.items():
        lines = ignore_lines(text)[:room]
        room -= len(lines)
        rules = GlobRules(_linguist_lines(lines, ATTRIBUTES))
        if rules:
            found[folder] = rules
    return found


def _linguist_lines(lines: Iterable[str], names: tuple[str, ...]) -> Iterator[str]:
    """Lines of an ignore file for what linguist's attributes say of a pattern."""
    for line in lines:
        pattern, *settings = line.split() or [""]
        for name in names:
            attribute = f"linguist-{name}"
            if attribute in settings or f"{attribute}=true" in settings:
                yield pattern
            elif f"-{attribute}" in settings or f"{attribute}=false" in settings:
                yield f"!{pattern}"
