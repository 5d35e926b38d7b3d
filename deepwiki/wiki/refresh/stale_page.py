"""A page whose claims have changed: what a model is asked about it, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from chat.core.citations import Citation
from deepwiki.wiki.content import PageContent
from deepwiki.wiki.ledger.checking import LineRange, check_claims
from deepwiki.wiki.ledger.claim import CheckedClaim, ClaimState, DraftClaim
from deepwiki.wiki.ledger.line_hashes import LineHashes
from deepwiki.wiki.ledger.page_claims import reader_of
from deepwiki.wiki.ledger.page_sentences import claims_of
from deepwiki.wiki.ledger.present_text import with_present_places
from deepwiki.wiki.ledger.recheck import lines_of
from deepwiki.wiki.ledger.regions import present_region
from deepwiki.wiki.models import PageClaim, PageVersion
from deepwiki.wiki.refresh.patch import (
    PageParagraph,
    PagePatch,
    ShownLines,
    citing,
    linking,
    news_block,
    paragraphs_of,
    patch_prompt,
    patched,
)
from repos.search import IndexSnapshot, file_versions

State = PageClaim.State
Given = dict[str, list[LineRange]]
MAX_LINE_CHARS = 400  # of a line that is shown
MAX_SHOWN = 40  # changed claims whose lines are shown


@dataclass(frozen=True)
class FreshPage:
    """What a page says after a patch, with its claims at the commit of the snapshot."""

    content: PageContent
    claims: Sequence[CheckedClaim]


@dataclass(frozen=True)
class ChildNews:
    """The new summary of a page below, by the slug of that page."""

    slug: str
    summary: str


@dataclass(frozen=True)
class StalePage:
    """A version with its claims, to be patched at a snapshot.

    With `news` what links to the page below is patched; else what cites changed lines.
    """

    version: PageVersion
    snapshot: IndexSnapshot
    claims: Sequence[PageClaim]
    news: ChildNews | None = None

    @classmethod
    def of(
        cls, version: PageVersion, snapshot: IndexSnapshot, news: ChildNews | None = None
    ) -> StalePage:
        """With the claims as they are stored."""
        return cls(version, snapshot, list(version.claims.order_by("position")), news)

    @cached_property
    def content(self) -> PageContent:
        """What it says."""
        return PageContent.from_json(self.version.content)

    @cached_property
    def changed(self) -> dict[Citation, PageClaim]:
        """Its changed claims by what they cite."""
        return {claim.cited: claim for claim in self.claims if claim.state == State.CHANGED}

    @cached_property
    def moves(self) -> dict[Citation, Citation]:
        """Where the lines of moved claims stand, by what they cite."""
        return {claim.cited: claim.present for claim in self.claims if claim.has_moved}

    @cached_property
    def paragraphs(self) -> list[PageParagraph]:
        """Those that the model is asked about."""
        if self.news is not None:
            return linking(self.content, self.news.slug)
        return citing(self.content, self.changed)

    @cached_property
    def shown(self) -> list[ShownLines]:
        """What stands now where the changed lines stood."""
        if self.news is not None:
            return []
        claims = list(self.changed.values())[:MAX_SHOWN]
        files = file_versions(
            self.snapshot.index_id, {claim.path for claim in claims}, at=self.snapshot.generation
        )
        texts = {path: file.text for path, file in files.items()}
        return list(dict.fromkeys(_shown(claim, texts.get(claim.path, "")) for claim in claims))

    def prompt(self) -> str:
        """What the model is asked."""
        title, summary = self.version.title, self.content.summary
        return patch_prompt(title, summary, self.paragraphs, self.shown) + self._news()

    def _news(self) -> str:
        if self.news is None:
            return ""
        return f"\n\n{news_block(self.news.slug, self.news.summary)}"

    def fresh(self, patch: PagePatch) -> FreshPage:
        """The page with a patch in it; citations of moved lines have their present place."""
        texts = {
            paragraph.place: with_present_places(paragraph.text, self.moves)
            for paragraph in paragraphs_of(self.content)
        }
        content = patched(self.content, PagePatch({**texts, **patch.paragraphs}, patch.summary))
        return FreshPage(content, list(self._claims(texts, patch)))

    def _claims(self, texts: Mapping[int, str], patch: PagePatch) -> Iterator[CheckedClaim]:
        kept = [draft for draft in self._kept(texts, patch) if draft.cited not in self.changed]
        still_changed = self._still_changed(patch)
        written = [draft for text in patch.paragraphs.values() for draft in claims_of(text)]
        yield from (self._unchanged(draft) for draft in still_changed)
        yield from self._check(kept, self._given())
        yield from self._check(written, self._given(self.shown))

    def _kept(self, texts: Mapping[int, str], patch: PagePatch) -> Iterator[DraftClaim]:
        for place, text in texts.items():
            if not patch.has(place):
                yield from claims_of(text)

    def _still_changed(self, patch: PagePatch) -> Iterator[DraftClaim]:
        """Claims of paragraphs for which the model wrote nothing."""
        for paragraph in paragraphs_of(self.content):
            if not patch.has(paragraph.place):
                drafts = claims_of(paragraph.text)
                yield from (draft for draft in drafts if draft.cited in self.changed)

    def _unchanged(self, draft: DraftClaim) -> CheckedClaim:
        """A claim that goes on as changed, with the hashes that it had."""
        row = self.changed[draft.cited]
        return CheckedClaim(draft, ClaimState.CHANGED, row.blob, *row.hashes)

    def _check(self, drafts: Sequence[DraftClaim], given: Given) -> list[CheckedClaim]:
        return check_claims(drafts, given, reader_of(self.snapshot, _paths(drafts)))

    def _given(self, shown: Iterable[ShownLines] = ()) -> Given:
        """The lines that a model has seen: of claims that stand, and what it is shown now."""
        given: Given = {}
        for cited in [*_standing(self.claims), *(lines.cited for lines in shown)]:
            given.setdefault(cited.path, []).append((cited.start, cited.end))
        return given


def _paths(drafts: Iterable[DraftClaim]) -> Iterator[str]:
    return (draft.path for draft in drafts)


def _standing(claims: Iterable[PageClaim]) -> Iterator[Citation]:
    for claim in claims:
        if claim.state == State.VERIFIED:
            yield claim.cited
        elif claim.has_moved:
            yield claim.present


def _shown(claim: PageClaim, text: str) -> ShownLines:
    region = present_region(lines_of(claim), LineHashes(text))
    if region is None:
        return _gone(claim.path)
    first, last = region
    lines = text.split("\n")[first - 1 : last]
    return ShownLines(Citation(claim.path, first, last), _numbered(lines, first))


def _gone(path: str) -> ShownLines:
    return ShownLines(Citation(path, 0, 0), "")


def _numbered(lines: Sequence[str], first: int) -> str:
    return "\n".join(f"{place}: {line[:MAX_LINE_CHARS]}" for place, line in enumerate(lines, first))
