"""What templates of the wiki ask for beside those of chat."""

import re

from django import template

from chat.core.citation_search import CODE, find
from deepwiki.wiki.web.page_lists import contents_html, sources_html, tree_html
from deepwiki.wiki.web.stored_errors import translated_error

SPACE_BEFORE_MARK = re.compile(r"\s+(?=[.,;:!?])")
register = template.Library()
register.filter("translated_error", translated_error)
register.simple_tag(contents_html)
register.simple_tag(sources_html)
register.simple_tag(tree_html)


@register.filter
def without_citations(sentence: str) -> str:
    """A sentence without the lines that it cites, where these stand beside it."""
    return SPACE_BEFORE_MARK.sub("", CODE.sub(_without_citation, sentence)).strip()


def _without_citation(code: re.Match[str]) -> str:
    return "" if find(code[0]) else code[0]
