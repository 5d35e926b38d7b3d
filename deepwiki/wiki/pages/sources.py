"""What a page is made of: its files, their symbols and links, read in few calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from deepwiki.wiki.pages.comments import described, sentence
from deepwiki.wiki.pages.escaping import code, plain, prose
from deepwiki.wiki.pages.file_heads import FileHead, head_of, is_generated
from deepwiki.wiki.pages.scoring import (
    file_importance,
    linked_files,
    program_files,
    public,
    ranked,
    role_of,
    symbol_score,
    unique_names,
)
from deepwiki.wiki.pages.sentences import Translator
from deepwiki.wiki.pages.symbol_reader import Symbol, SymbolReader
from deepwiki.wiki.plan import CodeBase, PlannedPage, WikiPlan

MAX_OUTLINED = 300  # files of a page whose definitions are read
MAX_SYMBOLS = 2_000  # of a file that are compared
MAX_CITATION_CHARS = 1_000
MAX_SAID_CHARS = 220
LANGUAGE_NAMES = {
    name.lower(): name
    for name in "JavaScript TypeScript PHP SQL HTML CSS YAML TOML JSON CMake XML INI TSX".split()
} | {"cpp": "C++", "c_sharp": "C#", "csharp": "C#", "bash": "Shell", "make": "Makefile"}
Outlines = Mapping[str, Sequence[Symbol]]


@dataclass
class PageSource:
    """A page to be written with what it is written from."""

    page: PlannedPage
    plan: WikiPlan
    code: CodeBase
    reader: SymbolReader
    say: Translator = field(default_factory=Translator)

    def of_files(self, paths: Sequence[str]) -> PageSource:
        """The same index with other files."""
        return self.of_page(replace(self.page, slug="", parent="", files=tuple(paths)))

    def of_page(self, page: PlannedPage) -> PageSource:
        """The same index with another page."""
        return PageSource(page, self.plan, self.code, self.reader, self.say)

    @cached_property
    def files(self) -> list[str]:
        """The paths of the page that the index has, the most important first."""
        return self.by_importance(self._known)

    @property
    def _known(self) -> list[str]:
        return [path for path in dict.fromkeys(self.page.files) if path in self.code.files]

    @cached_property
    def code_files(self) -> list[str]:
        """Those of them that are code, neither tests nor documents."""
        return self.of_role("code", self.files)

    @cached_property
    def programs(self) -> list[str]:
        """Those of them that are written in the language of a program."""
        return program_files(self.code, self.code_files)

    @property
    def outlined(self) -> list[str]:
        """The files whose definitions are looked at."""
        return self.files[:MAX_OUTLINED]

    @cached_property
    def outlines(self) -> Outlines:
        """The definitions of the page's files."""
        return self.reader.outlines(self.outlined)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The texts of the page's files."""
        return self.reader.texts(self.outlined)

    @cached_property
    def heads(self) -> Mapping[str, FileHead]:
        """By path, what a file says of itself; those that say nothing are left out."""
        heads = {path: self._head(path) for path in self.outlined}
        return {path: head for path, head in heads.items() if head is not None}

    def _head(self, path: str) -> FileHead | None:
        return head_of(self.texts.get(path, ""), self.code.files[path].language)

    def is_generated(self, path: str) -> bool:
        """Whether a file of the page says that a program wrote it."""
        return is_generated(self.texts.get(path, ""))

    @cached_property
    def scores(self) -> Mapping[Symbol, float]:
        """How much each definition matters: how many files can and do use its name."""
        names = {symbol.name for outline in self._compared.values() for symbol in outline}
        counts = self.reader.use_counts(sorted(names))
        scores: dict[Symbol, float] = {}
        for path, outline in self._compared.items():
            most = 1.0 + self.linked_files(path)
            for symbol in outline:
                scores[symbol] = symbol_score(symbol, min(counts.get(symbol.name, 0.0), most))
        return scores

    @cached_property
    def _compared(self) -> Outlines:
        return {path: outline[:MAX_SYMBOLS] for path, outline in self.outlines.items()}

    @cached_property
    def ranked(self) -> list[Symbol]:
        """The definitions of the page's files of code, the most important first."""
        found = ranked(self.scores)
        return [symbol for symbol in found if self._is_code(symbol)] or found

    def _is_code(self, symbol: Symbol) -> bool:
        return self.role(symbol.path) == "code"

    def of_kinds(self, kinds: Container[str]) -> list[Symbol]:
        """Those of the ranked definitions that are of some kinds."""
        return [symbol for symbol in self.ranked if symbol.kind in kinds]

    def best_of(self, path: str, limit: int) -> list[Symbol]:
        """The definitions of a file that matter most, those within others left out."""
        own = [symbol for symbol in self.outlines.get(path, ()) if symbol.parent < 0]
        best = [symbol for symbol in unique_names(self.by_score(own)) if self.scores.get(symbol)]
        return (public(best) or best)[:limit]

    def by_score(self, symbols: Iterable[Symbol]) -> list[Symbol]:
        """Definitions of the page's files, the most important first."""
        return sorted(symbols, key=lambda each: (-self.scores.get(each, 0.0), each.start))

    def by_importance(self, paths: Iterable[str]) -> list[str]:
        """Files, the most important first."""
        return sorted(paths, key=lambda path: (-file_importance(self.code, path), path))

    def described(self, symbol: Symbol) -> str:
        """What a definition of the page's files says of itself, as Markdown."""
        return described(symbol, self.texts.get(symbol.path, ""))

    def described_or_nothing(self, symbol: Symbol) -> str:
        """What a definition says of itself, empty for one without a comment."""
        return self.described(symbol) * bool(symbol.comment)

    def said_of_file(self, path: str) -> str:
        """What a file says of itself, else what its first definition does, as Markdown."""
        head = self.heads.get(path)
        if head is not None:
            return prose(head.sentence, MAX_SAID_CHARS)
        speaking = [symbol for symbol in self.best_of(path, 3) if symbol.comment]
        return self._said_with_name(speaking[0]) if speaking else ""

    def said_of_head(self, path: str) -> str:
        """What the first comment of a file says it is, with its lines; or empty."""
        head = self.heads.get(path)
        if head is None:
            return ""
        return f"{prose(head.sentence)} {self.cite(path, head.start, head.end)}"

    def _said_with_name(self, symbol: Symbol) -> str:
        about = sentence(symbol, self.texts.get(symbol.path, ""))
        return f"{code(symbol.name)}: {prose(about, MAX_SAID_CHARS)}"

    def linked_files(self, path: str) -> int:
        """How many files of code are surely linked to a file."""
        return linked_files(self.code, path)

    def role(self, path: str) -> str:
        """The role of a file, empty for an unknown one."""
        return role_of(self.code, path)

    def language(self, path: str) -> str:
        """The language of a file, empty for an unknown one."""
        file = self.code.files.get(path)
        return "" if file is None else file.language

    def of_role(self, role: str, paths: Iterable[str]) -> list[str]:
        """Those of some files that have a role."""
        return [path for path in paths if self.role(path) == role]

    def program(self, role: str) -> list[str]:
        """The files of a role in the languages of programs, of the whole repository."""
        return self.of_role(role, program_files(self.code, self.code.files))

    def cite(self, path: str, start: int = 0, end: int = 0) -> str:
        """The citation of lines of a file, within the file."""
        return code(reference(self.code, path, start, end), MAX_CITATION_CHARS)

    def cite_symbol(self, symbol: Symbol) -> str:
        """The citation of a definition."""
        return self.cite(symbol.path, symbol.start, symbol.end)

    def cited(self, paths: Sequence[str], limit: int, total: int | None = None) -> str:
        """The citations of some files as words."""
        return self.say.listed(list(map(self.cite, paths[:limit])), limit, total)

    def lines(self, paths: Iterable[str]) -> str:
        """How many lines some files have together."""
        return self.say.shown_number(sum(self.code.files[path].lines for path in paths))

    def languages(self, paths: Iterable[str], limit: int = 4) -> str:
        """The names of the languages of files, that of most lines first."""
        names = [LANGUAGE_NAMES.get(name, name.title()) for name in _languages(self.code, paths)]
        return self.say.listed([plain(name, 30) for name in names], limit)

    @property
    def short_name(self) -> str:
        """The name of the repository without its owner."""
        return self.code.name.rpartition("/")[2] or self.code.name


def reference(code_base: CodeBase, path: str, start: int = 0, end: int = 0) -> str:
    """`path:L1-L2`, within the lines of the file; the path alone without lines."""
    file = code_base.files.get(path)
    if start < 1 or file is None or file.lines < 1:
        return path
    first = min(start, file.lines)
    last = min(max(first, end), file.lines)
    return f"{path}:L{first}" if first == last else f"{path}:L{first}-L{last}"


def _languages(code_base: CodeBase, paths: Iterable[str]) -> list[str]:
    lines: Counter[str] = Counter()
    for path in paths:
        lines[code_base.files[path].language or "text"] += code_base.files[path].lines
    return sorted(lines, key=lambda name: (-lines[name], name))
