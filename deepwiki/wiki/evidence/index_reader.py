"""Definitions and texts of the files of an index, read for the pages of a wiki."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from repos.graph import Definition, definitions_in, top_symbols
from repos.search import IndexSnapshot, file_texts, line_texts

MAX_FILES = 1_000  # of one call


class IndexReader:
    """Reads the files of a snapshot. Of the paths given to a call, the first MAX_FILES count.

    Files that are gone, and those without definitions, are left out of results.
    """

    def __init__(self, snapshot: IndexSnapshot) -> None:
        self._index_id = snapshot.index_id
        self._generation = snapshot.generation

    def outlines(self, paths: Iterable[str]) -> dict[str, list[Definition]]:
        """By path, the definitions of files in order of their start."""
        found: dict[str, list[Definition]] = {}
        for definition in definitions_in(self._index_id, _bounded(paths), at=self._generation):
            found.setdefault(definition.path, []).append(definition)
        return found

    def top_symbols(self, paths: Iterable[str], per_file: int) -> dict[str, list[Definition]]:
        """By path, the definitions that most files use, at most `per_file` of each file."""
        return top_symbols(self._index_id, _bounded(paths), per_file, at=self._generation)

    def texts(self, paths: Iterable[str]) -> dict[str, str]:
        """By path, the texts of files, without those that are large."""
        return file_texts(self._index_id, _bounded(paths), at=self._generation)

    def line_texts(self, lines: Mapping[str, Sequence[int]]) -> dict[str, dict[int, str]]:
        """By path, the texts of single lines, by their number from 1."""
        chosen = {path: lines[path] for path in _bounded(lines)}
        return line_texts(self._index_id, chosen, at=self._generation, indented=True)


def _bounded(paths: Iterable[str]) -> list[str]:
    return list(islice(dict.fromkeys(paths), MAX_FILES))
