"""Slides as one HTML file that presents itself: nothing is loaded, its links lead to the host."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.models import PageVersion, Wiki
from deepwiki.wiki.reading.lessons import lessons
from deepwiki.wiki.reading.rendered_page import rendered

SCRIPT, STYLE = "js/wiki/slides.js", "css/slides.css"
PREFIX = "slide-"
# Empty in the template.
STYLE_TAG, SCRIPT_TAG = "<style></style>", '<script type="module"></script>'


def slides_file(wiki: Wiki, version: PageVersion, urls: Mapping[str, str]) -> bytes:
    """The file. Links to pages of the wiki lead to this site."""
    shown = rendered(version, wiki.repository, for_strangers=True).with_prefix(PREFIX)
    absolute = {slug: f"{settings.PUBLIC_ORIGIN}{url}" for slug, url in urls.items()}
    context = {
        "lessons": lessons(PageContent.from_json(version.content), shown, absolute),
        "name": wiki.repository.name,
        "version": version,
    }
    text = render_to_string("wiki/slides_file.html", context)
    return _filled(_filled(text, STYLE_TAG, STYLE), SCRIPT_TAG, SCRIPT).encode()


def _filled(text: str, tag: str, name: str) -> str:
    """The text with a file in an empty element; foreign text is escaped and has no such tag."""
    return text.replace(tag, tag.replace("></", f">{_static(name)}</"))


@cache
def _static(name: str) -> str:
    """One of our own files of styles or scripts, to stand within HTML."""
    text = Path(str(finders.find(name))).read_text("utf-8")
    return text.replace("</", "<\\/")
