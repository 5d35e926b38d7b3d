"""What is known of the texts that a part of a pattern matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from repos.indexing.trigrams import trigrams_of_literal

Texts = frozenset[str]
EMPTY: Texts = frozenset([""])
MAX_TEXTS = 16  # alternatives of a piece
MAX_CHARS = 200  # of a piece
MAX_REPEATED = 8


@dataclass(frozen=True)
class Part:
    """What a part of a pattern matches: one of `texts`, if known; `clauses` hold of it."""

    texts: Texts | None = None
    clauses: tuple[Texts, ...] = ()

    @classmethod
    def of(cls, text: str) -> Part:
        """The part that matches `text`."""
        return cls(frozenset([text]))

    def conditions(self) -> tuple[Texts, ...]:
        """Clauses with those of the known texts."""
        return self.clauses + self._own_clause()

    def _own_clause(self) -> tuple[Texts, ...]:
        if self.texts is None or not _is_usable(self.texts):
            return ()
        return (self.texts,)


ANYTHING = Part()
NOTHING = Part(EMPTY)


def in_sequence(parts: Iterable[Part]) -> Part:
    """Parts one after the other."""
    clauses: list[Texts] = []
    texts: Texts | None = EMPTY
    known = EMPTY
    for part in parts:
        clauses += part.clauses
        joined = _joined(known, part.texts)
        if joined is not None:
            known = joined
            continue
        clauses += Part(known).conditions()
        texts, known = None, part.texts or EMPTY
    if texts is not None and not clauses:
        return Part(known)
    return Part(None, (*clauses, *Part(known).conditions()))


def _joined(first: Texts, second: Texts | None) -> Texts | None:
    """Each text of `first` with each of `second` behind it; None if that is too much."""
    if second is None:
        return None
    if len(first) * len(second) > MAX_TEXTS or max(map(len, first)) > MAX_CHARS:
        return None
    return frozenset(a + b for a, b in product(first, second))


def either(parts: Sequence[Part]) -> Part:
    """One of the parts."""
    if len(parts) == 1:
        return parts[0]
    known = [part.texts for part in parts if part.texts is not None and not part.clauses]
    if len(known) == len(parts):
        texts = frozenset().union(*known)
        if len(texts) <= MAX_TEXTS:
            return Part(texts)
    best = list(map(_best, parts))
    if None in best:
        return ANYTHING
    union: Texts = frozenset().union(*filter(None, best))
    if len(union) > MAX_TEXTS:
        return ANYTHING
    return Part(None, (union,))


def _best(part: Part) -> Texts | None:
    """The clause that tells most of a part."""
    return max(part.conditions(), key=rank, default=None)


def repeated(part: Part, least: int, most: int | None) -> Part:
    if least == 0:
        return _optional(part, most)
    if least == most and least <= MAX_REPEATED:
        return in_sequence([part] * least)
    return Part(None, in_sequence([part] * min(least, MAX_REPEATED)).conditions())


def _optional(part: Part, most: int | None) -> Part:
    """The part up to `most` times, or not at all."""
    if most != 1 or part.texts is None or len(part.texts) >= MAX_TEXTS:
        return ANYTHING
    return Part(part.texts | EMPTY)


def _is_usable(texts: Texts) -> bool:
    """Whether each of the texts has a trigram."""
    return bool(texts) and all(map(trigrams_of_literal, texts))


def rank(texts: Texts) -> tuple[int, int]:
    """How much a clause tells: long pieces first, then few alternatives."""
    return min(map(len, texts)), -len(texts)
