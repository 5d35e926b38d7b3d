"""Sentences in rendered answers about what could not be shown as it was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

TOO_COMPLEX = "too_complex"
NO_RENDERER = "no_renderer"
NOT_DRAWN = "not_drawn"
DIAGRAM_TOO_LARGE = "diagram_too_large"
NOTES = {
    TOO_COMPLEX: "What follows is too complex to be formatted. It is shown as plain text.",
    NO_RENDERER: "This could not be formatted just now. It is shown as plain text.",
    NOT_DRAWN: "This diagram could not be drawn. Its source is shown instead.",
    DIAGRAM_TOO_LARGE: "This diagram is too large to be drawn. Its source is shown instead.",
}
# What stands behind a citation, for screen readers and as its tooltip.
CITE_MISSING = "cite_missing"
CITE_UNREAD = "cite_unread"
CITE_CHANGED = "cite_changed"
CITE_UNSUPPORTED = "cite_unsupported"
CITE_NOTES = {
    CITE_MISSING: "not found in this commit",
    CITE_UNREAD: "not read for this answer",
    CITE_CHANGED: "changed since this was written",
    CITE_UNSUPPORTED: "not verified",
}


def note_html(name: str) -> str:
    """A note in English. The page's script, or `translate_notes`, translates it."""
    return _markup(name, NOTES[name])


def cite_note_html(name: str) -> str:
    """The note behind a citation in English, to be translated as the others."""
    return _cite_markup(name, CITE_NOTES[name])


def translate_notes(html: str, translate: Callable[[str], str]) -> str:
    """Rendered HTML with its notes translated.

    Text of an answer cannot look like a note: its quotation marks and brackets are escaped.
    """
    for markup, name, sentence in _all_notes():
        english = markup(name, sentence)
        if english in html:
            html = html.replace(english, markup(name, translate(sentence)))
    return html


def _all_notes() -> Iterator[tuple[Callable[[str, str], str], str, str]]:
    yield from ((_markup, name, sentence) for name, sentence in NOTES.items())
    yield from ((_cite_markup, name, sentence) for name, sentence in CITE_NOTES.items())


def _markup(name: str, sentence: str) -> str:
    return f'<p class="render-note" data-note="{name}">{sentence}</p>'


def _cite_markup(name: str, sentence: str) -> str:
    return f'<span class="cite-note" data-note="{name}"> {sentence}</span>'
