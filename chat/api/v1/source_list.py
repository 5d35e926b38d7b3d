"""The list of cited lines below an answer, and its annotations, which name places in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from chat.runs import Run
from chat.services.answer_result import CitedLines, citations_of
from repos.search import code_url

HEAD = "\n\n---\nSources:\n"
MAX_LISTED = 50
ESCAPED = str.maketrans({"[": "\\[", "]": "\\]", "\\": "\\\\"})


@dataclass(frozen=True)
class Annotation:
    """Characters `start` to before `end` of the whole text are about lines at `url`."""

    start: int
    end: int
    url: str
    title: str


@dataclass(frozen=True)
class SourceList:
    """Markdown to be put behind the answer, empty where nothing is cited."""

    text: str = ""
    annotations: tuple[Annotation, ...] = ()


def source_list(run: Run) -> SourceList:
    """The lines that an answer cites and that exist, each once."""
    listed = [cited for cited in citations_of(run) if cited.state != "missing"][:MAX_LISTED]
    if not listed:
        return SourceList()
    return _written(listed, [_url(run, cited) for cited in listed], len(run.text))


def _written(listed: Sequence[CitedLines], urls: Sequence[str], at: int) -> SourceList:
    text, annotations = HEAD, []
    for cited, url in zip(listed, urls, strict=True):
        entry = f"[{cited.place.translate(ESCAPED)}]({url})"
        start = at + len(text) + len("- ")
        annotations.append(Annotation(start, start + len(entry), url, cited.place))
        text += f"- {entry}\n"
    return SourceList(text.rstrip("\n"), tuple(annotations))


def _url(run: Run, cited: CitedLines) -> str:
    """On the repository's host, else on our own page."""
    if cited.url or not run.repository_ids:
        return cited.url
    page = code_url(run.repository_ids[0], cited.path, cited.start, cited.end)
    return f"{settings.PUBLIC_ORIGIN}{page}"


def without_sources(answer: str) -> str:
    """An answer that a client sends back, without the list that was put behind it."""
    return answer.rpartition(HEAD)[0] or answer
