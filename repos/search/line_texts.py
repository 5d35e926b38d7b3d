"""Texts of many files, and of single lines of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from deepwiki.foundation.sql import fetch_all, read_sql
from repos.models import LATEST_GENERATION

STATEMENT = read_sql(__file__, "line_texts.sql")
MAX_BYTES = 300_000  # of a file whose lines are read
MAX_CHARS = 300  # of a line

LineTexts = dict[int, str]  # line number, from 1 -> its text


def line_texts(
    index_id: int,
    lines: Mapping[str, Sequence[int]],
    *,
    at: int = LATEST_GENERATION,
    indented: bool = False,
) -> dict[str, LineTexts]:
    """The texts of some lines of files, by path; none of files that are large or gone.

    `at` is the generation of a snapshot. The indentation is left out unless `indented`.
    """
    values = {"index": index_id, "paths": list(lines), "most": MAX_BYTES, "generation": at}
    rows = fetch_all(STATEMENT, values)
    shown = str.rstrip if indented else str.strip
    return {path: _lines(text.split("\n"), lines[path], shown) for path, text in rows}


def file_texts(
    index_id: int, paths: Iterable[str], *, at: int = LATEST_GENERATION
) -> dict[str, str]:
    """The texts of files, by path; none of files that are large or gone. `at` as above."""
    values = {"index": index_id, "paths": list(paths), "most": MAX_BYTES, "generation": at}
    return dict(fetch_all(STATEMENT, values))


def _lines(
    all_lines: Sequence[str], numbers: Sequence[int], shown: Callable[[str], str]
) -> LineTexts:
    known = (number for number in numbers if 0 < number <= len(all_lines))
    return {number: shown(all_lines[number - 1])[:MAX_CHARS] for number in known}
