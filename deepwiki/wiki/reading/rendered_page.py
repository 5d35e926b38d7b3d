"""The HTML of a page, kept beside its version until the renderer or an address changes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any, Self

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from chat.core.citation_search import find
from chat.core.citations import Checked, Citation
from chat.rendering.notes import NO_RENDERER, translate_notes
from chat.rendering.sanitizer import cleaned
from chat.rendering.service import TEXT_SECONDS, render_blocks
from deepwiki.foundation.compiled_query import CompiledQuery
from deepwiki.wiki.content import DiagramBlock, Node, PageContent, TextBlock
from deepwiki.wiki.models import PageVersion, RenderedPage
from deepwiki.wiki.reading.drawings import drawn, figure_html, with_labels
from deepwiki.wiki.reading.page_html import (
    Heading,
    citation_link,
    page_link,
    standing_alone,
    with_file_links,
    with_heading_ids,
    with_page_links,
    with_wiki_targets,
)
from deepwiki.wiki.reading.page_ledger import PageLedger, page_ledger
from deepwiki.wiki.reading.page_links import WikiLinks, index_commit
from repos.models import Repository
from repos.search import line_counts

RENDERER = 4  # another number: every page is rendered anew
SALT = "deepwiki.wiki.reading.rendered_page"
PAGE_SECONDS = 6.0  # for all blocks of a page
MAX_CHARS = 400_000  # of Markdown in a page
MAX_BLOCKS = 300
MAX_CITED = 200
MAX_DRAWINGS = 20
BLOCK_START = "\ue004"  # stands in stored HTML before each block


@dataclass(frozen=True)
class PageHtml:
    """A page as it is stored: links to pages and notes are filled in by `as_html`.

    `cited` are the paths of its citations, in order; `left_out` counts drawings that
    could not be made.
    """

    html: str
    headings: tuple[Heading, ...] = ()
    cited: tuple[str, ...] = ()
    left_out: int = 0

    def as_html(self, urls: Mapping[str, str]) -> SafeString:
        """The HTML in the current language; `urls` are those of the wiki's pages, by slug."""
        return _shown(self.html.replace(BLOCK_START, ""), urls)

    def as_blocks(self, urls: Mapping[str, str]) -> list[SafeString]:
        """As `as_html`, for each block; empty for a drawing that could not be made."""
        return [_shown(block, urls) for block in self.html.split(BLOCK_START)[1:]]

    def with_prefix(self, prefix: str) -> Self:
        """For a file with other pages: ids begin with a prefix, drawings are within it."""
        return replace(self, html=standing_alone(self.html, prefix))

    @property
    def is_whole(self) -> bool:
        """Whether the renderer was there: else it is tried again."""
        return f'data-note="{NO_RENDERER}"' not in self.html

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what `asdict` made."""
        headings = tuple(Heading(**heading) for heading in stored["headings"])
        return cls(**{**stored, "headings": headings, "cited": tuple(stored["cited"])})


def _shown(html: str, urls: Mapping[str, str]) -> SafeString:
    linked = with_labels(with_page_links(html, urls))
    return cleaned(translate_notes(linked, gettext))


def rendered(
    version: PageVersion,
    repository: Repository,
    *,
    for_strangers: bool,
    ledger: PageLedger | None = None,
) -> PageHtml:
    """The HTML of a version; rendered at most once for people and once for strangers.

    Citations are looked up in the current index. What was rendered while that stood at the
    version's own commit stays, whatever the index moves on to. `ledger` is the version's, if
    it was loaded before.
    """
    commit = index_commit(repository)
    ledger = ledger or page_ledger(version)
    key = rendering_key(repository, ledger)
    stored = STORED[for_strangers].first(
        version_id=version.pk, key=key, own=version.commit, current=commit
    )
    if stored is not None:
        return PageHtml.from_json(stored.page)
    links = page_links(repository, version.commit, ledger, for_strangers=for_strangers)
    page = _render(version, links, ledger)
    if page.is_whole:
        row = RenderedPage(version=version, for_strangers=for_strangers, key=key, commit=commit)
        _store(row, page)
    return page


def _stored(
    version_id: int, key: str, own: str, current: str, *, for_strangers: bool
) -> QuerySet[RenderedPage]:
    """What is stored of a version; `own` is its commit, `current` that of the index."""
    rows = RenderedPage.objects.filter(version=version_id, key=key, commit__in=[own, current])
    return rows.filter(for_strangers=for_strangers)[:1]


STORED = {
    for_strangers: CompiledQuery(
        partial(_stored, for_strangers=for_strangers),
        version_id=-1,
        key="?",
        own="own",
        current="current",
    )
    for for_strangers in (False, True)
}


def _store(row: RenderedPage, page: PageHtml) -> None:
    """Write a row, over that of another key or commit."""
    row.page = asdict(page)
    RenderedPage.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["version", "for_strangers"],
        update_fields=["key", "commit", "page"],
    )


def rendering_key(repository: Repository, ledger: PageLedger) -> str:
    """Another one where the HTML would be another; the site's key signs drawings."""
    parts = (_addresses(repository), ledger.key)
    digest = salted_hmac(SALT, repr(parts), algorithm="sha256")
    return digest.hexdigest()[:32]


def _addresses(repository: Repository) -> tuple[object, ...]:
    return RENDERER, settings.FORCE_SCRIPT_NAME, repository.kind, repository.url


def page_links(
    repository: Repository, commit: str, ledger: PageLedger, *, for_strangers: bool
) -> WikiLinks | None:
    """None without an index: then nothing is known about what is cited."""
    index = repository.current_index
    if index is None:
        return None
    return WikiLinks(
        repository.address,
        commit,
        line_counts(index.pk, index.updated_at),
        None if for_strangers else repository.pk,
        ledger,
    )


@dataclass
class _Renderer:
    """Renders the blocks of one page within its time."""

    links: WikiLinks | None
    ledger: PageLedger
    headings: list[Heading] = field(default_factory=list)
    left_out: int = 0
    drawings: int = 0
    seconds: float = PAGE_SECONDS

    def text(self, block: TextBlock) -> str:
        started = time.monotonic()
        markdown = with_wiki_targets(self.ledger.present(block.markdown))
        seconds = min(self.seconds, TEXT_SECONDS)
        parts = render_blocks(markdown, self.links, seconds=seconds)
        self.seconds = max(0.0, self.seconds - (time.monotonic() - started))
        text = with_heading_ids("".join(part for _, part in parts), self.headings)
        if self.links is None:
            return text
        return with_file_links(text, self.links.lines, self.links.file_url)

    def diagram(self, block: DiagramBlock) -> str:
        """The picture; one that cannot be made is counted."""
        drawing = drawn(block) if self._may_draw() else None
        if drawing is None:
            self.left_out += 1
            return ""
        self.drawings += 1
        return figure_html(drawing, self._node_link)

    def _may_draw(self) -> bool:
        return self.drawings < MAX_DRAWINGS

    def _node_link(self, node: Node) -> str:
        if node.slug:
            return page_link(node.slug)
        if self.links is None or node.path not in self.links.lines:
            return ""
        return self._line_link(self.links(Citation(node.path, node.line or 1, node.line or 1)))

    def _line_link(self, checked: Checked) -> str:
        return citation_link(checked) if checked.found else ""


def _render(version: PageVersion, links: WikiLinks | None, ledger: PageLedger) -> PageHtml:
    content = PageContent.from_json(version.content)
    renderer = _Renderer(links, ledger)
    blocks = list(_within_bounds(content))
    parts = [
        renderer.text(block) if isinstance(block, TextBlock) else renderer.diagram(block)
        for block in blocks
    ]
    cited = dict.fromkeys(_cited(blocks, links))
    return PageHtml(
        "".join(f"{BLOCK_START}{part.replace(BLOCK_START, '')}" for part in parts),
        tuple(renderer.headings),
        tuple(islice(cited, MAX_CITED)),
        renderer.left_out,
    )


def _within_bounds(content: PageContent) -> Iterator[TextBlock | DiagramBlock]:
    room = MAX_CHARS
    for block in content.blocks[:MAX_BLOCKS]:
        if isinstance(block, TextBlock):
            yield replace(block, markdown=block.markdown[:room])
            room -= len(block.markdown)
            if room <= 0:
                return
        else:
            yield block


def _cited(blocks: Iterable[TextBlock | DiagramBlock], links: WikiLinks | None) -> Iterator[str]:
    """The paths that are cited and exist, in order."""
    for block in blocks:
        if isinstance(block, TextBlock) and links is not None:
            for citation in find(links.ledger.present(block.markdown), links):
                if citation.path in links.lines:
                    yield citation.path
