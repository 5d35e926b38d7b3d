"""Paths: the tree of a folder, or the files that match a glob."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from chat.tools.arguments import Arguments
from chat.tools.parameters import NotThere, NumberParameter, TextParameter
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import Body, ToolOutput, plural, shown
from chat.tools.tool import Tool
from repos.search import Filters
from repos.search.filters import FileMatcher

MAX_ENTRIES = 500
DEFAULT_DEPTH, MAX_DEPTH = 2, 20
GLOBS = "A glob is one such as *.py or src/**/test_*.py."
# Whether it is one; whether it is the root.
FOUND = {False: "step_found_files", True: "step_found_file"}
LISTED = {False: "step_listed", True: "step_listed_root"}


def list_files(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """The files that match `pattern` below `path`; without one, the tree below `path`."""
    listing = Listing(repository, _folder(repository, arguments.text("path")))
    pattern = arguments.text("pattern").removeprefix("./")
    if pattern:
        return listing.matching(pattern)
    return listing.tree(_depth(arguments))


def _depth(arguments: Arguments) -> int:
    depth = arguments.number("depth") or DEFAULT_DEPTH
    return min(max(1, depth), MAX_DEPTH)


def _folder(repository: RepositoryAtCommit, text: str) -> str:
    """The folder of a call with its slash, or a file; empty for the root."""
    asked = repository.asked_path(text)
    folder = repository.find_folder(asked)
    if folder is None:
        return repository.find_path(asked)
    return f"{folder}/".removeprefix("/")


@dataclass(frozen=True)
class Listing:
    """The files of a folder, a path that ends in `/` or is empty."""

    repository: RepositoryAtCommit
    folder: str

    @cached_property
    def paths(self) -> list[str]:
        """All files below the folder."""
        return sorted(path for path in self.repository.lines if path.startswith(self.folder))

    def matching(self, pattern: str) -> ToolOutput:
        """The files that a glob matches. Raises NotThere without any."""
        matches = FileMatcher(Filters(included_files=(pattern,))).matches
        found = list(filter(matches, self.paths))
        if not found:
            raise NotThere(f"No file matches {shown(pattern)}. {GLOBS}", pattern)
        entries = Entries(map(self._file_line, found), "path or a narrower pattern")
        return ToolOutput(
            head=entries.head(plural(len(found), "file")),
            body=entries.body.text,
            summary=FOUND[len(found) == 1],
            parameters={"pattern": shown(pattern), "count": len(found)},
        )

    def tree(self, depth: int) -> ToolOutput:
        """What is up to `depth` levels below the folder; deeper files are counted."""
        counts = Counter(self._shortened(path, depth) for path in self.paths)
        lines = [self._entry_line(path, count) for path, count in counts.items()]
        entries = Entries(lines, "path or a smaller depth")
        name = self.repository.shown_path(self.folder)
        files, levels = plural(len(self.paths), "file"), plural(depth, "level")
        return ToolOutput(
            head=entries.head(f"{name or 'The root'}: {files} in all, {levels} shown"),
            body=entries.body.text,
            summary=LISTED[self.folder == ""],
            parameters={"path": shown(name)},
        )

    def _shortened(self, path: str, depth: int) -> str:
        """The path, or the folder of it at the deepest level that is shown."""
        parts = path[len(self.folder) :].split("/")
        if len(parts) <= depth:
            return path
        return f"{self.folder}{'/'.join(parts[:depth])}/"

    def _entry_line(self, path: str, files: int) -> str:
        if path.endswith("/"):
            return f"{self.repository.shown_path(path)} ({plural(files, 'file')})"
        return self._file_line(path)

    def _file_line(self, path: str) -> str:
        lines = plural(self.repository.lines[path], "line")
        return f"{self.repository.shown_path(path)} ({lines})"


class Entries:
    """As many lines of a listing as a result holds. `narrower`: what gives the others."""

    def __init__(self, lines: Iterable[str], narrower: str) -> None:
        all_lines = list(lines)
        self.total, self._narrower = len(all_lines), narrower
        self.body = Body()
        self.count = self.body.add_first(all_lines[:MAX_ENTRIES])

    def head(self, title: str) -> str:
        """The title, and whether there are more."""
        if self.count == self.total:
            return f"{title}."
        shown_part = f"The first {self.count} of {self.total} entries"
        return f"{title}. {shown_part}; for the others give {self._narrower}."


LIST_FILES = Tool(
    "list_files",
    f"List files: the tree of a folder, or all that match a glob; up to {MAX_ENTRIES} entries. "
    "Best to learn how a repository is laid out, or to find a file by its name.",
    (
        TextParameter(
            "pattern",
            "Glob of file names or paths, such as *.toml or src/**/models.py.",
            aliases=("glob", "name", "query"),
        ),
        TextParameter(
            "path",
            "Folder to look in; the root without it.",
            aliases=("folder", "directory", "dir"),
        ),
        NumberParameter("depth", f"Levels of the tree, {DEFAULT_DEPTH} without it."),
    ),
    list_files,
)
