"""What the page of a folder shows, and the tree of files in the rail."""

from __future__ import annotations

import posixpath
import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from chat.core.citations import Checked, Citation
from chat.rendering import render as render_markdown
from chat.rendering.citation_links import CitationChecker
from chat.web.reader.file_view import crumbs
from chat.web.reader.indexed_code import IndexedCode
from repos.models import Document
from repos.search import Folder, FolderEntry, code_url, line_counts

MAX_DEPTH = 40  # of folders that the tree opens by itself
MAX_README_CHARS = 60_000
OPENING_CHARS = 600
README_SECONDS = 0.5
READMES = ("readme.md", "readme.markdown", "readme.rst", "readme.txt", "readme")
MARKDOWN = (".md", ".markdown")
FENCE = "`" * 12
FENCE_LINE = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
# Of Markdown or HTML, with the link around it.
PICTURE = re.compile(
    r"\[!\[[^\]]{0,300}\]\([^)\s]{0,500}\)\]\([^)\s]{0,500}\)|!\[[^\]]{0,300}\]\([^)\s]{0,500}\)"
    r"|<img\b[^>]{0,500}>|</?(?:p|div|a|center|picture|source|h[1-6])\b[^>]{0,500}>"
)
LINK = re.compile(r"\]\(([^\s()#?]{1,300})")  # of Markdown, up to the path's end


@dataclass(frozen=True)
class ReaderLinks(CitationChecker):
    """The Check of a README: what it names is linked to the page on which it is read."""

    repository_id: uuid.UUID

    def __call__(self, citation: Citation) -> Checked:
        checked = super().__call__(citation)
        return replace(checked, href=self._href(citation)) if checked.found else checked

    def _href(self, citation: Citation) -> str:
        return code_url(self.repository_id, citation.path, citation.start, citation.end)


@dataclass(frozen=True)
class TreeItem:
    """An entry of the tree; a folder that is open has `items`."""

    entry: FolderEntry
    items: tuple[TreeItem, ...] | None = None


@dataclass(frozen=True)
class Tree:
    """The tree of files with some folders open, by their paths."""

    code: IndexedCode
    opened: frozenset[str] = frozenset()

    def items(self, folder: str) -> tuple[TreeItem, ...]:
        """What is in a folder."""
        return tuple(map(self._item, self.code.folder(folder).entries))

    def _item(self, entry: FolderEntry) -> TreeItem:
        if entry.is_folder and entry.path in self.opened:
            return TreeItem(entry, self.items(entry.path))
        return TreeItem(entry)


def tree_items(code: IndexedCode, path: str) -> tuple[TreeItem, ...]:
    """The tree from the root down, with the folders above `path` open."""
    opened = frozenset(crumb.path for crumb in crumbs(path)[:MAX_DEPTH])
    return Tree(code, opened).items("")


def folder_context(code: IndexedCode, folder: Folder) -> dict[str, Any]:
    """Context of the page of a folder, its README rendered."""
    readme = _readme(folder)
    document = code.file(readme.path) if readme is not None else None
    return {
        "folder": folder,
        "crumbs": crumbs(folder.path),
        "readme": document,
        "readme_html": _readme_html(code, document) if document is not None else "",
        "host_url": code.host_url(folder.path),
    }


def readme_opening(code: IndexedCode, folder: Folder) -> dict[str, Any]:
    """The first lines of a folder's README, rendered: `path` and `html`; empty without one."""
    readme = _readme(folder)
    document = code.file(readme.path) if readme is not None else None
    if document is None:
        return {}
    document.text = _opening(document.text)
    return {"path": document.path, "html": _readme_html(code, document)}


def _opening(text: str) -> str:
    """The paragraphs of a text that begin within OPENING_CHARS, without its title, badges and pictures."""
    kept: list[str] = []
    length = 0
    for paragraph in re.split(r"\n\s*\n", text[:MAX_README_CHARS]):
        if length > OPENING_CHARS or FENCE_LINE.search(paragraph):
            break
        words = PICTURE.sub("", paragraph)
        if words.strip() and (kept or not words.lstrip().startswith("# ")):  # no title
            kept.append(words)
            length += len(words)
    return "\n\n".join(kept)


def _readme(folder: Folder) -> FolderEntry | None:
    files = {entry.name.lower(): entry for entry in folder.entries if not entry.is_folder}
    return next((files[name] for name in READMES if name in files), None)


def _readme_html(code: IndexedCode, document: Document) -> str:
    index = code.index
    lines = line_counts(index.pk, index.updated_at)
    links = ReaderLinks(code.repository.address, index.commit, lines, code.repository.pk)
    text = _from_root(_markdown(document), posixpath.dirname(document.path), lines)
    return render_markdown(text, links, seconds=README_SECONDS)


def _from_root(text: str, folder: str, known: Collection[str]) -> str:
    """A text whose links are relative to the root, not to its folder; unknown paths stay."""

    def target(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[1]))
        return f"]({path}" if path in known else match[0]

    return LINK.sub(target, text) if folder else text


def _markdown(document: Document) -> str:
    """The text of a README; one that is not Markdown as a block of text."""
    text = document.text[:MAX_README_CHARS]
    return text if _is_markdown(document) else f"{FENCE}text\n{text}\n{FENCE}"


def _is_markdown(document: Document) -> bool:
    return document.path.lower().endswith(MARKDOWN)
