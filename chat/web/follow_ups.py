"""Questions to go on with: callers, tests and configuration of what an answer rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
    index_id = repository.current_index_id
    if index_id is None or answer.state != Message.State.COMPLETE:
        return []
    lines = _main_lines(answer)
    if lines is None:
        return []
    definition = _definition_at(index_id, lines) if _is_current(answer, repository) else None
    return list(_questions(index_id, lines.path, definition))[:MAX_FOLLOW_UPS]


def _questions(index_id: int, path: str, definition: Definition | None) -> Iterator[str]:
    if definition is not None and _is_called(index_id, definition):
        yield _("Who calls `{name}`, and what for?").format(name=definition.qualified_name)
    for test in tests_of(index_id, path)[:1]:
        if _may_stand_in_a_question(test.path):
            yield _("What do the tests in `{path}` check?").format(path=test.path)
    setting = _configuration(index_id, path)
    if setting:
        yield _("What can be set in `{path}`, and what does it change?").format(path=setting)


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


def _definition_at(index_id: int, lines: Citation) -> Definition | None:
    """The innermost definition that can be called and holds the first of the lines."""
    found = [
        definition
        for definition in outline(index_id, lines.path)
        if definition.kind in CALLABLE and definition.has_line(lines.start)
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
