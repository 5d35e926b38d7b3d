"""How much files and definitions matter to a reader."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from deepwiki.wiki.pages.symbol_reader import Symbol
from deepwiki.wiki.plan import CodeBase, FileLink, LinkKind, PlannedFile

SURE_WEIGHT = 1.2  # of a link that is neither an import nor a base class
MAIN_KINDS = frozenset(
    "class interface struct trait enum type module function table view command service".split()
)
CLASS_KINDS = frozenset("class interface struct trait enum type".split())
FUNCTION_KINDS = frozenset({"function", "method"})
DATA_LANGUAGES = frozenset(
    "json yaml toml text markdown rst html css xml csv ini make docker".split()
)
OF_OTHERS, OF_PRIVATE, OF_MEMBERS, OF_DATA, OF_TESTS = 0.2, 0.05, 0.25, 0.1, 0.01
LEAST_USE = 0.2
MAX_SIZE = 500  # lines beyond which a definition is not more important
SPECIAL = re.compile(r"^__\w+__$")
TYPE_PARAMETER = re.compile(r"^(T_\w+|[A-Z]{1,2}|_?\w{1,12}T)$")
# Names of folders of code that is beside the subject.
SIDE_FOLDER = re.compile(
    r"(^|/)(examples?|samples?|demos?|bench(marks?)?|scripts?|tools|contrib|testing|fixtures|"
    r"testdata|plugins?|util[s]?|vendor|third_party|\.[^/]+)/",
    re.IGNORECASE,
)
OF_SIDE = 0.4


def is_sure(link: FileLink) -> bool:
    """Whether a link is more than a name that both files happen to have."""
    return bool(link.kinds & (LinkKind.IMPORT | LinkKind.INHERIT)) or link.weight >= SURE_WEIGHT


def linked_files(code: CodeBase, path: str) -> int:
    """How many files of code are surely linked to a file."""
    users = (link.source for link in filter(is_sure, code.incoming.get(path, ())))
    return sum(1 for user in users if role_of(code, user) == "code")


def role_of(code: CodeBase, path: str) -> str:
    """The role of a file, empty for an unknown one."""
    file = code.files.get(path)
    return "" if file is None else file.role


def file_importance(code: CodeBase, path: str) -> float:
    """How much a file matters: who is linked to it, and how large it is."""
    file = code.files[path]
    used = math.sqrt(1 + linked_files(code, path))
    return _file_weight(file) * used * math.log2(2 + file.lines)


def symbol_weight(symbol: Symbol) -> float:
    """What part of its uses count for a definition: all of a public class."""
    if SPECIAL.match(symbol.name) or symbol.kind == "section":
        return 0.0
    return _kind_weight(symbol) * OF_PRIVATE ** _is_hidden(symbol)


def _kind_weight(symbol: Symbol) -> float:
    if symbol.kind not in MAIN_KINDS:
        return OF_OTHERS
    return OF_MEMBERS ** (symbol.parent >= 0)


def symbol_score(symbol: Symbol, uses: float) -> float:
    """Of two definitions that are used alike, the one with more lines says more."""
    return symbol_weight(symbol) * (LEAST_USE + uses) * _size(symbol.end - symbol.start)


def _size(lines: int) -> float:
    return math.log2(2 + min(MAX_SIZE, lines))


def ranked(scores: Mapping[Symbol, float]) -> list[Symbol]:
    """Definitions by their scores, those without any left out."""
    found = [symbol for symbol, score in scores.items() if score > 0]
    return sorted(found, key=lambda each: (-scores[each], each.path, each.start, each.name))


def unique_names(symbols: Iterable[Symbol]) -> list[Symbol]:
    """The first definition of each qualified name."""
    seen: dict[str, Symbol] = {}
    for symbol in symbols:
        seen.setdefault(symbol.qualified_name, symbol)
    return list(seen.values())


def public(symbols: Iterable[Symbol]) -> list[Symbol]:
    """Definitions whose names are not private."""
    return [symbol for symbol in symbols if not symbol.name.startswith("_")]


def program_files(code: CodeBase, paths: Iterable[str]) -> list[str]:
    """The files of languages that programs are written in."""
    return [path for path in paths if _is_program(code.files.get(path))]


def _is_program(file: PlannedFile | None) -> bool:
    return file is not None and file.language not in DATA_LANGUAGES


def _file_weight(file: PlannedFile) -> float:
    if file.role != "code":
        return OF_TESTS
    if file.language in DATA_LANGUAGES:
        return OF_DATA
    return OF_SIDE if SIDE_FOLDER.search(file.path) else 1.0


def _is_hidden(symbol: Symbol) -> bool:
    return symbol.name.startswith("_") or bool(TYPE_PARAMETER.match(symbol.name))
