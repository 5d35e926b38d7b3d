"""Texts pasted into a question: each stands behind what was typed, between fences of its own.

static/js/pasted_texts.js writes the fences, as Markdown has them: with more backticks than any run
of them in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

OPENING = re.compile(r"(`{3,})pasted")
FENCE = re.compile(r"`{3,}")


class SplitQuestion(NamedTuple):
    """What was typed, and what was pasted into it, in order."""

    typed: str
    pasted: tuple[str, ...] = ()


def split_pasted(question: str) -> SplitQuestion:
    """A question without its pasted texts, and these. Linear in its length."""
    lines = question.split("\n")
    closings = _closings(lines)
    typed: list[str] = []
    pasted: list[str] = []
    number = 0
    while number < len(lines):
        end = _end(lines[number], number, closings)
        if end is None:
            typed.append(lines[number])
            number += 1
            continue
        pasted.append("\n".join(lines[number + 1 : end]))
        number = end + 1
    return SplitQuestion("\n".join(typed).strip(), tuple(pasted))


def _closings(lines: Sequence[str]) -> Mapping[str, list[int]]:
    """The numbers of the lines that are nothing but a fence, by the fence."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        if FENCE.fullmatch(line):
            found[line].append(number)
    return found


def _end(line: str, number: int, closings: Mapping[str, list[int]]) -> int | None:
    """The line that ends the pasted text which a line begins; None if it begins none."""
    opening = OPENING.fullmatch(line)
    if opening is None:
        return None
    ends = closings.get(opening[1], [])
    place = bisect_right(ends, number)
    return ends[place] if place < len(ends) else None
