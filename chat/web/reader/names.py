"""What the parts about a name show: its card, its definitions, its uses, who calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chat.web.reader.indexed_code import IndexedCode
from deepwiki.foundation.parsing import parse_number
from deepwiki.foundation.text import clean
from repos import graph
from repos.graph import Caller, Definition, FileReferences, ReferenceKind, References
from repos.models import Index
from repos.search import LineTexts, line_texts

MAX_NAME_CHARS = 500
MAX_CANDIDATES = 30
MOST_COUNTED = 60  # definitions that a name may mean, as `graph.hover` gives them
CARD_CANDIDATES = 3
MAX_CALLERS = 60  # files
FILES = 25  # of one page of references
LINES = 12  # of one file
SURE, LIKELY = 0.9, 0.6
# How sure it is that a name means a definition.
CONFIDENCES = {
    SURE: gettext_noop("certain"),
    LIKELY: gettext_noop("likely"),
    0.0: gettext_noop("possible"),
}
# Kinds of definitions (`repos.indexing.symbols.KINDS`).
DEFINITION_KINDS = (
    gettext_noop("class"),
    gettext_noop("interface"),
    gettext_noop("struct"),
    gettext_noop("trait"),
    gettext_noop("enum"),
    gettext_noop("type"),
    gettext_noop("module"),
    gettext_noop("function"),
    gettext_noop("method"),
    gettext_noop("constant"),
    gettext_noop("field"),
    gettext_noop("table"),
    gettext_noop("view"),
    gettext_noop("macro"),
    gettext_noop("section"),
    gettext_noop("command"),
    gettext_noop("stage"),
    gettext_noop("service"),
    gettext_noop("job"),
)
# How a line uses a name.
KINDS = {
    ReferenceKind.READ: gettext_noop("use"),
    ReferenceKind.TYPE: gettext_noop("type"),
    ReferenceKind.CALL: gettext_noop("call"),
    ReferenceKind.DECORATE: gettext_noop("decorator"),
    ReferenceKind.INHERIT: gettext_noop("base class"),
    ReferenceKind.IMPORT: gettext_noop("import"),
}


@dataclass(frozen=True)
class NamePlace:
    """A name that stands on a line of a file; `offset` counts the files that are shown already."""

    name: str
    path: str
    line: int
    offset: int = 0

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> NamePlace:
        """The name at the place that a query gives; line 0 without one."""
        name = clean(query.get("name", ""))[:MAX_NAME_CHARS]
        line, offset = (parse_number(query.get(key)) or 0 for key in ("line", "offset"))
        return cls(name, query.get("path", ""), line, offset)

    def definitions(self, code: IndexedCode) -> list[Definition]:
        """What the name may mean, the surest first."""
        return graph.hover(code.index.pk, self.path, self.line, name=self.name)

    def holds(self, definition: Definition) -> bool:
        """Whether the place is the definition itself."""
        return (definition.path, definition.start) == (self.path, self.line)


@dataclass(frozen=True)
class MeantDefinition:
    """A definition that a name may mean: the one at place `number` of `total`, by confidence."""

    definition: Definition
    number: int
    total: int

    @property
    def rank(self) -> str:
        """Its place among several, in words; empty where it is the only one."""
        if self.total == 1:
            return ""
        return _("%(number)s of %(total)s") % {"number": self.number, "total": count(self.total)}

    @property
    def confidence(self) -> str:
        """How sure it is, in a word."""
        return confidence_word(self.definition.confidence)


@dataclass(frozen=True)
class UsedLine:
    """A line that uses a name, and how; `text` may be unknown."""

    number: int
    kind: str
    text: str


@dataclass(frozen=True)
class UsingFile:
    """A file that uses a name, with the first lines that do."""

    file: FileReferences
    texts: LineTexts

    @property
    def confidence(self) -> str:
        """How sure it is that it means the definition asked about, in a word."""
        return confidence_word(self.file.confidence)

    @property
    def lines(self) -> list[UsedLine]:
        kinds: dict[int, list[str]] = {}
        for place in self.file.places[:LINES]:
            kinds.setdefault(place.line, []).append(_(KINDS[place.kind]))
        return [UsedLine(line, ", ".join(k), self.texts.get(line, "")) for line, k in kinds.items()]

    @property
    def more(self) -> int:
        """How many uses are not shown."""
        return self.file.total - len(self.file.places[:LINES])


@dataclass(frozen=True)
class CallingPart:
    """A definition, or what a file holds outside of any, that calls another."""

    caller: Caller
    texts: LineTexts

    @property
    def confidence(self) -> str:
        """How sure it is that it calls this one, in a word."""
        return confidence_word(self.caller.confidence)

    @property
    def lines(self) -> list[tuple[int, str]]:
        """The first lines that call, with their texts where they are known."""
        return [(number, self.texts.get(number, "")) for number in self.caller.lines[:LINES]]

    @property
    def more(self) -> int:
        """How many calls are not shown."""
        return len(self.caller.lines[LINES:])


def confidence_word(sure: float) -> str:
    """How sure something is, 0 to 1, in a word."""
    return _(next(word for least, word in CONFIDENCES.items() if sure >= least))


def count(total: int) -> str:
    """How many definitions a name may mean; those beyond the counted ones are a plus sign."""
    return f"{total}+" if total >= MOST_COUNTED else str(total)


def card_context(code: IndexedCode, place: NamePlace) -> dict[str, Any]:
    """Context of the card of a name; `target` is where a definition is gone to at once."""
    found = place.definitions(code)
    return {
        "place": place,
        "candidates": _candidates(found, CARD_CANDIDATES),
        "more": len(found[CARD_CANDIDATES:]),
        "target": target(found),
        "is_definition": any(map(place.holds, found)),
        "has_graph": code.index.format >= Index.LOOKUP_FORMAT,
    }


def target(found: Sequence[Definition]) -> Definition | None:
    """The definition that is meant: the only one, or the only sure one."""
    sure = [definition for definition in found if definition.confidence >= SURE]
    meant = sure or found
    return meant[0] if len(meant) == 1 else None


def several(found: Sequence[Definition]) -> str:
    """How many definitions a name may mean; empty where that is no question."""
    return count(len(found)) if len(found) > 1 else ""


def definitions_context(code: IndexedCode, place: NamePlace) -> dict[str, Any]:
    """Context of the list of definitions that a name may mean."""
    found = place.definitions(code)
    candidates = _candidates(found, MAX_CANDIDATES)
    return {
        "place": place,
        "candidates": candidates,
        "total": len(found),
        "several": several(found),
        "is_cut": len(found) > len(candidates),
        "incomplete": graph.count_incomplete(code.index.pk),
    }


def references_context(code: IndexedCode, place: NamePlace) -> dict[str, Any]:
    """Context of a page of the files that use a name, from the file number `offset` on."""
    found = place.definitions(code)
    meant = target(found)
    used = _references(code, place, meant)
    shown = place.offset + len(used.files)
    return {
        "place": place,
        "used": used,
        "files": _using_files(code, used),
        "next_offset": shown if shown < used.file_count else None,
        "meant": meant,
        "several": several(found),
        "incomplete": 0 if place.offset else graph.count_incomplete(code.index.pk),
    }


def callers_context(code: IndexedCode, place: NamePlace) -> dict[str, Any]:
    """Context of the list of who calls what a name means."""
    found = place.definitions(code)
    called = graph.callers(code.index.pk, found[0], limit=MAX_CALLERS + 1) if found else []
    paths = set(list(dict.fromkeys(caller.path for caller in called))[:MAX_CALLERS])
    shown = [caller for caller in called if caller.path in paths]
    texts = _caller_texts(code, shown)
    return {
        "place": place,
        "callers": [CallingPart(caller, texts.get(caller.path, {})) for caller in shown],
        "meant": found[0] if found else None,
        "several": several(found),
        "is_cut": len(called) > len(shown),
        "incomplete": graph.count_incomplete(code.index.pk),
    }


def _references(code: IndexedCode, place: NamePlace, meant: Definition | None) -> References:
    index, offset = code.index.pk, place.offset
    return graph.references(index, place.name, definition=meant, limit=FILES, offset=offset)


def _candidates(found: Sequence[Definition], most: int) -> list[MeantDefinition]:
    ranked = enumerate(found[:most], 1)
    return [MeantDefinition(definition, number, len(found)) for number, definition in ranked]


def _using_files(code: IndexedCode, used: References) -> list[UsingFile]:
    lines = {file.path: [place.line for place in file.places[:LINES]] for file in used.files}
    texts = line_texts(code.index.pk, lines)
    return [UsingFile(file, texts.get(file.path, {})) for file in used.files]


def _caller_texts(code: IndexedCode, called: Iterable[Caller]) -> dict[str, LineTexts]:
    lines: dict[str, list[int]] = {}
    for caller in called:
        lines.setdefault(caller.path, []).extend(caller.lines[:LINES])
    return line_texts(code.index.pk, lines)
