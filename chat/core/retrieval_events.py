"""What every answer tells besides its text: its sources, and what to know about them."""

from __future__ import annotations

from chat.core.events import Notice, Sources
from chat.core.ports import Retrieved


def sources(*rounds: Retrieved) -> Sources:
    """The passages of all rounds, each once, in the order they were found; the last round says how and where."""
    seen = {passage.cite: passage for found in rounds for passage in found.passages}
    items = [
        {
            "number": number,
            "path": passage.path,
            "start": passage.start,
            "end": passage.end,
            "symbol": passage.symbol,
            "language": passage.language,
            "why": passage.why,
            "url": passage.url,
            "score": round(passage.score, 3),
        }
        for number, passage in enumerate(seen.values(), 1)
    ]
    return Sources(items, rounds[-1].commit, rounds[-1].mode)


def notices(found: Retrieved) -> list[Notice]:
    """What the reader should know about how the passages were found."""
    said = []
    if not found.passages:
        said.append(
            Notice(
                "nothing_found",
                "Nothing in the repository matches these words. Try the names the code itself uses.",
            )
        )
    if found.building:
        said.append(
            Notice(
                "words_only",
                "This repository is still being indexed: the search went by words alone.",
            )
        )
    return said
