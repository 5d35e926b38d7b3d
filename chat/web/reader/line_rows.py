"""Lines of code as items of a list. Not a template: a page has hundreds of them."""

from __future__ import annotations

from collections.abc import Container, Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from chat.web.reader.line_window import CodeLine

# White space is shown inside an item: the tags stay on one line with the code.
ROW = (
    '<li id="L{0}" value="{0}"{1}><a class="number" href="#L{0}" data-line="{0}" tabindex="-1">{0}</a>'
    "<code>{2}</code>{3}</li>\n"
)
MARKED = format_html(' class="{}"', "marked")


def line_rows(lines: Iterable[CodeLine], chosen: Container[int]) -> SafeString:
    """The rows of a file; the chosen lines are marked."""
    return format_html_join("", ROW, (_row(line, chosen) for line in lines))


def _row(line: CodeLine, chosen: Container[int]) -> tuple[object, ...]:
    return line.number, _mark(line, chosen), line.html, _cut(line)


def _mark(line: CodeLine, chosen: Container[int]) -> str:
    """The class of a chosen line."""
    if line.number in chosen:
        return MARKED
    return ""


def _cut(line: CodeLine) -> str:
    """How many characters are left out at the end of a line; empty where none are."""
    if not line.hidden:
        return ""
    text = ngettext("… %(n)s more character", "… %(n)s more characters", line.hidden)
    return format_html('<span class="cut">{}</span>', text % {"n": line.hidden})
