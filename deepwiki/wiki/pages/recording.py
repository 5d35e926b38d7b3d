"""A page whose sentences are kept as keys, from which it is made in every language.

A sentence stands in the text as OPEN, key, then SEPARATOR, name, SEPARATOR, value for each of
its values, CLOSE. Values may hold other sentences. The marks are characters of private use,
which `escaping` leaves out of foreign text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from deepwiki.wiki.content import ContentBlock, DiagramBlock, Edge, Node, PageContent, TextBlock
from deepwiki.wiki.pages.sentences import SENTENCES, Translator

OPEN, SEPARATOR, CLOSE = "\ue010", "\ue011", "\ue012"
TOKEN = re.compile(f"([{OPEN}{SEPARATOR}{CLOSE}])")
NUMBER, PROSE = "@number", "@prose"  # keys of what is no sentence
ENGLISH = Translator()
Change = Callable[[str], str]


@dataclass(frozen=True)
class KeyTranslator(Translator):
    """Gives keys with their values instead of sentences; `expanded` makes sentences of them."""

    def __call__(self, key: str, **values: object) -> str:
        if key not in SENTENCES:
            raise KeyError(key)
        return _record(key, **values)

    def shown_number(self, count: int) -> str:
        return _record(NUMBER, count=count)

    def prose(self, text: str) -> str:
        return _record(PROSE, text=text) if OPEN in text else super().prose(text)

    def length(self, text: str) -> int:
        return len(expanded_text(text, ENGLISH))


def expanded(recorded: PageContent, say: Translator) -> PageContent:
    """The page in the language of `say`."""
    return changed_texts(recorded, lambda text: expanded_text(text, say))


def changed_texts(content: PageContent, change: Change) -> PageContent:
    """The page with every text of it changed, those of diagrams too."""
    return PageContent(
        change(content.summary),
        tuple(_changed_block(block, change) for block in content.blocks),
        tuple(map(change, content.questions)),
        content.left_out_diagrams,
    )


def expanded_text(text: str, say: Translator) -> str:
    """A text with its sentences said. What is no well-formed sentence loses its marks."""
    if TOKEN.search(text) is None:
        return text
    frames = [_Frame()]
    for token in TOKEN.split(text):
        if token == OPEN:
            frames.append(_Frame())
        elif token == CLOSE and len(frames) > 1:
            sentence = frames.pop().sentence(say)
            frames[-1].add(sentence)
        else:
            frames[-1].take(token)
    return "".join(frame.joined for frame in frames)


@dataclass
class _Frame:
    """A sentence that is read: its key, then names and values by turns."""

    fields: list[list[str]] = field(default_factory=lambda: [[]])

    def take(self, token: str) -> None:
        if token == SEPARATOR:
            self.fields.append([])
        elif token != CLOSE:
            self.add(token)

    def add(self, text: str) -> None:
        self.fields[-1].append(text)

    @property
    def texts(self) -> list[str]:
        return ["".join(parts) for parts in self.fields]

    @property
    def joined(self) -> str:
        return "".join(self.texts)

    def sentence(self, say: Translator) -> str:
        key, *rest = self.texts
        values: dict[str, object] = dict(zip(rest[::2], rest[1::2], strict=False))
        try:
            return _sentence(key, values, say)
        except (KeyError, ValueError, IndexError):
            return "".join(rest[1::2])


def _sentence(key: str, values: dict[str, object], say: Translator) -> str:
    if "count" in values:
        values["count"] = int(str(values["count"]))
    if key == NUMBER:
        return say.shown_number(int(str(values["count"])))
    if key == PROSE:
        return say.prose(str(values["text"]))
    return say(key, **values)


def _record(key: str, **values: object) -> str:
    parts = chain([key], chain.from_iterable(values.items()))
    return f"{OPEN}{SEPARATOR.join(map(str, parts))}{CLOSE}"


def _changed_block(block: ContentBlock, change: Change) -> ContentBlock:
    if isinstance(block, TextBlock):
        return replace(block, markdown=change(block.markdown))
    return DiagramBlock(
        block.kind,
        change(block.title),
        tuple(_changed_nodes(block, change)),
        tuple(_changed_edges(block, change)),
    )


def _changed_nodes(block: DiagramBlock, change: Change) -> Iterator[Node]:
    return (replace(node, label=change(node.label)) for node in block.nodes)


def _changed_edges(block: DiagramBlock, change: Change) -> Iterator[Edge]:
    return (replace(edge, label=change(edge.label)) for edge in block.edges)
