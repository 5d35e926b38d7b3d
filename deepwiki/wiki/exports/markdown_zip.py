"""A wiki as a zip of Markdown files, one a page, and one that lists them."""

from __future__ import annotations

import io
import zipfile

from deepwiki.wiki.exports.page_markdown import page_markdown
from deepwiki.wiki.exports.wiki_export import ExportedPage, WikiExport

INDENT = "  "
FIXED_DATE = (2020, 1, 1, 0, 0, 0)  # the same wiki is the same file


def markdown_zip(export: WikiExport) -> bytes:
    """The zip; `README.md` is the list."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        _add(file, "README.md", contents(export))
        for page in export.pages:
            text = page_markdown(page.text, page.version, export.slugs, export.name)
            _add(file, f"{page.slug}.md", text)
    return buffer.getvalue()


def contents(export: WikiExport) -> str:
    """The pages as a list of links, with what each is about."""
    lines = [f"# {export.name}", "", *map(_line, export.pages)]
    if export.left_out:
        lines += ["", f"{export.left_out} pages are left out: the wiki is too large."]
    return "\n".join([*lines, ""])


def _line(page: ExportedPage) -> str:
    return f"{INDENT * page.depth}- [{page.version.title}]({page.slug}.md): {page.summary}"


def _add(file: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, FIXED_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(entry, text)
