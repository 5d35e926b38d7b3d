"""Writes a page of a plan from the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages.code_map import code_map_page
from deepwiki.wiki.pages.glossary import glossary_page
from deepwiki.wiki.pages.guides import guide_page
from deepwiki.wiki.pages.overview import overview_page
from deepwiki.wiki.pages.part_page import part_page
from deepwiki.wiki.pages.recording import ENGLISH, KeyTranslator, expanded
from deepwiki.wiki.pages.reference import reference_page
from deepwiki.wiki.pages.sentences import Translator
from deepwiki.wiki.pages.slide_deck import slides_page
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import SymbolReader
from deepwiki.wiki.pages.workshop import workshop_page
from deepwiki.wiki.plan import CodeBase, PageKind, PlannedPage, WikiPlan

WRITERS: Mapping[PageKind, Callable[[PageSource], PageContent]] = {
    PageKind.OVERVIEW: overview_page,
    PageKind.PART: part_page,
    PageKind.GUIDE: guide_page,
    PageKind.REFERENCE: reference_page,
    PageKind.GLOSSARY: glossary_page,
    PageKind.CODE_MAP: code_map_page,
    PageKind.SLIDES: slides_page,
    PageKind.WORKSHOP: workshop_page,
}


def write_page(
    page: PlannedPage,
    plan: WikiPlan,
    code: CodeBase,
    reader: SymbolReader,
    say: Translator | None = None,
) -> PageContent:
    """The content of a planned page, the same for the same code.

    Without a language it is English, with what other languages are made from (`recorded`).
    Raises nothing for what a repository holds; what `reader` raises passes.
    """
    source = PageSource(page, plan, code, reader, say or KeyTranslator())
    content = WRITERS.get(page.kind, part_page)(source)
    if say is not None:
        return content
    return replace(expanded(content, ENGLISH), recorded=content)
