"""The claims that the text of a page makes: its sentences with the lines they cite. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chat.core.citation_search import find
from chat.core.citations import Check, Citation
from deepwiki.wiki.ledger.claim import MAX_CLAIMS, MAX_TEXT_CHARS, DraftClaim

# Inline code is one piece; a sentence ends behind a mark that a space
# and no small letter follow.
PIECE = re.compile(
    r"`[^`\n]{0,600}`|(?P<end>[.!?]['\")\]]{0,3}(?=\s+(?![a-z\s]))|[。！？])|[^`.!?。！？]+|.",
    re.DOTALL,
)
BLOCK_GAP = re.compile(r"\n\s*\n|\n(?=\s{0,8}(?:(?:[-*+]|\d{1,3}[.)]|#{1,6})\s|[|>]|```|~~~))")
BLOCK_MARK = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)]|#{1,6}|>|\|)\s+")
CODE = re.compile(r"`[^`\n]*`")
WORD = re.compile(r"\w")
SPACES = re.compile(r"\s+")


def claims_of(markdown: str, check: Check | None = None) -> list[DraftClaim]:
    """Each sentence with each of its citations, in order; MAX_CLAIMS at most.

    All citations of the text are among them, found as those of answers are. `check` knows the
    paths of the index: give it where paths may hold spaces.
    """
    claims: dict[DraftClaim, None] = {}
    for sentence in sentences(markdown):
        for citation in find(sentence, check):
            claims.setdefault(_claim(sentence, citation))
            if len(claims) >= MAX_CLAIMS:
                return list(claims)
    return [*claims, *_others(markdown, check, claims)][:MAX_CLAIMS]


def sentences(markdown: str) -> Iterator[str]:
    """The sentences of a Markdown text; an item of a list, a row or a heading has its own."""
    for block in BLOCK_GAP.split(markdown):
        yield from filter(str.strip, sentences_of(block))


def blocks(markdown: str) -> Iterator[tuple[str, str]]:
    """The blocks that hold the sentences, each with the whitespace before it: all of a text."""
    start, gap = 0, ""
    for match in BLOCK_GAP.finditer(markdown):
        yield gap, markdown[start : match.start()]
        start, gap = match.end(), match[0]
    yield gap, markdown[start:]


def sentences_of(block: str) -> list[str]:
    """Citations that stand alone behind a sentence belong to it."""
    found: list[str] = []
    for part in _parts(block):
        if found and _is_citation_only(part):
            found[-1] += part
        else:
            found.append(part)
    return found


def _is_citation_only(text: str) -> bool:
    return WORD.search(CODE.sub("", text)) is None


def _parts(block: str) -> Iterator[str]:
    pieces: list[str] = []
    for match in PIECE.finditer(block):
        pieces.append(match[0])
        if match["end"]:
            yield "".join(pieces)
            pieces = []
    yield "".join(pieces)


def _others(
    markdown: str, check: Check | None, claims: dict[DraftClaim, None]
) -> Iterator[DraftClaim]:
    """Citations that no sentence holds whole."""
    known = {claim.cited for claim in claims}
    for citation in find(markdown, check):
        if citation not in known:
            yield _claim("", citation)


def _claim(sentence: str, citation: Citation) -> DraftClaim:
    text = SPACES.sub(" ", BLOCK_MARK.sub("", sentence)).strip()
    return DraftClaim(text[:MAX_TEXT_CHARS], citation.path, citation.start, citation.end)
