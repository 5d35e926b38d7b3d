"""The text of a page as it is shown: citations of moved lines lead to where these stand now.

Sentences without support can be left out, and citations marked in words, for texts that show
no other marks. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from chat.core.citation_search import CODE, find, whole_citation
from chat.core.citations import Check, Citation
from deepwiki.wiki.ledger.page_sentences import BLOCK_MARK, blocks, sentences_of

FENCE = re.compile(r"^\s{0,3}(?:```|~~~)", re.MULTILINE)
Moves = Mapping[Citation, Citation]
IsTrue = Callable[[Citation], bool]


def with_present_places(markdown: str, moves: Moves, check: Check | None = None) -> str:
    """Citations in inline code, with the present place of each that has moved."""
    if not moves:
        return markdown

    def present(match: re.Match[str]) -> str:
        cited = _cited(match[1], check)
        if not any(citation in moves for citation in cited):
            return match[0]
        return ", ".join(_code(moves.get(citation, citation)) for citation in cited)

    return CODE.sub(present, markdown)


def with_marks(markdown: str, mark: Callable[[Citation], str], check: Check | None = None) -> str:
    """Citations in inline code, with what `mark` says of them behind it, in brackets."""

    def marked(match: re.Match[str]) -> str:
        cited = _cited(match[1], check)
        notes = dict.fromkeys(filter(None, map(mark, cited)))
        return " ".join([match[0], *_in_brackets(notes)])

    return CODE.sub(marked, markdown)


def without_sentences(markdown: str, is_left_out: IsTrue, check: Check | None = None) -> str:
    """The text without the sentences that have such a citation; code blocks stay as they are."""
    writer = _Writer(lambda text: any(map(is_left_out, find(text, check))))
    return "".join(writer.write(gap, block) for gap, block in blocks(markdown))


@dataclass
class _Writer:
    is_left_out: Callable[[str], bool]
    in_code: bool = False

    def write(self, gap: str, block: str) -> str:
        """A block with the whitespace before it; empty if none of its sentences is kept."""
        fences = len(FENCE.findall(block))
        was_in_code, self.in_code = self.in_code, self.in_code != bool(fences % 2)
        if was_in_code or fences:
            return gap + block
        kept = self._kept(block)
        return (gap + kept) * bool(kept or not block)

    def _kept(self, block: str) -> str:
        """What is kept of a block, with its mark: that of an item of a list, or of a heading."""
        sentences = sentences_of(block)
        kept = [sentence for sentence in sentences if not self.is_left_out(sentence)]
        if len(kept) == len(sentences) or not "".join(kept).strip():
            return "".join(kept).strip() and block
        if kept[0] is sentences[0]:
            return "".join(kept)
        return _mark_of(block) + "".join(kept).lstrip()


def _in_brackets(notes: Iterable[str]) -> Iterator[str]:
    text = ", ".join(notes)
    if text:
        yield f"({text})"


def _mark_of(block: str) -> str:
    mark = BLOCK_MARK.match(block)
    return "" if mark is None else mark[0]


def _cited(code: str, check: Check | None) -> list[Citation]:
    """What a piece of inline code cites, if it is nothing else."""
    return [mention.citation for mention in whole_citation(code.strip(), check)]


def _code(citation: Citation) -> str:
    return f"`{citation.path}:{_lines(citation)}`"


def _lines(citation: Citation) -> str:
    first = f"L{citation.start}"
    if citation.start == citation.end:
        return first
    return f"{first}-L{citation.end}"
