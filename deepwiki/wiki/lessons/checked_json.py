"""Values of a model's JSON within bounds, and citations of lines that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from deepwiki.wiki.pages.escaping import code, fenced, prose
from deepwiki.wiki.writing.json_reply import json_object

MAX_ITEMS = 60  # of one list that are looked at
MAX_TITLE_CHARS = 90
MAX_TEXT_CHARS = 320
MAX_NOTES_CHARS = 1_500
MAX_CITED_LINES = 400
MAX_CITATION_CHARS = 1_000
Item = Mapping[str, Any]
T = TypeVar("T")


class NotUsable(ValueError):
    """What a model returned is no JSON of the shape that was asked for, or too large."""


@dataclass
class CheckedFiles:
    """The texts of files by path, in which citations are looked up.

    `given` are the lines that the model was shown, all of these files without it. `left_out`
    counts refusals, `undrawn` those of drawings.
    """

    texts: Mapping[str, str]
    languages: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Sequence[tuple[int, int]]] | None = None
    left_out: int = 0
    undrawn: int = 0

    def __post_init__(self) -> None:
        self._lines = lru_cache(maxsize=64)(self._split)

    def citation(self, item: Item) -> str:
        """The citation of `path`, `start` and `end` as Markdown; empty if they do not exist."""
        path, start, end = item.get("path"), a_number(item.get("start")), a_number(item.get("end"))
        if not isinstance(path, str) or path not in self.texts:
            return ""
        if not 1 <= start <= end <= min(len(self._lines(path)), start + MAX_CITED_LINES):
            return ""
        if not self._was_given(path, start, end):
            return ""
        return code(f"{path}:{_lines(start, end)}", MAX_CITATION_CHARS)

    def _was_given(self, path: str, start: int, end: int) -> bool:
        given = self.given
        return given is None or any(_covers(each, start, end) for each in given.get(path, ()))

    def quoted(self, item: Item, limit: int) -> str:
        """The first lines of a citation as they stand in the file, fenced."""
        start, end = a_number(item.get("start")), a_number(item.get("end"))
        lines = self._lines(item["path"])[start - 1 : min(end, start - 1 + limit)]
        return fenced(lines, self.languages.get(item["path"], ""))

    def refuse(self) -> None:
        """Count something that is left out."""
        self.left_out += 1

    def refuse_drawing(self) -> None:
        """Count a drawing that is left out."""
        self.left_out += 1
        self.undrawn += 1

    def _split(self, path: str) -> Sequence[str]:
        return self.texts[path].split("\n")


def items_of(text: str, key: str) -> Iterator[Item]:
    """The objects of the list `key` of a JSON object, within a fence or without one.

    Raises NotUsable.
    """
    value = json_object(text)
    if value is None or not isinstance(value.get(key), list):
        raise NotUsable(f"no list of {key}")
    return objects(value[key])


def objects(value: object) -> Iterator[Item]:
    """The objects of a list, at most MAX_ITEMS; none of another value."""
    return filter(_is_object, islice(a_list(value), MAX_ITEMS))


def a_list(value: object) -> list[Any]:
    """The list itself, an empty one for another value."""
    return _of(list, value, [])


def an_object(value: object) -> Item:
    """The object itself, an empty one for another value."""
    return _of(dict, value, {})


def a_text(value: object) -> str:
    """The text itself, an empty one for another value."""
    return _of(str, value, "")


def texts(value: object, limit: int) -> list[str]:
    """The texts of a list as Markdown, those that are empty left out."""
    return list(filter(None, map(words, a_list(value)[:limit])))


def words(value: object, limit: int = MAX_TEXT_CHARS) -> str:
    """A text as Markdown within a line, in which only code between backticks is markup."""
    return prose(a_text(value), limit)


def paragraphs(value: object) -> str:
    """A text of several lines as paragraphs of Markdown."""
    lines = a_text(value)[:MAX_NOTES_CHARS].split("\n")
    return "\n\n".join(filter(None, map(words, lines)))


def a_number(value: object) -> int:
    """The whole number itself, 0 for another value."""
    return _of(int, value, 0)


def _of(kind: type[T], value: object, other: T) -> T:
    if type(value) is kind:
        return value
    return other


def _covers(lines: tuple[int, int], start: int, end: int) -> bool:
    first, last = lines
    return first <= start and end <= last


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _lines(start: int, end: int) -> str:
    """`L1` or `L1-L2`."""
    if start == end:
        return f"L{start}"
    return f"L{start}-L{end}"
