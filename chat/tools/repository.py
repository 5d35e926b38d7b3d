"""A repository at one commit, as one person reads it within the filters of a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from chat.core.errors import NoSuchRepository
from chat.core.prompt import PromptPassage
from chat.tools.parameters import NotThere, WrongArguments
from chat.tools.paths import AskedPath, folders_of, nearest_paths
from repos.models import Index, Repository
from repos.search import (
    Filters,
    IndexSnapshot,
    PersonId,
    is_readable,
    read_text,
    snapshot_line_counts,
)
from repos.search.filters import FileMatcher, unmatched_patterns
from repos.sources import Address

MAX_PATH_CHARS = 200  # of a path in an error


@dataclass(frozen=True)
class RepositoryAtCommit:
    """What the tools read. `name` is that of the `repository` argument.

    `prefix` stands before its paths where several repositories are asked about,
    `owner/repo:`; it is empty for one alone.
    """

    repository: Repository
    snapshot: IndexSnapshot
    name: str
    prefix: str
    person_id: int | None
    filters: Filters

    def check_readable(self) -> None:
        """Raises NoSuchRepository once the person may not read it any more."""
        if not is_readable(self.snapshot, self.person_id):
            raise NoSuchRepository

    @property
    def index_id(self) -> int:
        return self.snapshot.index_id

    @property
    def generation(self) -> int:
        """The state of the index that is read, for readers that take `at`."""
        return self.snapshot.generation

    @property
    def commit(self) -> str:
        return self.snapshot.commit

    @cached_property
    def address(self) -> Address:
        return self.repository.address

    @cached_property
    def has_symbols(self) -> bool:
        """Whether its index has a code graph."""
        index = Index.objects.filter(pk=self.index_id, format__gte=Index.LOOKUP_FORMAT)
        return index.exists()

    @cached_property
    def lines(self) -> Mapping[str, int]:
        """The number of lines by path, of the files that the question is about."""
        return _lines(self.index_id, self.generation, self.filters.frozen())

    @cached_property
    def _matcher(self) -> FileMatcher:
        return FileMatcher(self.filters)

    def holds(self, path: str) -> bool:
        """Whether the filters of the question leave a path."""
        return not self.filters.any or self._matcher.matches(path)

    def narrowed(self, patterns: tuple[str, ...]) -> Filters:
        """The filters of the question, and only the files of some patterns.

        Raises NotThere if these leave no file.
        """
        if not patterns:
            return self.filters
        filters = Filters(included_files=patterns, within=self.filters)
        if len(unmatched_patterns(filters, list(self.lines))) == len(patterns):
            written = ", ".join(patterns)[:MAX_PATH_CHARS]
            raise NotThere(f"No file matches {written}. {self._hint(patterns[0])}", written)
        return filters

    def text(self, path: str) -> str:
        """The text of a file of `lines`. Raises NotThere if it is not there any more."""
        text = read_text(self.snapshot, path, self.person_id)
        if text is None:
            raise NotThere(f"There is no file {path}.", path)
        return text

    def asked_path(self, text: str) -> AskedPath:
        """A path as a model wrote it."""
        return AskedPath.of(text, self.prefix)

    def find_path(self, asked: AskedPath) -> str:
        """The path that is meant.

        Raises NotThere, with those that come nearest, and WrongArguments for a folder.
        """
        for path in asked.spellings():
            if path in self.lines:
                return path
        raise self._no_such_file(asked)

    def _no_such_file(self, asked: AskedPath) -> WrongArguments:
        text = asked.text[:MAX_PATH_CHARS]
        if asked.leaves_the_tree:
            message = f"{text} leads out of the repository. Paths begin at its root."
            return NotThere(message, text)
        folder = self.find_folder(asked)
        if folder:
            return WrongArguments(f'{folder} is a folder: call list_files with path="{folder}".')
        return NotThere(f"There is no file {text}. {self._hint(text)}", text)

    def find_folder(self, asked: AskedPath) -> str | None:
        """The folder that is meant, empty for the root; None if there is none."""
        folders = folders_of(self.lines) | {""}
        spelled = (path.rstrip("/") for path in asked.spellings())
        return next((path for path in spelled if path in folders), None)

    @property
    def shown_name(self) -> str:
        """The name that stands before its paths; empty for one alone."""
        return self.name if self.prefix else ""

    def shown_path(self, path: str) -> str:
        """A path as it is cited."""
        return f"{self.prefix}{path}"

    def passage(self, path: str, start: int, end: int) -> PromptPassage:
        """Lines that stand in a result."""
        return PromptPassage(
            path=self.shown_path(path),
            start=start,
            end=end,
            text="",
            commit=self.commit,
            url=self.address.blob_url(self.commit, path, start, end),
            repository=self.shown_name,
        )

    def _hint(self, wanted: str) -> str:
        near = ", ".join(map(self.shown_path, nearest_paths(wanted, self.lines)))
        hint = f"Nearest are: {near}."
        if not near:
            hint = "list_files shows what is there."
        return hint + self.filters.any * " The question is about a part of the files only."


@lru_cache(maxsize=8)
def _lines(index_id: int, generation: int, filters: Filters) -> Mapping[str, int]:
    lines = snapshot_line_counts(index_id, generation)
    if not filters.any:
        return lines
    matcher = FileMatcher(filters)
    return {path: count for path, count in lines.items() if matcher.matches(path)}


def open_repositories(
    snapshots: Sequence[IndexSnapshot], person_id: int | None, filters: Filters
) -> list[RepositoryAtCommit]:
    """The repositories of snapshots, for a person who may read them, in their order.

    Raises NoSuchRepository for one that the person may not read.
    """
    ids = [snapshot.repository_id for snapshot in snapshots]
    by_id = Repository.objects.readable_by(PersonId(person_id)).in_bulk(ids)
    if not ids or len(by_id) < len(ids):
        raise NoSuchRepository
    opened = []
    for snapshot in snapshots:
        repository = by_id[snapshot.repository_id]
        opened.append(
            RepositoryAtCommit(repository, snapshot, repository.name, "", person_id, filters)
        )
    return with_names(opened)


def with_names(opened: Sequence[RepositoryAtCommit]) -> list[RepositoryAtCommit]:
    """Of several, each with a name of its own, and that before its paths."""
    if len(opened) == 1:
        return list(opened)
    counts: Counter[str] = Counter()
    named = []
    for one in opened:
        counts[one.name] += 1
        name = _distinct_name(one.name, counts[one.name])
        named.append(replace(one, name=name, prefix=f"{name}:"))
    return named


def _distinct_name(name: str, number: int) -> str:
    """The name, with a number for a further one of it."""
    if number == 1:
        return name
    return f"{name}~{number}"
