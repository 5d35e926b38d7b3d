"""Questions to go on with: callers, tests and configuration of what an answer rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice

from django.utils.translation import gettext as _

from chat.core.citations import Citation
from chat.core.read_lines import parse_place
from chat.models import Message
from chat.web.answer_repositories import path_in_first
from repos.graph import Definition, FileEdge, callers, file_edges, outline, tests_of
from repos.models import Repository

MAX_FOLLOW_UPS = 3
MAX_NAME_CHARS = 80
CALLERS_LOOKED_AT = 5
MAX_SEEN = 200  # places of steps
LINKS_LOOKED_AT = 40
CALLABLE = {"function", "method", "class", "interface", "trait", "struct"}
CONFIGURATION = {"toml", "yaml", "json", "ini", "xml", "properties", "dockerfile"}
SETTINGS_NAMES = ("settings", "config", "conf", "options")


def follow_ups(answer: Message, repository: Repository) -> list[str]:
    """Up to three questions in the current language about the file that is cited most.

    None for an answer that is not complete, and without an index that can be read.
    """
    index = repository.current_index
    if index is None or answer.state != Message.State.COMPLETE:
        return []
    lines = _main_lines(answer)
    if lines is None:
        return []
    if not _is_current(answer, repository):
        lines = replace(lines, start=0)
    around = _surroundings(index.pk, index.updated_at, lines.path, lines.start)
    return list(_questions(around))[:MAX_FOLLOW_UPS]


@dataclass(frozen=True)
class _Surroundings:
    """What is around a place by the graph, each by name; empty where there is none."""

    called: str = ""
    test: str = ""
    setting: str = ""


@lru_cache(maxsize=512)
def _surroundings(index_id: int, updated_at: datetime, path: str, line: int) -> _Surroundings:
    """Read once for each state of an index: four reads of the graph would be a page's dearest.

    Without a line (0) no definition is looked for.
    """
    definition = _definition_at(index_id, path, line) if line else None
    called = definition is not None and _is_called(index_id, definition)
    tests = [test.path for test in tests_of(index_id, path)[:1]]
    return _Surroundings(
        called=definition.qualified_name if definition is not None and called else "",
        test=next(filter(_may_stand_in_a_question, tests), ""),
        setting=_configuration(index_id, path),
    )


def _questions(around: _Surroundings) -> Iterator[str]:
    if around.called:
        yield _("Who calls `{name}`, and what for?").format(name=around.called)
    if around.test:
        yield _("What do the tests in `{path}` check?").format(path=around.test)
    if around.setting:
        yield _("What can be set in `{path}`, and what does it change?").format(path=around.setting)


def _is_current(answer: Message, repository: Repository) -> bool:
    """Whether the answer's lines are those of the index: an update may have moved them."""
    index = repository.current_index
    return index is not None and index.commit == answer.commit


def _main_lines(answer: Message) -> Citation | None:
    """The first cited lines of the file that is cited most; without any, what was read first.

    Of an answer about several repositories, those of the first.
    """
    cited = [
        Citation(item["path"], item["start"], item["end"])
        for item in answer.citations
        if item["found"]
    ]
    read = (place for step in answer.steps for place in step.get("passages", ()))
    seen = islice(filter(None, map(parse_place, read)), MAX_SEEN)
    places = _in_first(answer, cited) or _in_first(answer, seen)[:1]
    if not places:
        return None
    counts = Counter(lines.path for lines in places)
    return max(places, key=lambda lines: counts[lines.path])


def _in_first(answer: Message, places: Iterable[Citation]) -> list[Citation]:
    """Those of the first repository, by their path in it."""
    paths = ((path_in_first(answer, lines.path), lines) for lines in places)
    return [replace(lines, path=path) for path, lines in paths if path]


def _definition_at(index_id: int, path: str, line: int) -> Definition | None:
    """The innermost definition that can be called and holds a line."""
    found = [
        definition
        for definition in outline(index_id, path)
        if definition.kind in CALLABLE and definition.has_line(line)
    ]
    innermost = max(found, key=lambda definition: definition.start, default=None)
    if innermost is None or not _may_stand_in_a_question(innermost.qualified_name):
        return None
    return innermost


def _is_called(index_id: int, definition: Definition) -> bool:
    return bool(callers(index_id, definition, limit=CALLERS_LOOKED_AT))


def _configuration(index_id: int, path: str) -> str:
    """The file of settings that is linked to a file most strongly; empty if there is none."""
    links = file_edges(index_id, path, limit=LINKS_LOOKED_AT)
    for link in (*links.outgoing, *links.incoming):
        if _is_configuration(link) and _may_stand_in_a_question(link.path):
            return link.path
    return ""


def _is_configuration(link: FileEdge) -> bool:
    name = link.path.rpartition("/")[2].partition(".")[0].lower()
    is_settings = link.role == "code" and name in SETTINGS_NAMES
    return is_settings or link.language in CONFIGURATION


def _may_stand_in_a_question(name: str) -> bool:
    return len(name) <= MAX_NAME_CHARS and name.isprintable() and "`" not in name
