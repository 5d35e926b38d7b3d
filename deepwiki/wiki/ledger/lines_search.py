"""Looks for lines that were hashed once in the files of an index, those of one file together.

Lines whose file has the same content cost no reading; each other file is read and hashed once,
a few files at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.ledger.claim_files import READ_AT_ONCE, ClaimFiles
from deepwiki.wiki.ledger.relocation import VERIFIED, ClaimLines, Relocation, relocate, renamed

Item = TypeVar("Item")


def find_lines(wanted: Iterable[ClaimLines], files: ClaimFiles) -> dict[ClaimLines, Relocation]:
    """What became of each of them: verified, moved or changed."""
    return _Search(files, list(dict.fromkeys(wanted))).relocations()


def in_batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in their order, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass
class _Search:
    files: ClaimFiles
    wanted: list[ClaimLines]
    found: dict[ClaimLines, Relocation] = field(default_factory=dict)

    def relocations(self) -> dict[ClaimLines, Relocation]:
        self._look(self.wanted, self._in_same_content)
        self._look(self._unknown(), self._renamed)
        for some in self._by_file():
            self.files.read({lines.path for lines in some})
            self._look(some, self._in_own_file)
        lost = self._unknown()
        self.files.read_others(lines.path for lines in lost)
        self._look(lost, self._anywhere)
        return self.found

    def _unknown(self) -> list[ClaimLines]:
        """Those that are not found yet."""
        return [lines for lines in self.wanted if lines not in self.found]

    def _by_file(self) -> Iterator[list[ClaimLines]]:
        """Those that are not found yet, in batches of a few files each."""
        by_path: dict[str, list[ClaimLines]] = defaultdict(list)
        for lines in self._unknown():
            by_path[lines.path].append(lines)
        for some in in_batches(list(by_path.values()), READ_AT_ONCE):
            yield [lines for of_file in some for lines in of_file]

    def _look(
        self, wanted: Iterable[ClaimLines], search: Callable[[ClaimLines], Relocation | None]
    ) -> None:
        for lines in wanted:
            relocation = search(lines)
            if relocation is not None:
                self.found[lines] = relocation

    def _in_same_content(self, lines: ClaimLines) -> Relocation | None:
        if self.files.is_same(lines):
            return VERIFIED
        return None

    def _renamed(self, lines: ClaimLines) -> Relocation | None:
        if self.files.has(lines.path):
            return None
        return _unless_changed(renamed(lines, self.files.paths_of(lines.blob)))

    def _in_own_file(self, lines: ClaimLines) -> Relocation | None:
        return _unless_changed(relocate(lines, self.files.hashes(lines.path), {}))

    def _anywhere(self, lines: ClaimLines) -> Relocation:
        return relocate(lines, None, self.files.others_for(lines.path))


def _unless_changed(relocation: Relocation) -> Relocation | None:
    if relocation.state == ClaimState.CHANGED:
        return None
    return relocation
