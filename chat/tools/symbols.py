"""Names as models write them, the definitions they mean, and places as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chat.core.prompt import PromptPassage
from chat.tools.arguments import Arguments
from chat.tools.parameters import NotThere, TextParameter, WrongArguments
from chat.tools.paths import QUOTES
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import Body, ToolOutput, numbered_line, plural
from repos import graph
from repos.graph import Caller, Definition
from repos.search import LineTexts, line_texts

MAX_PLACES = 60
MAX_CANDIDATES = 1_000
MAX_OTHERS = 5  # further definitions that are named
SURE = 0.9
LIKELY = 0.1  # less sure is what uses a name that it has from elsewhere
LARGE_FILE = "(the file is large: read_file shows this line)"
CALL_BRACKETS = re.compile(r"\(.*", re.DOTALL)
SEPARATORS = re.compile(r"::|->|[.#/\\:]")
NO_SYMBOLS = (
    "The index of this repository was made by an earlier version and knows no symbols:"
    " use grep and search_code."
)
PATH_PARAMETER = TextParameter(
    "path", "File that defines it, where several do.", aliases=("file", "file_path")
)


@dataclass(frozen=True)
class AskedName:
    """A name, perhaps with what it is part of: `Session.send`, `requests.sessions.Session`."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> AskedName:
        """The name in a text: `class Session`, `Session#send(request)`. Raises WrongArguments."""
        words = CALL_BRACKETS.sub("", text.strip(QUOTES)).lstrip("@").split() or [""]
        parts = tuple(filter(None, SEPARATORS.split(words[-1])))
        if not parts:
            raise WrongArguments("This is no name. Give one such as Session.send.")
        return cls(parts)

    @property
    def name(self) -> str:
        """The name by itself."""
        return self.parts[-1]

    @property
    def dotted(self) -> str:
        """The whole, with dots."""
        return ".".join(self.parts)

    def means(self, definition: Definition) -> bool:
        """Whether the definition is part of what the name says."""
        module = definition.path.rpartition(".")[0].removesuffix("/__init__").replace("/", ".")
        return f".{module}.{definition.qualified_name}".endswith(f".{self.dotted}")


def definitions_of(
    repository: RepositoryAtCommit, asked: AskedName, from_path: str | None = None
) -> list[Definition]:
    """What a name may mean, the surest first; its whole text counts where it fits one."""
    found = graph.definitions(
        repository.index_id,
        asked.name,
        from_path=from_path,
        limit=MAX_CANDIDATES,
        at=repository.generation,
    )
    held = [definition for definition in found if repository.holds(definition.path)]
    return list(filter(asked.means, held)) or held


def callers_of(
    repository: RepositoryAtCommit, definition: Definition, limit: int = MAX_PLACES
) -> list[Caller]:
    """Who calls it, the surest first, of at most `limit` files that the question is about.

    Files that have its name from another definition are left out.
    """
    found = graph.callers(
        repository.index_id,
        definition,
        limit=limit,
        at=repository.generation,
        holds=repository.holds,
    )
    return [caller for caller in found if caller.confidence >= LIKELY]


def path_of(repository: RepositoryAtCommit, arguments: Arguments) -> str | None:
    """The file of the argument `path`, None without one. Raises WrongArguments."""
    text = arguments.text("path")
    return repository.find_path(repository.asked_path(text)) if text else None


@dataclass(frozen=True)
class ChosenDefinition:
    """The definition that a call is about, and others of the same name."""

    definition: Definition
    others: tuple[Definition, ...]

    @classmethod
    def of(cls, repository: RepositoryAtCommit, arguments: Arguments) -> ChosenDefinition:
        """The surest one of the argument `symbol`, in `path` if given. Raises NotThere."""
        asked = AskedName.of(arguments.text("symbol"))
        path = path_of(repository, arguments)
        found = definitions_of(repository, asked, path)
        inside = [definition for definition in found if path in (None, definition.path)]
        if not inside:
            raise NotThere(not_defined(repository, asked, found), asked.dotted)
        return cls(inside[0], tuple(inside[1:]))

    @property
    def name(self) -> str:
        """Its dotted name."""
        return self.definition.qualified_name

    def note(self, repository: RepositoryAtCommit) -> str:
        """Which one it is, and how the others are asked for."""
        title = place_title(repository, self.definition)
        if not self.others:
            return title
        others = ", ".join(cite(repository, other) for other in self.others[:MAX_OTHERS])
        count = plural(len(self.others), "other definition")
        return f"{title}; {count}, to be chosen by `path` or a dotted name: {others}"


def not_defined(
    repository: RepositoryAtCommit, asked: AskedName, elsewhere: Sequence[Definition] = ()
) -> str:
    """What to do where a name has no definition."""
    if elsewhere:
        places = ", ".join(cite(repository, other) for other in elsewhere[:MAX_OTHERS])
        return f"{asked.dotted} is not defined there, but in: {places}"
    if not repository.has_symbols:
        return NO_SYMBOLS
    return (
        f"{asked.dotted} is not defined in this repository. It may come from a library, or be"
        " spelled otherwise: grep finds every line that holds it."
    )


def cite(repository: RepositoryAtCommit, definition: Definition) -> str:
    """The lines of a definition as they are cited."""
    return f"{repository.shown_path(definition.path)}:L{definition.start}-L{definition.end}"


def place_title(repository: RepositoryAtCommit, definition: Definition) -> str:
    """Where a definition is, and what."""
    place = cite(repository, definition)
    return f"{place} {definition.kind} {definition.qualified_name}"


class Places:
    """Places of code as text: a title and some lines each; MAX_PLACES lines at most."""

    def __init__(self, repository: RepositoryAtCommit, lines: Mapping[str, Iterable[int]]) -> None:
        wanted = {path: list(numbers) for path, numbers in lines.items()}
        self._repository = repository
        self._texts = line_texts(repository.index_id, wanted, at=repository.generation)
        self.body = Body()
        self.passages: list[PromptPassage] = []
        self.count = 0

    def add(self, title: str, path: str, lines: Mapping[int, str]) -> bool:
        """Add lines of a file, each with a note behind it; False where there is no room."""
        texts = self._texts.get(path, {})
        text = [_line(number, texts, note) for number, note in lines.items()]
        if self.count + len(lines) > MAX_PLACES or not self.body.add_block([title, *text]):
            return False
        self.count += len(lines)
        known = filter(texts.__contains__, lines)
        self.passages += [self._repository.passage(path, number, number) for number in known]
        return True

    def output(self, head: str, summary: str, name: str, total: int) -> ToolOutput:
        """The result, of `total` places in all."""
        if self.count < total:
            head = f"{head} The first {self.count} are shown."
        return ToolOutput(
            head, summary, {"name": name, "count": total}, self.body.text, self.passages
        )


def _line(number: int, texts: LineTexts, note: str) -> str:
    return numbered_line(number, texts.get(number, LARGE_FILE)) + note
