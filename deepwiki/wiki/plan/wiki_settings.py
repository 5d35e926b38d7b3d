"""The settings of a wiki that its repository holds. Pure.

`.devin/wiki.json` as https://docs.devin.ai/work-with-devin/deepwiki describes it, and
`.deepwiki/wiki.toml`, which says the same and more and wins where both are there. What they hold
is data: nothing in them is an instruction, and whatever is wrong is left out with a notice.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard, TypeVar

from deepwiki.foundation.languages import LANGUAGES

JSON_PATH = ".devin/wiki.json"
TOML_PATH = ".deepwiki/wiki.toml"
MAX_CHARS = 200_000
MAX_PAGES = 80
MAX_NOTES = 100
MAX_NOTE_CHARS = 10_000
MAX_TITLE_CHARS = 120
MAX_NOTICES = 20
MAX_DETAIL_CHARS = 200
MAX_GLOBS = 50
MAX_GLOB_CHARS = 200
MAX_LANGUAGE_CHARS = 10
LANGUAGE_CODES = frozenset(code for each in LANGUAGES for code in (each.answer, each.interface))

PARSERS: Mapping[str, Callable[[str], object]] = {
    JSON_PATH: json.loads,
    TOML_PATH: tomllib.loads,
}
T = TypeVar("T")
Cut = TypeVar("Cut", str, list[Any])


@dataclass(frozen=True)
class PlanNotice:
    """Something to be told about a plan: a key, and what it is about."""

    code: str
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        """As it is stored."""
        return {"code": self.code, "detail": self.detail}


@dataclass(frozen=True)
class WantedPage:
    """A page that the settings ask for. `parent` is the title of another, or empty."""

    title: str
    purpose: str = ""
    parent: str = ""
    notes: str = ""
    include: tuple[str, ...] = ()


@dataclass(frozen=True)
class WikiSettings:
    """What a repository says of its wiki; `language` is empty where it says none."""

    is_enabled: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    pages: tuple[WantedPage, ...] = ()
    notes: tuple[str, ...] = ()
    language: str = ""
    notices: tuple[PlanNotice, ...] = ()


@dataclass
class _Reading:
    """Reads values of one file, and collects what is wrong."""

    path: str
    notices: list[PlanNotice] = field(default_factory=list)

    def complain(self, code: str, detail: str = "") -> None:
        notice = PlanNotice(code, self._about(detail))
        if self._has_room_for(notice):
            self.notices.append(notice)

    def _about(self, detail: str) -> str:
        return f"{self.path} {detail}".strip()[:MAX_DETAIL_CHARS]

    def _has_room_for(self, notice: PlanNotice) -> bool:
        return notice not in self.notices and len(self.notices) < MAX_NOTICES

    def text(self, value: object, limit: int, name: str) -> str:
        if not self._is(value, str, name):
            return ""
        return _printable(self._cut(value, limit, name))

    def items(self, value: object, limit: int, name: str) -> list[Any]:
        if not self._is(value, list, name):
            return []
        return self._cut(value, limit, name)

    def globs(self, value: object, name: str) -> tuple[str, ...]:
        return self._texts(self.items(value, MAX_GLOBS, name), MAX_GLOB_CHARS, name)

    def notes(self, value: object, name: str) -> tuple[str, ...]:
        contents = map(_content, self.items(value, MAX_NOTES, name))
        return self._texts(contents, MAX_NOTE_CHARS, name)

    def _is(self, value: object, kind: type[T], name: str) -> TypeGuard[T]:
        """Whether there is a value of a type; one of another type is complained of."""
        if value is not None and not isinstance(value, kind):
            self.complain("settings_wrong_type", name)
        return isinstance(value, kind)

    def _cut(self, value: Cut, limit: int, name: str) -> Cut:
        if len(value) > limit:
            self.complain("settings_cut", name)
        return value[:limit]

    def _texts(self, values: Iterable[object], limit: int, name: str) -> tuple[str, ...]:
        texts = (self.text(value, limit, name) for value in values)
        return tuple(filter(None, texts))

    def _title(self, value: object, name: str) -> str:
        return " ".join(self.text(value, MAX_TITLE_CHARS, name).split())

    def language(self, value: object) -> str:
        """The code of a language that pages can be written in; empty for any other."""
        code = self.text(value, MAX_LANGUAGE_CHARS, "language").lower()
        if code and code not in LANGUAGE_CODES:
            self.complain("settings_unknown_language", code)
            return ""
        return code

    def flag(self, value: object, name: str) -> bool:
        if not isinstance(value, bool):
            self.complain("settings_wrong_type", name)
            return True
        return value

    def pages(self, value: object) -> tuple[WantedPage, ...]:
        found: dict[str, WantedPage] = {}
        for each in self.items(value, MAX_PAGES, "pages"):
            page = self._page(each)
            if page is None or page.title.casefold() in found:
                self.complain("settings_page_left_out", page.title if page else "")
                continue
            found[page.title.casefold()] = page
        return self._with_parents(found)

    def _page(self, value: object) -> WantedPage | None:
        if not isinstance(value, dict):
            return None
        title = self._title(value.get("title"), "title")
        if not title:
            return None
        return WantedPage(
            title=title,
            purpose=self.text(value.get("purpose"), MAX_NOTE_CHARS, "purpose"),
            parent=self._title(value.get("parent"), "parent"),
            notes="\n\n".join(self.notes(value.get("page_notes"), "page_notes")),
            include=self.globs(value.get("include"), "include"),
        )

    def _with_parents(self, pages: Mapping[str, WantedPage]) -> tuple[WantedPage, ...]:
        """Pages whose parents are unknown, or lead back to them, stand at the top."""
        checked: dict[str, WantedPage] = {}
        for key, page in pages.items():
            parent = page.parent.casefold()
            if parent and (parent not in pages or _leads_to(parent, key, {**pages, **checked})):
                self.complain("settings_parent_left_out", page.title)
                page = replace(page, parent="")
            checked[key] = page
        return tuple(checked.values())


def read_settings(texts: Mapping[str, str]) -> WikiSettings:
    """From the texts of the two files, by path; either may be missing. Raises nothing."""
    found = WikiSettings()
    for path, parse in PARSERS.items():
        if path in texts:
            found = _read(_Reading(path), texts[path], parse, found)
    return found


def _read(reading: _Reading, text: str, parse: Any, former: WikiSettings) -> WikiSettings:
    values: object = None
    if len(text) > MAX_CHARS:
        reading.complain("settings_too_large")
    else:
        try:
            values = parse(text)
        except (ValueError, RecursionError):
            reading.complain("settings_not_readable")
        else:
            if not isinstance(values, dict):
                reading.complain("settings_wrong_type")
    changes: dict[str, Any] = {}
    if isinstance(values, dict):
        changes = _changes(reading, values)
    return replace(former, **changes, notices=(*former.notices, *reading.notices))


def _changes(reading: _Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only `.deepwiki/wiki.toml` has the settings that are our own."""
    readers: dict[str, tuple[str, Callable[[object], object]]] = {
        "repo_notes": ("notes", lambda value: reading.notes(value, "repo_notes")),
        "pages": ("pages", reading.pages),
    }
    if reading.path == TOML_PATH:
        readers |= {
            "notes": ("notes", lambda value: reading.notes(value, "notes")),
            "enabled": ("is_enabled", lambda value: reading.flag(value, "enabled")),
            "include": ("include", lambda value: reading.globs(value, "include")),
            "exclude": ("exclude", lambda value: reading.globs(value, "exclude")),
            "language": ("language", reading.language),
        }
    return {name: read(values[key]) for key, (name, read) in readers.items() if key in values}


def _content(note: object) -> object:
    """The text of a note, which may be an object that has it as `content`."""
    return note.get("content") if isinstance(note, dict) else note


def _leads_to(start: str, end: str, pages: Mapping[str, WantedPage]) -> bool:
    """Whether the parents of a page lead to another one, or in a circle."""
    seen: set[str] = set()
    while start in pages and start not in seen:
        if start == end:
            return True
        seen.add(start)
        start = pages[start].parent.casefold()
    return start in seen


def _printable(text: str) -> str:
    """Without control characters and lone surrogates, which the database refuses."""
    return "".join(filter(_is_kept, text)).encode("utf-8", "ignore").decode().strip()


def _is_kept(char: str) -> bool:
    return char.isprintable() or char in "\n\t"
