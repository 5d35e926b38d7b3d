"""What templates of the wiki ask for beside those of chat."""

import re

from django import template
from django.utils.text import Truncator

from chat.core.citation_search import CODE, find
from deepwiki.wiki.reading.page_search import without_markup
from deepwiki.wiki.web.page_lists import contents_html, sources_html, tree_html
from deepwiki.wiki.web.stored_errors import translated_error

SPACE_BEFORE_MARK = re.compile(r"\s+(?=[.,;:!?])")
MAX_BEGINNING = 1_000  # of a text, that is looked at
SHOWN_CHARS = 80
register = template.Library()
register.filter("translated_error", translated_error)
register.simple_tag(contents_html)
register.simple_tag(sources_html)
register.simple_tag(tree_html)


@register.filter
def without_citations(sentence: str) -> str:
    """A sentence without the lines that it cites, where these stand beside it."""
    return SPACE_BEFORE_MARK.sub("", CODE.sub(_without_citation, sentence)).strip()


@register.filter
def beginning(markdown: str) -> str:
    """The first words of a Markdown text, without its marks."""
    words = " ".join(without_markup(markdown[:MAX_BEGINNING]).split())
    return Truncator(SPACE_BEFORE_MARK.sub("", words)).chars(SHOWN_CHARS)


def _without_citation(code: re.Match[str]) -> str:
    return "" if find(code[0]) else code[0]
