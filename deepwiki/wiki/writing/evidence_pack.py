"""What a model is given for a page: lines of files, who calls them, links, what is known.

All of it fits a number of tokens; the lines that were really given are recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from deepwiki.foundation.text import estimated_tokens
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import FileLink, LinkKind
from deepwiki.wiki.writing.prompt_parts import file_block, numbered

SMALL_LINES = 80  # files that are given whole
HEAD_LINES = 20
README_LINES = 40
SYMBOL_LINES = 120
FIRST_FILES = 12
SYMBOLS = 60
CALLED = 12
MAX_DOCUMENTS = 2
CALLERS_EACH = 3
MAX_LINKS = 25
MAX_LINE_CHARS = 300
MAX_RANGES = 400
Range = tuple[int, int]
FoundLines = tuple[str, int, int]
Search = Callable[[str], Sequence[FoundLines]]


def _find_nothing(words: str) -> Sequence[FoundLines]:
    return ()


@dataclass
class EvidencePack:
    """Lines of files within a number of tokens; `given` are their ranges by path."""

    max_tokens: int
    texts: dict[str, list[str]] = field(default_factory=dict)
    ranges: dict[str, list[Range]] = field(default_factory=dict)
    tokens: int = 0
    count: int = 0

    def add(self, path: str, start: int, end: int) -> bool:
        """Give lines of a file, those that it has; whether there was room."""
        lines = self.texts.get(path, [])
        start, end = max(1, start), min(end, len(lines))
        if start > end or self._has(path, start, end):
            return True
        tokens = estimated_tokens(numbered(lines[start - 1 : end], start))
        if not self._has_room(tokens):
            return False
        self.tokens += tokens
        self.count += 1
        self.ranges.setdefault(path, []).append((start, end))
        return True

    def _has_room(self, tokens: int) -> bool:
        return self.tokens + tokens <= self.max_tokens and self.count < MAX_RANGES

    def include(self, other: EvidencePack) -> None:
        """Count the lines of another pack as given, too."""
        for path, ranges in other.ranges.items():
            self.texts.setdefault(path, other.texts[path])
            self.ranges.setdefault(path, []).extend(ranges)

    @property
    def given(self) -> Mapping[str, Sequence[Range]]:
        """By path, the ranges in order, those that lie together as one."""
        return {path: _merged(ranges) for path, ranges in self.ranges.items()}

    @property
    def text(self) -> str:
        """The lines as the model reads them."""
        return "\n".join(self._blocks())

    def _blocks(self) -> Iterator[str]:
        for path, ranges in self.given.items():
            yield from (self._block(path, *lines) for lines in ranges)

    def _block(self, path: str, start: int, end: int) -> str:
        return file_block(path, start, end, numbered(self.texts[path][start - 1 : end], start))

    def _has(self, path: str, start: int, end: int) -> bool:
        return any(first <= start and end <= last for first, last in self.ranges.get(path, ()))


def pack_lines(source: PageSource, found: Iterable[FoundLines], max_tokens: int) -> EvidencePack:
    """Lines of files that the index has, in the order in which they are given."""
    pack = EvidencePack(max_tokens)
    lines = list(found)
    paths = list(dict.fromkeys(path for path, *_ in lines))
    known = [path for path in paths if path in source.code.files]
    texts = source.reader.texts(known)
    pack.texts = {path: _lines(text) for path, text in texts.items()}
    for path, start, end in lines:
        pack.add(path, start, end)
    return pack


def pack_evidence(
    source: PageSource, max_tokens: int, search: Search = _find_nothing
) -> EvidencePack:
    """The lines for a page: heads of its files, its main definitions, callers, what is found.

    The same index gives the same lines.
    """
    found = [*_own(source), *_calling(source), *search(source.page.title)]
    return pack_lines(source, found, max_tokens)


def link_facts(source: PageSource) -> str:
    """What the files of a page use and are used by, outside of it."""
    links = sorted(_outer_links(source), key=_heaviest_first)
    return "\n".join(_link_fact(source, link) for link in links[:MAX_LINKS])


def _outer_links(source: PageSource) -> Iterator[FileLink]:
    own = set(source.files)
    for path in source.files[:FIRST_FILES]:
        links = (*source.code.outgoing.get(path, ()), *source.code.incoming.get(path, ()))
        yield from (link for link in links if (link.source in own) != (link.target in own))


def _heaviest_first(link: FileLink) -> tuple[float, str, str]:
    return -link.weight, link.source, link.target


def _link_fact(source: PageSource, link: FileLink) -> str:
    fact = f"{link.source} -> {link.target}: {_kinds(link.kinds)}"
    ends = {link.source, link.target} - set(source.files)
    pages = (source.plan.page_of_file.get(path) for path in ends)
    return " ".join([fact, *(f"(page [{page.title}](wiki:{page.slug}))" for page in pages if page)])


def _own(source: PageSource) -> Iterator[FoundLines]:
    """The files of the page: whole or their heads, definitions by importance, the rest."""
    for path in source.files[:FIRST_FILES]:
        yield path, 1, _head_lines(source, path)
    for path in _documents(source):
        yield path, 1, README_LINES
    for symbol in source.ranked[:SYMBOLS]:
        yield symbol.path, symbol.start - 1, min(symbol.end, symbol.start + SYMBOL_LINES)
    for path in source.files[FIRST_FILES : 4 * FIRST_FILES]:
        yield path, 1, _head_lines(source, path)


def _calling(source: PageSource) -> Iterator[FoundLines]:
    called = source.reader.callers(source.ranked[:CALLED], CALLERS_EACH)
    for line in chain.from_iterable(called.values()):
        yield line.path, line.line - 1, line.line + 1


def _documents(source: PageSource) -> list[str]:
    return source.of_role("docs", source.page.attached)[:MAX_DOCUMENTS]


def _head_lines(source: PageSource, path: str) -> int:
    lines = source.code.files[path].lines
    if lines <= SMALL_LINES:
        return lines
    return HEAD_LINES


def _lines(text: str) -> list[str]:
    """As citations count them: parted at line feeds."""
    lines = text.removesuffix("\n").split("\n")
    return [line.rstrip("\r")[:MAX_LINE_CHARS] for line in lines]


def _merged(ranges: Iterable[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _kinds(kinds: LinkKind) -> str:
    return ", ".join(str(kind.name).lower() for kind in LinkKind if kind & kinds)
