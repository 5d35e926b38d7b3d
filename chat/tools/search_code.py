"""The search of the product: passages by words, meaning, names and links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chat.core.prompt import PromptPassage
from chat.tools.arguments import Arguments
from chat.tools.parameters import NumberParameter, PatternsParameter, TextParameter
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import Body, ToolOutput, numbered_line, plural, shown
from chat.tools.tool import PATHS, Tool
from repos.search import SearchHit, SearchOptions, search

MAX_PASSAGES = 20  # of a page
MAX_PAGES = 5
SHARE = 2  # of the mean room that is left, for the next passage: the best ones get more
MAX_SYMBOL_CHARS = 120
MAX_TITLE_CHARS = 300  # besides the path
ROLES = {"test": "a test", "docs": "documentation"}


def search_code(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """The best passages, the first ones at greater length."""
    page = _page(arguments)
    found = _hits(repository, arguments, page)
    written = WrittenHits(repository)
    written.add(_hits_of(page, found))
    counts = {"count": len(written.passages), "files": written.files}
    return ToolOutput(
        head=_head(**counts, page=page) + _how_to_go_on(found, page),
        body=written.body.text,
        summary=_summary(**counts),
        parameters={"query": shown(arguments.text("query")), **counts},
        passages=written.passages,
    )


def _page(arguments: Arguments) -> int:
    return max(1, min(arguments.number("page") or 1, MAX_PAGES))


def _hits_of(page: int, found: list[SearchHit]) -> list[SearchHit]:
    return found[(page - 1) * MAX_PASSAGES : page * MAX_PASSAGES]


def _hits(repository: RepositoryAtCommit, arguments: Arguments, page: int) -> list[SearchHit]:
    """The hits up to the end of a page, and one more if there is one."""
    filters = repository.narrowed(arguments.patterns("paths"))
    options = SearchOptions(page * MAX_PASSAGES + 1, filters)
    query, person = arguments.text("query"), repository.person_id
    return search([repository.snapshot], query, user_id=person, options=options).passages


class WrittenHits:
    """Hits as text, and the lines that stand in it."""

    def __init__(self, repository: RepositoryAtCommit) -> None:
        self._repository = repository
        self.body = Body()
        self.passages: list[PromptPassage] = []

    @property
    def files(self) -> int:
        """How many files the passages are of."""
        return len({passage.path for passage in self.passages})

    def add(self, hits: Sequence[SearchHit]) -> None:
        """Write the hits; each takes at most a share of the room that is left."""
        for place, hit in enumerate(hits):
            room = self.body.room - MAX_TITLE_CHARS - len(hit.path)
            self._add_one(hit, min(room, SHARE * room // (len(hits) - place)))

    def _add_one(self, hit: SearchHit, room: int) -> None:
        lines = Body(room)
        last = hit.start + lines.add_first(_numbered(hit)) - 1
        if last >= hit.start:
            self.body.add_block([self._title(hit, last), *lines.lines])
            self.passages.append(self._repository.passage(hit.path, hit.start, last))

    def _title(self, hit: SearchHit, last: int) -> str:
        cite = f"{self._repository.shown_path(hit.path)}:L{hit.start}-L{last}"
        facts = [hit.symbol[:MAX_SYMBOL_CHARS], ROLES.get(hit.role, "")]
        if last < hit.end:
            facts.append(f"goes on to line {hit.end}")
        return "\n" + ", ".join([cite, *filter(None, facts)])


def _numbered(hit: SearchHit) -> Iterator[str]:
    for number, line in enumerate(hit.text.removesuffix("\n").split("\n"), hit.start):
        yield numbered_line(number, line)


def _head(count: int, files: int, page: int) -> str:
    if not count and page > 1:
        return "Nothing more was found."
    if not count:
        return "Nothing was found. Use names and words that the code itself uses, or try grep."
    return f"{plural(count, 'passage')} in {plural(files, 'file')}, best first."


def _how_to_go_on(found: Sequence[SearchHit], page: int) -> str:
    has_more = len(found) > page * MAX_PASSAGES
    if has_more and page < MAX_PAGES:
        return f" For the next ones call search_code with page={page + 1}."
    return ""


def _summary(count: int, files: int) -> str:
    if files != 1:
        return "step_searched"
    if count != 1:
        return "step_searched_one_file"
    return "step_searched_one"


SEARCH_CODE = Tool(
    "search_code",
    "Search the repository by meaning and words: up to "
    f"{MAX_PASSAGES} passages of code, tests and documentation, best first. Best to begin with, "
    "when you do not know the names yet. Say what the code does, and names if you know some.",
    (
        TextParameter(
            "query",
            "What is looked for, such as: retry a request after a timeout.",
            is_required=True,
            aliases=("question", "text", "q"),
        ),
        PatternsParameter("paths", PATHS, aliases=("path", "include", "glob")),
        NumberParameter("page", f"1 to {MAX_PAGES}; each has the next {MAX_PASSAGES}."),
    ),
    search_code,
    reads_as_person=True,
)
