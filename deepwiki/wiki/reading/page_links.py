"""Where the citations of a page lead, and how they are marked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from chat.core.citations import Checked, Citation, CitationState
from chat.rendering.citation_links import CitationChecker
from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.reading.page_ledger import PageLedger
from repos.models import Repository
from repos.search import code_url

STATES: dict[ClaimState | None, CitationState] = {
    ClaimState.CHANGED: "changed",
    ClaimState.UNSUPPORTED: "unsupported",
}


def index_commit(repository: Repository) -> str:
    """Where the current index of a repository stands; empty without one."""
    index = repository.current_index
    return index.commit if index is not None else ""


@dataclass(frozen=True)
class WikiLinks(CitationChecker):
    """The Check of a page: what is cited leads to where its reader may read it.

    `repository_id` is that of the reader pages, None for strangers: they get the host's.
    """

    repository_id: uuid.UUID | None = None
    ledger: PageLedger = field(default_factory=PageLedger)

    def __call__(self, citation: Citation) -> Checked:
        checked = super().__call__(citation)
        if not checked.found:
            return checked
        state = self.ledger.state_of(citation)
        url = self._url(citation, self.ledger.commit if state == ClaimState.MOVED else self.commit)
        return replace(checked, state=STATES.get(state, "found"), href=url)

    def file_url(self, path: str) -> str:
        """The address of a whole file."""
        return self._url(Citation(path, 0, 0), self.commit)

    def _url(self, cited: Citation, commit: str) -> str:
        if self.repository_id is None:
            return self.address.blob_url(commit, cited.path, cited.start, cited.end)
        return code_url(self.repository_id, cited.path, cited.start, cited.end)
