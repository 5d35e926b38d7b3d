"""The diagram of what a definition calls, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from deepwiki.wiki.content import DiagramBlock, DiagramKind, Edge, Node
from deepwiki.wiki.pages.diagram_parts import MAX_EDGES, cut, short_names
from deepwiki.wiki.pages.scoring import CLASS_KINDS
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import OutgoingCall, Symbol

MAX_PARTICIPANTS = 8
MAX_CALLS = 12  # of the first definition
MAX_INNER_CALLS = 4  # of one that it calls
MIN_MESSAGES = 3
MIN_PARTICIPANTS = 2
Calls = Mapping[Symbol, Sequence[OutgoingCall]]


@dataclass(frozen=True)
class _Participant:
    """A class of a file, or a file (`name` is empty)."""

    path: str
    name: str = ""

    @classmethod
    def of(cls, symbol: Symbol) -> _Participant:
        """Who a definition belongs to."""
        if symbol.kind in CLASS_KINDS:
            return cls(symbol.path, symbol.name)
        owner = symbol.qualified_name.rpartition(".")[0]
        return cls(symbol.path, owner.partition(".")[0])


@dataclass
class _Sequence:
    """Messages between at most MAX_PARTICIPANTS."""

    lines: dict[_Participant, int] = field(default_factory=dict)
    messages: list[Edge] = field(default_factory=list)

    def add(self, sender: Symbol, call: OutgoingCall) -> None:
        """A call, unless it would need one more participant than there may be."""
        edge = Edge(self._key(sender), self._key(call.target), cut(call.target.name))
        is_known = edge in self.messages or not edge.source or not edge.target
        if not is_known and len(self.messages) < MAX_EDGES:
            self.messages.append(edge)

    def _key(self, symbol: Symbol) -> str:
        participant = _Participant.of(symbol)
        if participant not in self.lines and len(self.lines) == MAX_PARTICIPANTS:
            return ""
        self.lines.setdefault(participant, symbol.start)
        return f"n{self.participants.index(participant)}"

    @property
    def participants(self) -> list[_Participant]:
        """In the order in which they are met."""
        return list(self.lines)

    def nodes(self) -> tuple[Node, ...]:
        """The participants that send or receive."""
        nodes = [self._node(number, each) for number, each in enumerate(self.participants)]
        return tuple(node for node in nodes if node.key in self._used)

    @property
    def _used(self) -> set[str]:
        return {end for edge in self.messages for end in (edge.source, edge.target)}

    def _node(self, number: int, participant: _Participant) -> Node:
        path = participant.path
        label = participant.name or self._labels[path]
        return Node(f"n{number}", cut(label), path, self.lines[participant])

    @property
    def _labels(self) -> dict[str, str]:
        return short_names([each.path for each in self.participants])


def sequence_diagram(source: PageSource, start: Symbol, calls: Calls) -> DiagramBlock | None:
    """What a definition calls in order, two levels deep; None for fewer than three calls."""
    return diagram_of_messages(source, start, _messages(start, calls))


def diagram_of_messages(
    source: PageSource, start: Symbol, messages: Iterable[tuple[Symbol, OutgoingCall]]
) -> DiagramBlock | None:
    """Calls that follow from a definition, each by another one; None for fewer than three."""
    sequence = _Sequence()
    for sender, call in messages:
        sequence.add(sender, call)
    nodes = sequence.nodes()
    if len(sequence.messages) < MIN_MESSAGES or len(nodes) < MIN_PARTICIPANTS:
        return None
    title = source.say("diagram_sequence", name=start.qualified_name)
    return DiagramBlock(DiagramKind.SEQUENCE, title, nodes, tuple(sequence.messages))


def _messages(start: Symbol, calls: Calls) -> Iterator[tuple[Symbol, OutgoingCall]]:
    for call in calls.get(start, ())[:MAX_CALLS]:
        yield start, call
        for inner in calls.get(call.target, ())[:MAX_INNER_CALLS]:
            yield call.target, inner
