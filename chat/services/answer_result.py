"""A finished answer as one object, for programs that want no events."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

from chat.core.citation_search import find
from chat.core.citations import Check, Checked
from chat.core.json_shapes import SourceItem
from chat.runs import Run
from deepwiki.foundation.incidents import log_incident

logger = logging.getLogger(__name__)
MAX_SOURCES = 40


@dataclass(frozen=True)
class CitedLines:
    """Lines that an answer cites; see CitationState for `state`. `url` may be empty."""

    path: str
    start: int
    end: int
    state: str
    url: str

    @classmethod
    def of(cls, checked: Checked) -> CitedLines:
        """From the result of a look-up."""
        cited = checked.citation
        return cls(cited.path, cited.start, cited.end, checked.state, checked.href)

    @property
    def place(self) -> str:
        """`path:L1-L2`, as an answer cites it."""
        return f"{self.path}:L{self.start}-L{self.end}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def cited_lines(text: str, check: Check | None) -> list[CitedLines]:
    """The citations of a text, each once, in order; none where there is no index."""
    if check is None:
        return []
    try:
        return [CitedLines.of(check(citation)) for citation in find(text, check)]
    except Exception:
        log_incident(logger, "citations could not be looked up")
        return []


def citations_of(run: Run) -> list[CitedLines]:
    """The citations of an answer of this process."""
    return cited_lines(run.text, run.citations.check)


def commit_of(run: Run) -> str:
    """The commit that was searched; empty where nothing was."""
    return run.sources.commit if run.sources is not None else ""


def sources_of(run: Run) -> list[dict[str, Any]]:
    """The passages that the answer was written from, best first."""
    if run.sources is None:
        return []
    return [_source(item) for item in run.sources.items[:MAX_SOURCES]]


def _source(item: SourceItem) -> dict[str, Any]:
    lines = {"path": item["path"], "start": item["start"], "end": item["end"]}
    return {**lines, "symbol": item["symbol"], "url": item["url"]}
