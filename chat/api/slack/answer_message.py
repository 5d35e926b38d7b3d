"""An answer as Slack shows it, with links to its lines on our own pages."""

from __future__ import annotations

from django.conf import settings

from chat.api.slack.mrkdwn import escape, link, to_mrkdwn
from chat.core.citation_search import target_citation, whole_citation
from chat.core.citations import Check, Citation
from chat.runs import Run
from chat.services.answer_result import citations_of
from repos.search import code_url

MAX_TEXT_CHARS = 24_000
MAX_SOURCES = 10
HTTP = ("https://", "http://")


def answer_message(run: Run) -> str:
    """The text of a finished answer, the lines that it cites below it. Asks the database."""
    links = _Links(run)
    text = to_mrkdwn(run.text[:MAX_TEXT_CHARS], links.of_code, links.of_target)
    return "\n\n".join(filter(None, [text.strip(), _error(run), links.sources()]))


def _error(run: Run) -> str:
    """Why an answer ended early."""
    if run.error is not None:
        return escape(run.error.message)
    return ""


class _Links:
    """Where the citations of an answer lead; those that do not exist lead nowhere."""

    def __init__(self, run: Run) -> None:
        self.repository_id = run.repository_ids[0]
        self.check: Check | None = run.citations.check
        self.cited = [cited for cited in citations_of(run) if cited.state != "missing"]
        self.known = {Citation(one.path, one.start, one.end) for one in self.cited}

    def of_code(self, code: str) -> str:
        """Of a piece of inline code that is one citation."""
        found = whole_citation(code, self.check)
        if len(found) == 1:
            return self._page(found[0].citation)
        return ""

    def of_target(self, target: str) -> str:
        """Of a link: the address, or the page of a file of the repository."""
        if target.lower().startswith(HTTP):
            return target
        citation = target_citation(target, self.check)
        if citation is None:
            return ""
        return self._page(citation)

    def sources(self) -> str:
        """The list of the cited lines; empty where there are none."""
        if not self.cited:
            return ""
        listed = self.cited[:MAX_SOURCES]
        places = [(one.place, Citation(one.path, one.start, one.end)) for one in listed]
        return "Sources: " + ", ".join(link(self._page(lines), place) for place, lines in places)

    def _page(self, citation: Citation) -> str:
        if citation not in self.known:
            return ""
        page = code_url(self.repository_id, citation.path, citation.start, citation.end)
        return f"{settings.PUBLIC_ORIGIN}{page}"
