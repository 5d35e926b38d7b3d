"""What a model says of the pages of a plan: names, purposes, order, merging, dividing.

All of it is checked against the plan; one thing wrong and the plan stays as it was. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from deepwiki.wiki.plan import ArrangedPage, PageKind, WikiPlan, can_merge
from deepwiki.wiki.writing.json_reply import dicts, json_object, text_of

MAX_TITLE_CHARS = 80
MAX_PURPOSE_CHARS = 400
MAX_PAGES = 80
PAGES_EACH = 2  # of each given page, at most
MAX_PARTS = 12  # of one page
MAX_FILES = 200
MARKUP = re.compile(r"<(?=[a-zA-Z/!?])|://|\]\(|javascript:|www\.", re.IGNORECASE)


class PlanRefused(Exception):
    """The reply is no plan. `code` says why, `detail` where."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail[:MAX_TITLE_CHARS]


def read_plan(reply: str, plan: WikiPlan) -> list[ArrangedPage]:
    """The pages that a reply arranges. Raises PlanRefused.

    What would merge parts that do not stand beside each other is left out.
    """
    return _PlanReading(plan).pages(_pages_in(reply))


def _pages_in(reply: str) -> object:
    value = json_object(reply)
    if value is None:
        raise PlanRefused("plan_not_json")
    return value.get("pages")


@dataclass(frozen=True)
class _PlanReading:
    plan: WikiPlan

    def pages(self, value: object) -> list[ArrangedPage]:
        pages = list(map(self._page, self._entries(value)))
        self._check_once(pages)
        return list(filter(self._can_stand, pages))

    def _can_stand(self, page: ArrangedPage) -> bool:
        return len(page.parts) == 1 or can_merge(self.plan, page.parts)

    def _entries(self, value: object) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not value:
            raise PlanRefused("plan_no_pages")
        if len(value) > min(MAX_PAGES, PAGES_EACH * len(self.plan.pages)):
            raise PlanRefused("plan_too_many_pages", str(len(value)))
        entries = dicts(value, len(value))
        if len(entries) < len(value):
            raise PlanRefused("plan_no_pages")
        return entries

    def _page(self, entry: dict[str, Any]) -> ArrangedPage:
        title = self._plain(entry.get("title"), MAX_TITLE_CHARS, "plan_bad_name").strip("`* ")
        if not title:
            raise PlanRefused("plan_bad_name")
        purpose = self._plain(entry.get("purpose", ""), MAX_PURPOSE_CHARS, "plan_bad_purpose")
        parts = self._listed(entry.get("parts"), MAX_PARTS)
        if not parts or not all(part in self.plan.by_slug for part in parts):
            raise PlanRefused("plan_unknown_page", title)
        return ArrangedPage(title, purpose, parts, self._files(entry, parts))

    def _files(self, entry: dict[str, Any], parts: tuple[str, ...]) -> tuple[str, ...]:
        files = self._listed(entry.get("files", []), MAX_FILES)
        unknown = set(files) - self._files_of(parts)
        if unknown:
            raise PlanRefused("plan_unknown_file", text_of(min(unknown), MAX_TITLE_CHARS))
        return files

    def _files_of(self, parts: tuple[str, ...]) -> set[str]:
        return {path for part in parts for path in self.plan.by_slug[part].files}

    def _plain(self, value: object, limit: int, code: str) -> str:
        """A text on one line, without markup and addresses."""
        if not _is_plain(value, limit):
            raise PlanRefused(code, text_of(value, MAX_TITLE_CHARS))
        return text_of(value, limit)

    def _listed(self, value: object, limit: int) -> tuple[str, ...]:
        if not isinstance(value, list) or not _are_texts(value, limit):
            raise PlanRefused("plan_no_pages")
        return tuple(dict.fromkeys(value))

    def _check_once(self, pages: list[ArrangedPage]) -> None:
        """A part stands on one page, or its files on several that have no other part."""
        divided = [page for page in pages if page.files and len(page.parts) == 1]
        whole = [part for page in pages if page not in divided for part in page.parts]
        merged = {part for page in pages if len(page.parts) > 1 for part in page.parts}
        files = [path for page in divided for path in page.files]
        parts = {part for page in divided for part in page.parts}
        named = [*filter(self._is_part, whole), *files]
        if len(named) > len(set(named)) or merged & parts:
            raise PlanRefused("plan_named_twice")

    def _is_part(self, slug: str) -> bool:
        return self.plan.by_slug[slug].kind is PageKind.PART


def _is_plain(value: object, limit: int) -> bool:
    return isinstance(value, str) and len(value) <= limit and MARKUP.search(value) is None


def _are_texts(values: list[Any], limit: int) -> bool:
    return len(values) <= limit and all(isinstance(value, str) for value in values)
