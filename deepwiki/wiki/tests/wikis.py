"""Wikis of a few pages, stored as a build stores them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deepwiki.wiki.content import ContentBlock, PageContent, TextBlock
from deepwiki.wiki.models import (
    NoteVersion,
    PageNote,
    PageVersion,
    ReaderComment,
    Wiki,
    WikiPage,
)

OVERVIEW = """## What it is

A tiny shop. Orders are priced in `shop/prices.py:L4-L13`, see [Prices](wiki:prices).

## Parts

| part | files |
|---|---|
| [Prices](wiki:prices) | `shop/prices.py` |
"""
PRICES = """## What it holds

`PriceList` sums up an order at `shop/prices.py:L10-L13`.

### Discounts

`apply_discount` at `shop/prices.py:L16-L18` takes ten percent off, see [Mail](wiki:mail) and
[nothing](wiki:none).
"""
MAIL = "## What it holds\n\n`shop/mail.js:L1-L3` sends a receipt.\n"


@dataclass(frozen=True)
class SamplePage:
    """A page to be stored, with one version."""

    slug: str
    title: str
    markdown: str = ""
    kind: str = WikiPage.Kind.PART
    parent: str = ""
    files: Sequence[str] = ()
    blocks: tuple[ContentBlock, ...] = ()
    questions: tuple[str, ...] = ()


PAGES = (
    SamplePage("overview", "Pocket", OVERVIEW, WikiPage.Kind.OVERVIEW),
    SamplePage(
        "prices",
        "Prices",
        PRICES,
        files=("shop/prices.py",),
        questions=("Who calls `apply_discount`?",),
    ),
    SamplePage("mail", "Mail", MAIL, parent="prices", files=("shop/mail.js",)),
)


def make_wiki(
    repository: Any, pages: Sequence[SamplePage] = PAGES, commit: str = "", **fields: Any
) -> Wiki:
    """A wiki with one version of each page, at the commit of the index or another."""
    index = repository.current_index
    commit = commit or (index.commit if index is not None else "c0ffee")
    wiki = Wiki.objects.create(repository=repository, commit=commit, **fields)
    made: dict[str, WikiPage] = {}
    for position, page in enumerate(pages):
        made[page.slug] = WikiPage.objects.create(
            wiki=wiki,
            slug=page.slug,
            kind=page.kind,
            title=page.title,
            parent=made.get(page.parent),
            position=position,
            files=list(page.files),
        )
        write(made[page.slug], page, commit)
    return wiki


def write(page: WikiPage, sample: SamplePage, commit: str, **fields: Any) -> PageVersion:
    """The next version of a page."""
    content = PageContent(
        f"What `{sample.title}` is about.",
        (*([TextBlock(sample.markdown)] if sample.markdown else []), *sample.blocks),
        sample.questions,
    )
    language = fields.pop("language", "en")
    return PageVersion.objects.create(
        page=page,
        language=language,
        version_number=page.versions.filter(language=language).count() + 1,
        title=sample.title,
        commit=commit,
        content=content.as_json(),
        text=f"# {sample.title}\n\n{sample.markdown}",
        made_by=PageVersion.Author.CODE,
        **fields,
    )


def contributed(wiki: Wiki, person: Any) -> dict[str, int]:
    """The ids of a note and a comment of a person on the page `prices`."""
    page = wiki.pages.get(slug="prices")
    note = PageNote.objects.create(page=page, anchor={})
    NoteVersion.objects.create(
        note=note, version_number=1, kind=PageNote.Kind.NOTE, text="Mind this.", author=person
    )
    comment = ReaderComment.objects.create(page=page, author=person, text="Is this so?")
    return {"note_id": note.pk, "comment_id": comment.pk}
