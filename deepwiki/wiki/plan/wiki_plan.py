"""A plan: the pages of a wiki in reading order, and the files that no page describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from deepwiki.wiki.plan.wiki_settings import PlanNotice

MAX_SENTENCE_TITLE = 30  # characters


class PageKind(StrEnum):
    """What a page is about."""

    OVERVIEW = "overview"
    PART = "part"
    GUIDE = "guide"
    REFERENCE = "reference"
    GLOSSARY = "glossary"
    CODE_MAP = "code_map"
    SLIDES = "slides"
    WORKSHOP = "workshop"


@dataclass(frozen=True)
class PlannedPage:
    """A page to be written.

    `slug` names it in addresses and is unique within a plan; `parent` is the slug of the
    page above it, empty for one at the top. `files` are the paths it describes, the most
    important first; a part with pages below it describes theirs too, and holds those that
    none of them has. `topic` says which guide or reference it is: `setup`, `api`, `commands`.
    `attached` are tests and documents that belong to a part. `notes` come from the settings
    of the repository: data, never instructions; `purpose` is what a model says that the page is for.
    """

    slug: str
    kind: PageKind
    title: str
    files: tuple[str, ...] = ()
    parent: str = ""
    topic: str = ""
    importance: float = 0.0
    notes: str = ""
    attached: tuple[str, ...] = ()
    purpose: str = ""

    @property
    def short_title(self) -> str:
        """The title within a sentence: without what a long one says behind its colon."""
        if len(self.title) <= MAX_SENTENCE_TITLE:
            return self.title
        return self.title.partition(": ")[0]


@dataclass(frozen=True)
class UncoveredFile:
    """A file of code without a page; `reason` is a key such as `generated` or `limit`."""

    path: str
    reason: str


@dataclass(frozen=True)
class WikiPlan:
    """The pages, parents before their children, what they cover, and what is to be said of it."""

    pages: Sequence[PlannedPage]
    uncovered: Sequence[UncoveredFile] = ()
    notices: Sequence[PlanNotice] = ()

    @cached_property
    def by_slug(self) -> Mapping[str, PlannedPage]:
        """The pages by slug."""
        return {page.slug: page for page in self.pages}

    @cached_property
    def page_of_file(self) -> Mapping[str, PlannedPage]:
        """By path, the deepest part that describes a file."""
        return {path: page for page in self.parts for path in page.files}

    @property
    def parts(self) -> list[PlannedPage]:
        """The pages that describe parts, in order."""
        return [page for page in self.pages if page.kind is PageKind.PART]

    def children(self, slug: str) -> list[PlannedPage]:
        """The pages right below one, in order; those at the top for an empty slug."""
        return [page for page in self.pages if page.parent == slug]
