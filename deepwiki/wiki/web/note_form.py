"""The form in which a note is written: its kind, its text, its place on a version of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from deepwiki.foundation.parsing import parse_number
from deepwiki.wiki.contributions.note_html import text_html
from deepwiki.wiki.contributions.notes import MAX_CHARS, NoteDraft, NoteRefused, newest_version
from deepwiki.wiki.contributions.places import NoteAnchor, PageBlock, page_blocks
from deepwiki.wiki.models import PageNote, PageVersion, WikiPage
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.reading.rendered_page import rendered

LABEL_CHARS = 70
MAX_PLACES = 400  # that are offered
TOP = "top"
SAME = "same"


@dataclass(frozen=True)
class PlaceOption:
    """A place in the list of the form."""

    value: str
    label: str
    is_heading: bool


@dataclass(frozen=True)
class NoteForm:
    """What was typed, or what the note says."""

    version: PageVersion
    blocks: Sequence[PageBlock]
    note: PageNote | None
    kind: str
    text: str
    place: str

    @classmethod
    def of(cls, request: HttpRequest, page: WikiPage, note: PageNote | None) -> NoteForm:
        """The form as it was sent, or filled with what the note says."""
        typed = request.POST
        version = _version(page, typed)
        shown = rendered(version, page.wiki.repository, for_strangers=False)
        blocks = page_blocks(shown.as_html({}))
        kind, text = _first_values(note)
        place = _first_place(request, note)
        return cls(
            version,
            blocks,
            note,
            typed.get("kind", kind),
            typed.get("text", text),
            typed.get("place", place),
        )

    def draft(self, user_id: int) -> NoteDraft:
        """What is to be saved. Raises NoteRefused."""
        return NoteDraft(self.kind, self.text, self._anchor(), user_id)

    def context(self) -> dict[str, Any]:
        """Of `wiki/note_form.html`."""
        return {
            "form": self,
            "kinds": PageNote.Kind.choices,
            "places": self._places(),
            "max_chars": MAX_CHARS,
        }

    def preview(self, urls: Mapping[str, str]) -> str:
        """What is typed, as the page would show it."""
        text = self.text.replace("\r\n", "\n")[:MAX_CHARS]
        repository = self.version.page.wiki.repository
        return text_html(text, repository, for_strangers=False).as_html(urls)

    def _anchor(self) -> NoteAnchor:
        if self.note is not None and self.place == SAME:
            return NoteAnchor.from_json(self.note.anchor)
        if self.place == TOP:
            return NoteAnchor()
        at = parse_number(self.place)
        if at is None or not 0 <= at < len(self.blocks):
            raise NoteRefused("place")
        return NoteAnchor.at(self.blocks[at])

    def _places(self) -> list[PlaceOption]:
        options = [PlaceOption(TOP, _("At the top of the page"), is_heading=True)]
        if self.note is not None:
            options.insert(0, PlaceOption(SAME, _("Where it is now"), is_heading=True))
        for at, block in enumerate(self.blocks[:MAX_PLACES]):
            if block.text:
                options.append(PlaceOption(str(at), _label(block), block.is_heading))
        return options


def refusal(code: str) -> str:
    """Why a note cannot be saved, and what to do."""
    sentences = {
        "empty": _("Write something first."),
        "too_long": _("A note has at most %(n)s characters. Shorten it, or make two of it."),
        "kind": _("Choose whether it is a note or a correction."),
        "place": _("This page has no such place. Choose another."),
        "too_many": _("This page has as many notes as it can have. Delete one first."),
        "too_many_versions": _("This note was changed too often. Write a new one."),
    }
    return sentences[code] % {"n": f"{MAX_CHARS:,}"}


def _label(block: PageBlock) -> str:
    text = Truncator(block.text).chars(LABEL_CHARS)
    if block.is_heading:
        return text
    return f"— {text}"


def _first_place(request: HttpRequest, note: PageNote | None) -> str:
    if note is not None:
        return SAME
    return request.GET.get("place", TOP)


def _first_values(note: PageNote | None) -> tuple[str, str]:
    if note is None:
        return PageNote.Kind.NOTE.value, ""
    newest = newest_version(note)
    return newest.kind, newest.text


def _version(page: WikiPage, typed: Mapping[str, str]) -> PageVersion:
    """The version that was on the screen, else the current one. Raises Http404."""
    version_id = parse_number(typed.get("version", ""))
    if version_id is not None:
        return get_object_or_404(page.versions, pk=version_id)
    version = current_version(page)
    if version is None:
        raise Http404
    return version
