"""The diagram of classes and what they are based on, found in the heads of the classes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deepwiki.wiki.content import DiagramBlock, DiagramKind, Node
from deepwiki.wiki.pages.diagram_parts import DrawnEdges, Pair, bounded, symbol_node
from deepwiki.wiki.pages.scoring import CLASS_KINDS
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import Symbol
from deepwiki.wiki.plan import LinkKind

MAX_CLASSES = 400  # of a page that are looked at
MAX_OTHER_FILES = 50  # in which bases are looked for
MAX_SYMBOLS = 2_000
OF_HEIR = 100.0  # what an heir adds to the importance of its base
IDENTIFIER = re.compile(r"[^\W\d]\w*")
# Type parameters and keyword arguments in the head of a class.
NO_BASE = re.compile(r"\[[^\]]{0,200}\]|<[^>]{0,200}>|\w+\s*=\s*[\w.]+")
ClassesByName = Mapping[str, Sequence[Symbol]]


@dataclass
class _Hierarchy:
    """Classes and their bases, by qualified name."""

    symbols: dict[str, Symbol] = field(default_factory=dict)
    weights: dict[Pair, float] = field(default_factory=dict)

    def add(self, symbol: Symbol, base: Symbol, weight: float) -> None:
        name, base_name = symbol.qualified_name, base.qualified_name
        self.symbols[name] = symbol
        self.symbols.setdefault(base_name, base)
        self.weights[name, base_name] = weight

    def drawn(self, scores: Mapping[Symbol, float]) -> DrawnEdges:
        heirs = Counter(base for _, base in self.weights)
        known = self.symbols.items()
        return bounded(
            self.weights,
            {name: heirs[name] * OF_HEIR + scores.get(symbol, 0.0) for name, symbol in known},
        )

    def nodes(self, drawn: DrawnEdges) -> tuple[Node, ...]:
        return tuple(self._node(drawn, name) for name in drawn.names)

    def _node(self, drawn: DrawnEdges, name: str) -> Node:
        return symbol_node(drawn.key(name), self.symbols[name])


def classes_diagram(source: PageSource) -> DiagramBlock | None:
    """The classes of a page and their bases; None where none has a known base."""
    hierarchy = _hierarchy(source)
    drawn = hierarchy.drawn(source.scores)
    if not drawn.edges:
        return None
    title = source.say("diagram_classes", title=source.page.short_title)
    return DiagramBlock(DiagramKind.CLASSES, title, hierarchy.nodes(drawn), drawn.as_edges())


def bases_of(symbol: Symbol, known: ClassesByName) -> list[Symbol]:
    """The known classes that the head of a class names after its own name."""
    _, _, behind = symbol.signature.partition(symbol.name)
    names = dict.fromkeys(IDENTIFIER.findall(NO_BASE.sub("", behind)))
    found = (_nearest(symbol, known.get(name, ())) for name in names if name != symbol.name)
    return [base for base in found if base is not None]


def _nearest(symbol: Symbol, candidates: Sequence[Symbol]) -> Symbol | None:
    """A class of the same file, else the first."""
    near = [each for each in candidates if each.path == symbol.path]
    return _first([*near, *candidates])


def _first(symbols: Sequence[Symbol]) -> Symbol | None:
    return next(iter(symbols), None)


def _hierarchy(source: PageSource) -> _Hierarchy:
    own = _classes(source.ranked)[:MAX_CLASSES]
    known = _classes_by_name(source, own)
    hierarchy = _Hierarchy()
    for symbol in own:
        for base in bases_of(symbol, known):
            hierarchy.add(symbol, base, 1 + source.scores.get(symbol, 0.0))
    return hierarchy


def _classes_by_name(source: PageSource, own: Sequence[Symbol]) -> ClassesByName:
    """The classes of the page, and those of other files that it is based on."""
    found: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in [*own, *_classes_elsewhere(source)]:
        found[symbol.name].append(symbol)
    return found


def _classes_elsewhere(source: PageSource) -> list[Symbol]:
    outlines = source.reader.outlines(_files_of_bases(source)).values()
    return [symbol for outline in outlines for symbol in _classes(outline[:MAX_SYMBOLS])]


def _classes(symbols: Sequence[Symbol]) -> list[Symbol]:
    return [symbol for symbol in symbols if symbol.kind in CLASS_KINDS]


def _files_of_bases(source: PageSource) -> list[str]:
    outgoing = source.code.outgoing
    links = [link for path in source.outlined for link in outgoing.get(path, ())]
    targets = {link.target for link in links if link.kinds & LinkKind.INHERIT}
    return sorted(targets - set(source.outlined))[:MAX_OTHER_FILES]
