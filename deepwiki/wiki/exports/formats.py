"""The formats of an exported wiki, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deepwiki.wiki.exports.html_file import html_file
from deepwiki.wiki.exports.json_file import json_file
from deepwiki.wiki.exports.markdown_zip import markdown_zip
from deepwiki.wiki.exports.wiki_export import WikiExport


@dataclass(frozen=True)
class ExportFormat:
    """What makes the file, what it is, and how its name ends."""

    write: Callable[[WikiExport], bytes]
    content_type: str
    suffix: str


FORMATS: Mapping[str, ExportFormat] = {
    "markdown": ExportFormat(markdown_zip, "application/zip", "zip"),
    "html": ExportFormat(html_file, "text/html; charset=utf-8", "html"),
    "json": ExportFormat(json_file, "application/json; charset=utf-8", "json"),
}
BY_SUFFIX: Mapping[str, ExportFormat] = {each.suffix: each for each in FORMATS.values()}
