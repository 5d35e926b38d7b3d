"""Allow-list sanitizer. The only module that marks a string as safe for templates.

The worker process sanitizes (`clean`); what it returns is marked as safe in the web
process (`cleaned`).
"""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe

MATHML_TAGS = set(
    "math semantics mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot "
    "mover munder munderover mtable mtr mtd mstyle mpadded menclose mphantom".split()
)
TAGS = MATHML_TAGS | set(
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code span div em strong del s a "
    "table thead tbody tr th td input figure figcaption button sup sub dl dt dd img "
    "details summary label kbd".split()
)
ATTRIBUTES = {
    "a": {"href", "title", "class", "target", "data-path", "data-start", "data-end"},
    "code": {"class"},
    "img": {"src", "alt", "width", "height", "class", "loading"},
    "p": {"class", "data-note"},
    "pre": {"class", "tabindex"},
    "span": {"class", "title", "data-note"},
    "div": {"class"},
    "figure": {"class", "data-language"},
    "button": {"class", "type", "data-action"},
    "ol": {"start"},
    "ul": {"class"},
    "li": {"class"},
    "th": {"class"},
    "td": {"class"},
    "input": {"type", "checked", "disabled", "class"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "form"},
    "mi": {"mathvariant"},
    "mstyle": {"displaystyle", "scriptlevel"},
}
SVG_DATA_PREFIX = "data:image/svg+xml;base64,"
DIAGRAM_SCHEME = "diagram:"
URL_SCHEMES = {"http", "https", "mailto", "data", "diagram"}


def clean(html: str) -> str:
    """`html` without the tags, attributes and URL schemes that are not listed above."""
    return _cleaner.clean(html)


def cleaned(html: str) -> SafeString:
    """HTML that `clean` made, or markup without any text of others, as safe for templates."""
    return mark_safe(html)  # noqa: S308 - sanitized by `clean`


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    """The attribute's value, None to drop it: only images that we drew have other schemes."""
    if _is_allowed(tag, name, value):
        return value
    return None


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("img", "src"):
        return value.startswith((SVG_DATA_PREFIX, DIAGRAM_SCHEME))
    return name != "href" or not value.strip().lower().startswith(("data:", DIAGRAM_SCHEME))


_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=URL_SCHEMES,
    attribute_filter=_filter_attribute,
    link_rel="noopener noreferrer",
)
