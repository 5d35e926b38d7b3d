"""The files of an index at one commit, the links between them, and their artifacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property


class LinkKind(IntFlag):
    """Why a file is linked to another: the numbers of `repos.graph.EdgeKind`."""

    IMPORT = 1
    CALL = 2
    INHERIT = 4
    USE = 8
    TEST = 16


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of `size` bytes. `rank` is its PageRank, 1 on average.

    `role` is `code`, `test` or `docs`.
    """

    path: str
    language: str
    role: str
    lines: int
    rank: float = 1.0
    in_degree: int = 0
    size: int = 0

    @property
    def folder(self) -> str:
        """The path of its folder, without a slash at the end; empty for the root."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class FileLink:
    """A link from the file `source` to the file `target`; `weight` is above 0."""

    source: str
    target: str
    kinds: LinkKind
    weight: float


@dataclass(frozen=True, slots=True)
class FileArtifact:
    """A route, command, setting, schema, job, … at a line of a file.

    `kind` is one of `repos.indexing.symbols.ARTIFACT_KINDS`, `target` what it names.
    """

    kind: str
    name: str
    path: str
    line: int
    target: str = ""


@dataclass(frozen=True)
class CodeBase:
    """What a plan and its pages are made of. Paths of links are paths of `files`."""

    name: str
    commit: str
    files: Mapping[str, PlannedFile]
    links: Sequence[FileLink] = ()
    artifacts: Sequence[FileArtifact] = ()

    @cached_property
    def outgoing(self) -> Mapping[str, Sequence[FileLink]]:
        """By path, the links from a file, the heaviest first."""
        return _by_path(self.links, "source")

    @cached_property
    def incoming(self) -> Mapping[str, Sequence[FileLink]]:
        """By path, the links to a file, the heaviest first."""
        return _by_path(self.links, "target")

    @cached_property
    def artifacts_by_path(self) -> Mapping[str, Sequence[FileArtifact]]:
        """By path, the artifacts of a file, by line."""
        found: dict[str, list[FileArtifact]] = {}
        for artifact in sorted(self.artifacts, key=lambda each: (each.path, each.line)):
            found.setdefault(artifact.path, []).append(artifact)
        return found


def _by_path(links: Sequence[FileLink], end: str) -> dict[str, list[FileLink]]:
    found: dict[str, list[FileLink]] = {}
    for link in sorted(links, key=lambda each: (-each.weight, each.source, each.target)):
        found.setdefault(getattr(link, end), []).append(link)
    return found
