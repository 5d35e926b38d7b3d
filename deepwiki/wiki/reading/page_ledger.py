"""What is known of the citations of a version: their states, and where moved lines stand.

What of a page is shown is decided here for every way it can be read: site, files, programs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chat.core.citations import Check, Citation
from chat.rendering.citation_links import CitationChecker
from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.ledger.present_text import with_marks, with_present_places, without_sentences
from deepwiki.wiki.ledger.standing import ClaimCounts
from deepwiki.wiki.models import PageClaim, PageVersion
from repos.models import Repository
from repos.search import line_counts

# In exported texts, in English as the names of their files are.
MARKS: dict[ClaimState | None, str] = {
    ClaimState.CHANGED: "changed since this was written",
    ClaimState.UNSUPPORTED: "not verified",
}
Content = Mapping[str, Any]  # as `PageContent.as_json()`, or a block of it
FIELDS = ("path", "start_line", "end_line", "state", "present_path", "present_start", "present_end")


@dataclass(frozen=True)
class PageLedger:
    """The claims of a version by citation; `is_kept` is false of pages that have no claims.

    Where it is kept, a citation that no claim has is unsupported. `commit` is where the claims
    were looked for last. `check` knows the paths of the index, where citations are looked for.
    """

    is_kept: bool = False
    commit: str = ""
    states: Mapping[Citation, ClaimState] = field(default_factory=dict)
    moves: Mapping[Citation, Citation] = field(default_factory=dict)
    counts: ClaimCounts = field(default_factory=ClaimCounts)
    leaves_out: bool = False
    check: Check | None = None

    def state_of(self, citation: Citation) -> ClaimState | None:
        """The state of a citation, as it was written or as it is shown; None if none is kept."""
        if not self.is_kept:
            return None
        return self._all_states.get(citation, ClaimState.UNSUPPORTED)

    def present(self, markdown: str) -> str:
        """A text of the page as it is shown."""
        return with_present_places(self.kept(markdown), self.moves, self.check)

    def kept(self, markdown: str) -> str:
        """A text of the page as it was written, without the sentences that are left out."""
        if not self.leaves_out:
            return markdown
        return without_sentences(markdown, self._is_unsupported, self.check)

    def kept_content(self, content: Content) -> Content:
        """The stored content of the page, its texts as `kept`."""
        if not self.leaves_out:
            return content
        blocks = list(map(self._kept_block, content["blocks"]))
        return {**content, "summary": self.kept(content.get("summary", "")), "blocks": blocks}

    def exported(self, markdown: str) -> str:
        """A text of the page as it is exported: with its marks in words."""
        if not self.is_kept:
            return markdown
        return with_marks(self.present(markdown), self._mark, self.check)

    @property
    def key(self) -> tuple[object, ...]:
        """Another one where the page would be shown in another way."""
        return self.is_kept, self.leaves_out, _listed(self.states), _listed(self.moves)

    def _kept_block(self, block: Content) -> Content:
        """A stored block; diagrams have no text."""
        if "markdown" not in block:
            return block
        return {**block, "markdown": self.kept(block["markdown"])}

    def _mark(self, citation: Citation) -> str:
        return MARKS.get(self.state_of(citation), "")

    def _is_unsupported(self, citation: Citation) -> bool:
        return self.state_of(citation) == ClaimState.UNSUPPORTED

    @cached_property
    def _all_states(self) -> dict[Citation, ClaimState]:
        """Those of the present places as well; what is cited there itself has its own."""
        return dict.fromkeys(self.moves.values(), ClaimState.MOVED) | dict(self.states)


def _listed(by_citation: Mapping[Citation, object]) -> list[str]:
    return sorted(f"{cited} {value}" for cited, value in by_citation.items())


def page_ledger(version: PageVersion) -> PageLedger:
    """The ledger of a version, of a translation that of its original.

    What a model wrote has one, even if nobody stored any claim.
    """
    shown, version = version, version.translated_from or version
    if not _is_kept(version):
        return PageLedger()
    wiki = shown.page.wiki
    claims = list(PageClaim.objects.filter(version=version).only("version", *FIELDS))
    return PageLedger(
        is_kept=True,
        commit=_commit(version),
        states=_worst(claims),
        moves={claim.cited: claim.present for claim in claims if claim.has_moved},
        counts=_counts(version, claims),
        leaves_out=wiki.leave_out_unsupported,
        check=_check(wiki.repository),
    )


def _check(repository: Repository) -> Check | None:
    """None without an index."""
    index = repository.current_index
    if index is None:
        return None
    lines = line_counts(index.pk, index.updated_at)
    return CitationChecker(repository.address, index.commit, lines)


def _worst(claims: Iterable[PageClaim]) -> dict[Citation, ClaimState]:
    """By citation, the state of the claim that stands worst."""
    found: dict[Citation, ClaimState] = {}
    for claim in sorted(claims, key=_badness):
        found[claim.cited] = ClaimState(claim.state)
    return found


def _badness(claim: PageClaim) -> int:
    return list(ClaimState).index(ClaimState(claim.state))


def _is_kept(version: PageVersion) -> bool:
    return bool(version.checked_commit) or version.made_by == PageVersion.Author.MODEL


def shown_summary(version: PageVersion, ledger: PageLedger | None = None) -> str:
    """The sentence that says what a page is about; empty where that is left out."""
    ledger = ledger or page_ledger(version)
    return ledger.present(str(version.content.get("summary", ""))).strip()


def _commit(version: PageVersion) -> str:
    return version.checked_commit or version.commit


def _counts(version: PageVersion, claims: list[PageClaim]) -> ClaimCounts:
    counts = Counter(claim.state for claim in claims)
    return ClaimCounts(_commit(version), **counts)
