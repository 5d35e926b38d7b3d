"""What deepwiki-open's front end sends, checked: wikis that its page has generated. Pure.

A page is `{id, title, content, filePaths, importance, relatedPages}`, a structure
`{id, title, description, pages, sections, rootSections}`. Other fields are dropped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deepwiki.foundation.text import clean_json

MAX_PAGES = 300
MAX_ITEMS = 1_000  # of a list within a page or a section
MAX_NAME_CHARS = 500
MAX_TEXT_CHARS = 1_000_000
IMPORTANCES = ("high", "medium", "low")
Json = dict[str, Any]


class WrongPayload(ValueError):
    """A body that is not what the call takes; the text says which part."""


@dataclass(frozen=True)
class SentRepository:
    """The repository of a wiki as its sender names it; a token in it is dropped."""

    owner: str
    name: str
    kind: str
    url: str


@dataclass(frozen=True)
class SentWiki:
    """A wiki that a visitor's page has generated."""

    repository: SentRepository
    language: str
    structure: Json
    pages: dict[str, Json]
    provider: str
    model: str


@dataclass(frozen=True)
class SentExport:
    """Pages to be made into a file; `file_format` is `markdown` or `json`."""

    repository_url: str
    pages: list[Json]
    file_format: str


def parse_body(body: bytes) -> Json:
    """The object in a request's body, its strings clean. Raises WrongPayload."""
    try:
        sent = clean_json(json.loads(body))
    except (ValueError, RecursionError):
        raise WrongPayload("The body is no JSON.") from None
    return _object(sent, "The body")


def parse_wiki(sent: Json) -> SentWiki:
    """A wiki to be stored. Raises WrongPayload."""
    pages = _object(sent.get("generated_pages"), "generated_pages")
    return SentWiki(
        repository=_repository(_object(sent.get("repo"), "repo")),
        language=_name(sent, "language"),
        structure=_structure(_object(sent.get("wiki_structure"), "wiki_structure")),
        pages={key[:MAX_NAME_CHARS]: _page(page) for key, page in _bounded(pages, MAX_PAGES)},
        provider=_name(sent, "provider"),
        model=_name(sent, "model"),
    )


def parse_export(sent: Json) -> SentExport:
    """Pages to be exported. Raises WrongPayload."""
    file_format = _name(sent, "format")
    if file_format not in ("markdown", "json"):
        raise WrongPayload("format must be markdown or json.")
    pages = [_page(page) for page in _list(sent.get("pages"), "pages")[:MAX_PAGES]]
    return SentExport(_name(sent, "repo_url"), pages, file_format)


def _repository(sent: Json) -> SentRepository:
    return SentRepository(
        owner=_name(sent, "owner"),
        name=_name(sent, "repo"),
        kind=_name(sent, "type"),
        url=_name(sent, "repoUrl"),
    )


def _structure(sent: Json) -> Json:
    pages = _list(sent.get("pages"), "pages")
    sections = _list(sent.get("sections") or [], "sections")
    return {
        "id": _name(sent, "id"),
        "title": _name(sent, "title"),
        "description": _text(sent, "description"),
        "pages": [_page(page) for page in pages[:MAX_PAGES]],
        "sections": [_section(section) for section in sections[:MAX_PAGES]],
        "rootSections": _names(sent, "rootSections"),
    }


def _section(value: Any) -> Json:
    sent = _object(value, "A section")
    section: Json = {
        "id": _name(sent, "id"),
        "title": _name(sent, "title"),
        "pages": _names(sent, "pages"),
    }
    if sent.get("subsections"):
        section["subsections"] = _names(sent, "subsections")
    return section


def _page(value: Any) -> Json:
    sent = _object(value, "A page")
    importance = sent.get("importance")
    return {
        "id": _name(sent, "id"),
        "title": _name(sent, "title"),
        "content": _text(sent, "content"),
        "filePaths": _names(sent, "filePaths"),
        "importance": importance if importance in IMPORTANCES else "medium",
        "relatedPages": _names(sent, "relatedPages"),
    }


def _object(value: Any, what: str) -> Json:
    if not isinstance(value, dict):
        raise WrongPayload(f"{what} must be an object.")
    return value


def _list(value: Any, what: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise WrongPayload(f"{what} must be a list.")
    return value


def _bounded(items: Mapping[str, Any], limit: int) -> list[tuple[str, Any]]:
    return list(items.items())[:limit]


def _names(sent: Json, key: str) -> list[str]:
    values = sent.get(key) or []
    names = [value for value in _list(values, key)[:MAX_ITEMS] if isinstance(value, str)]
    return [name[:MAX_NAME_CHARS] for name in names]


def _name(sent: Json, key: str) -> str:
    return _text(sent, key)[:MAX_NAME_CHARS]


def _text(sent: Json, key: str) -> str:
    value = sent.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongPayload(f"{key} must be a text.")
    return value[:MAX_TEXT_CHARS]
