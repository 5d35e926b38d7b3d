"""The files of an index in which lines of claims are looked for; each is read and hashed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from deepwiki.wiki.ledger.line_hashes import LineHashes
from deepwiki.wiki.ledger.relocation import ClaimLines
from repos.search import FileState, IndexSnapshot, file_states, file_versions

READ_AT_ONCE = 25  # files
MAX_OTHERS = 100  # files in which lines that left their own file are looked for
MAX_OTHER_BYTES = 8_000_000
MAX_SAME_NAME = 5  # files of the name of one that is gone


class ClaimFiles:
    """Files of a snapshot by path, without those that are too large."""

    def __init__(self, snapshot: IndexSnapshot) -> None:
        self._snapshot = snapshot
        self._hashes: dict[str, LineHashes] = {}
        self._others: dict[str, LineHashes] = {}

    @cached_property
    def states(self) -> dict[str, FileState]:
        """What is known of each file without its text."""
        return file_states(self._snapshot.index_id, at=self._snapshot.generation)

    def has(self, path: str) -> bool:
        """Whether there is a file at this path."""
        return path in self.states

    def is_same(self, lines: ClaimLines) -> bool:
        """Whether the file of a claim has the content that it had."""
        state = self.states.get(lines.path)
        return state is not None and state.sha == lines.blob

    def paths_of(self, blob: str) -> list[str]:
        """The files with this content."""
        return self._by_content.get(blob, [])

    def read(self, paths: Iterable[str]) -> None:
        """Forget the files that were read before, and read these."""
        self._hashes = self._read([path for path in paths if self.has(path)])

    def hashes(self, path: str) -> LineHashes | None:
        """A file that was read; None where it is gone or too large."""
        return self._hashes.get(path)

    def read_others(self, paths: Iterable[str]) -> None:
        """Read the files that may hold lines that files of these paths have lost.

        They are those that changed in the last updates of the index, and those of the same
        name where a path is gone; MAX_OTHERS at most.
        """
        lost = set(paths)
        wanted = dict.fromkeys([*self._of_the_same_names(lost), *self._last_changed])
        self._others = self._read(self._within_bounds(wanted)) if lost else {}

    def others_for(self, path: str) -> Mapping[str, LineHashes]:
        """The files that were read as others, without one."""
        return {other: hashes for other, hashes in self._others.items() if other != path}

    @cached_property
    def _by_content(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path, state in self.states.items():
            found[state.sha].append(path)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.states:
            found[_name(path)].append(path)
        return found

    @cached_property
    def _last_changed(self) -> list[str]:
        """The files that updates of the index brought, the last ones first."""
        changed = [(state.added_in, path) for path, state in self.states.items() if state.added_in]
        return [path for _, path in sorted(changed, reverse=True)[:MAX_OTHERS]]

    def _of_the_same_names(self, paths: Iterable[str]) -> Iterable[str]:
        for path in sorted(paths):
            same = self._by_name.get(_name(path), [])
            if not self.has(path) and len(same) <= MAX_SAME_NAME:
                yield from same

    def _within_bounds(self, paths: Iterable[str]) -> list[str]:
        kept: list[str] = []
        room = MAX_OTHER_BYTES
        for path in paths:
            room -= self.states[path].size
            if room < 0 or len(kept) == MAX_OTHERS:
                break
            kept.append(path)
        return kept

    def _read(self, paths: list[str]) -> dict[str, LineHashes]:
        found: dict[str, LineHashes] = {}
        for start in range(0, len(paths), READ_AT_ONCE):
            batch = paths[start : start + READ_AT_ONCE]
            files = file_versions(self._snapshot.index_id, batch, at=self._snapshot.generation)
            found |= {path: LineHashes(file.text) for path, file in files.items()}
        return found


def _name(path: str) -> str:
    return path.rpartition("/")[2]
