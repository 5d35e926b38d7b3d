"""Entry points, settings and the data model: what artifacts say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.escaping import code
from deepwiki.wiki.pages.scoring import SIDE_FOLDER, file_importance
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import FileArtifact

MAX_ROWS = 25
MAX_READERS = 3
MAX_TARGET_CHARS = 60
ENTRY_KINDS = ("command", "main", "service", "route")
PATH_OF_INTERPRETER = "/"
NO_PART = frozenset({"print"})  # no part of the program; indexes made by earlier releases name it
TARGETS_BUILD = re.compile(
    r"(^|/)(makefile|package\.json|tox\.ini|noxfile\.py|justfile|rakefile)$", re.IGNORECASE
)
Artifacts = Sequence[FileArtifact]


def add_to_part(source: PageSource, builder: PageBuilder) -> None:
    """The sections of a part about what its files offer and need."""
    by_path = source.code.artifacts_by_path
    own = [each for path in source.code_files for each in by_path.get(path, ())]
    entries = one_main_a_file(each for each in own if each.kind in ENTRY_KINDS)
    settings = [each for each in own if each.kind == "setting"]
    schemas = [each for each in own if each.kind == "schema"]
    builder.section("heading_entry_points", entry_table(source, builder, entries, MAX_ROWS))
    builder.section("heading_configuration", setting_table(source, builder, settings, MAX_ROWS))
    builder.section("heading_schemas", schema_table(source, builder, schemas, MAX_ROWS))
    _ask(builder, [*settings[:1], *[each for each in entries if each.kind == "route"][:1]])


def _ask(builder: PageBuilder, found: Artifacts) -> None:
    for artifact in found:
        builder.ask(f"question_{artifact.kind}", name=code(artifact.name))


def entry_table(source: PageSource, builder: PageBuilder, found: Artifacts, limit: int) -> str:
    """A table of commands, main functions and routes."""
    ordered = sorted(found, key=lambda each: ENTRY_KINDS.index(each.kind))
    rows = [_entry_row(source, each) for each in ordered[:limit]]
    return builder.rows(["name", "kind", "runs", "where"], rows, limit, len(ordered))


def _entry_row(source: PageSource, artifact: FileArtifact) -> list[str]:
    kind = source.say(f"kind_{artifact.kind}")
    _, *target_and_place = _target_row(source, artifact)
    return [code(entry_name(artifact)), kind, *target_and_place]


def entry_name(artifact: FileArtifact) -> str:
    """What an entry point is called: a main function as its file."""
    if artifact.kind == "main":
        return artifact.path.rpartition("/")[2]
    return artifact.name


def one_main_a_file(found: Iterable[FileArtifact]) -> list[FileArtifact]:
    """Entry points, of each file with several mains the last that calls something of it."""
    entries = list(found)
    best: dict[str, FileArtifact] = {}
    for each in entries:
        if each.kind == "main" and (each.path not in best or started_by(each)):
            best[each.path] = each
    return [each for each in entries if each.kind != "main" or best[each.path] is each]


def started_by(artifact: FileArtifact) -> str:
    """What an entry point runs; empty for an interpreter, which runs the file itself."""
    target = artifact.target
    if artifact.kind == "main" and (target.startswith(PATH_OF_INTERPRETER) or target in NO_PART):
        return ""
    return target


def place(source: PageSource, artifact: FileArtifact) -> str:
    """The citation of an artifact."""
    return source.cite(artifact.path, artifact.line)


def setting_table(source: PageSource, builder: PageBuilder, found: Artifacts, limit: int) -> str:
    """A table of settings, each name once with where it is read."""
    places: dict[str, list[str]] = defaultdict(list)
    for artifact in found:
        places[artifact.name].append(place(source, artifact))
    rows = [_setting_row(source, name, places[name]) for name in list(places)[:limit]]
    return builder.rows(["name", "read_in"], rows, limit, len(places))


def _setting_row(source: PageSource, name: str, places: Sequence[str]) -> list[str]:
    return [code(name), source.say.listed_once(places, MAX_READERS)]


def schema_table(source: PageSource, builder: PageBuilder, found: Artifacts, limit: int) -> str:
    """A table of tables, messages and models."""
    return _target_table(source, builder, ["name", "kind", "where"], found[:limit], len(found))


def route_table(source: PageSource, builder: PageBuilder, found: Artifacts, limit: int) -> str:
    """A table of addresses and what serves them."""
    return _target_table(source, builder, ["name", "serves", "where"], found[:limit], len(found))


def stage_table(source: PageSource, builder: PageBuilder, found: Artifacts, limit: int) -> str:
    """A table of stages and services of containers."""
    return _target_table(source, builder, ["name", "runs", "where"], found[:limit], len(found))


def _target_table(
    source: PageSource, builder: PageBuilder, heads: Sequence[str], found: Artifacts, total: int
) -> str:
    rows = [_target_row(source, each) for each in found]
    return builder.rows(heads, rows, len(rows), total)


def _target_row(source: PageSource, artifact: FileArtifact) -> list[str]:
    target = code(started_by(artifact), MAX_TARGET_CHARS)
    return [code(artifact.name), target, place(source, artifact)]


def entry_points(source: PageSource) -> list[FileArtifact]:
    """The commands that people run and the main functions of a repository."""
    commands = unique(of_kinds(source, "command"))
    others = one_main_a_file(of_kinds(source, "main", "service"))
    own = [each for each in commands if not TARGETS_BUILD.search(each.path)]
    found = [*own, *others]
    return [each for each in found if not SIDE_FOLDER.search(each.path)] or found


def of_kinds(source: PageSource, *kinds: str) -> list[FileArtifact]:
    """The artifacts of some kinds in files of code, those of important files first."""
    found = [each for each in source.code.artifacts if each.kind in kinds]
    known = [each for each in found if source.role(each.path) == "code"]
    importance = {path: file_importance(source.code, path) for path in {e.path for e in known}}
    return sorted(known, key=lambda each: (-importance[each.path], each.path, each.line))


def unique(found: Iterable[FileArtifact]) -> list[FileArtifact]:
    """The first artifact of each kind and name."""
    seen: dict[tuple[str, str], FileArtifact] = {}
    for artifact in found:
        seen.setdefault((artifact.kind, artifact.name), artifact)
    return list(seen.values())
