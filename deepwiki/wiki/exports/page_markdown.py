"""A page as a Markdown file: where it is from, its text, its links to other files."""

from __future__ import annotations

import re
from collections.abc import Callable, Container

from deepwiki.wiki.models import PageVersion

LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\(<?wiki:([\w.-]{1,100})>?\)")


def page_markdown(text: str, version: PageVersion, slugs: Container[str], name: str) -> str:
    """A text of a version as a file. Links to pages that are not among `slugs` become text."""
    text = with_targets(text, slugs, "{}.md".format)
    return f"{text.rstrip()}\n\n---\n\n{origin(version, name)}\n"


def origin(version: PageVersion, name: str) -> str:
    """One sentence on what a text was made of, in English as the names of files are."""
    author = PageVersion.Author(version.made_by).value
    return f"{name} at {version.commit[:12]}; made by: {author}."


def with_targets(text: str, slugs: Container[str], address: Callable[[str], str]) -> str:
    """Markdown whose links to pages have other addresses; those to no page become text."""

    def link(match: re.Match[str]) -> str:
        label, slug = match.groups()
        return f"[{label}]({address(slug)})" if slug in slugs else str(label)

    return LINK.sub(link, text)
