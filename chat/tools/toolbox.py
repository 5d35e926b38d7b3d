"""The tools of one answer: checks a call, runs it in a thread, remembers its result."""

from __future__ import annotations

import asyncio
import uuid
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.core.ports import ToolResult
from chat.core.tool_calls import ToolCall, ToolSpec
from chat.database_errors import database_errors_as_down
from chat.tools.arguments import Arguments, read_arguments
from chat.tools.parameters import NotThere, WrongArguments
from chat.tools.registry import BY_NAME, TOOLS
from chat.tools.repository import RepositoryAtCommit, open_repositories
from chat.tools.results import refusal, repeated, result_of, shown
from chat.tools.tool import REPOSITORY, Tool
from deepwiki.foundation.threads import in_thread
from repos.models import Repository
from repos.search import Filters, IndexSnapshot, PersonId, release_snapshot, take_snapshot

CALL_SECONDS = 20.0
MAX_REMEMBERED = 40  # results of one answer
FAST = 1  # zlib's level
T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """A call whose tool and arguments are known."""

    tool: Tool
    repository: RepositoryAtCommit
    arguments: Arguments

    @property
    def key(self) -> object:
        """The same for calls that ask for the same."""
        return self.tool.name, self.repository.name, self.arguments.key

    def run(self) -> ToolResult:
        """Read the result. Raises NoSuchRepository once the permission is withdrawn.

        A tool whose statement asks for the permission is asked for it again only where
        nothing was read: that, and what is told of a wrong argument, is known without it.
        """
        if not self.tool.reads_as_person:
            self.repository.check_readable()
        result = self._result()
        if self.tool.reads_as_person and not result.passages:
            self.repository.check_readable()
        return result

    def _result(self) -> ToolResult:
        try:
            output = self.tool.run(self.repository, self.arguments)
        except WrongArguments as error:
            return _wrong(self.tool.name, error)
        return result_of(self.tool.name, output)

    def run_to_remember(self) -> tuple[ToolResult, _Remembered]:
        """See `run`."""
        result = self.run()
        return result, _Remembered.of(result)


@dataclass(frozen=True)
class _Remembered:
    """A result of an answer that may run for minutes: its text is kept compressed."""

    without_text: ToolResult
    text: bytes

    @classmethod
    def of(cls, result: ToolResult) -> _Remembered:
        return cls(replace(result, text=""), zlib.compress(result.text.encode(), FAST))

    @property
    def result(self) -> ToolResult:
        return replace(self.without_text, text=zlib.decompress(self.text).decode())


@dataclass
class RepositoryToolbox:
    """See Toolbox. The repositories are read at the commits of when the answer began."""

    repositories: Sequence[RepositoryAtCommit]
    _snapshots: Sequence[IndexSnapshot] = ()
    _results: dict[object, _Remembered] = field(default_factory=dict)
    _locks: dict[object, asyncio.Lock] = field(default_factory=dict)

    @cached_property
    def specs(self) -> Sequence[ToolSpec]:
        """See Toolbox."""
        return [tool.spec(self._names) for tool in TOOLS]

    async def call(self, call: ToolCall) -> ToolResult:
        """See Toolbox. Ends within CALL_SECONDS, with a refusal if there is no result yet."""
        try:
            request = self._request(call)
        except WrongArguments as error:
            return _wrong(call.name, error)
        # The same call at the same time waits for the first.
        async with self._locks.setdefault(request.key, asyncio.Lock()):
            return await self._result(request)

    def call_once(self, call: ToolCall) -> ToolResult:
        """The result of a single call, in the thread of the caller, who bounds its time.

        Reads the database; see `Request.run`.
        """
        try:
            return self._request(call).run()
        except WrongArguments as error:
            return _wrong(call.name, error)

    def release(self) -> None:
        """Let go of the snapshots that it took; to be called when the answer ends."""
        for snapshot in self._snapshots:
            release_snapshot(snapshot)

    @property
    def _names(self) -> list[str]:
        return [repository.name for repository in self.repositories]

    def _request(self, call: ToolCall) -> Request:
        """Raises WrongArguments."""
        tool = _tool(call.name)
        arguments = read_arguments(call.arguments, tool.parameters_for(self._names))
        return Request(tool, self._repository(arguments), arguments)

    def _repository(self, arguments: Arguments) -> RepositoryAtCommit:
        """The one that is named; of one alone there is no name."""
        chosen = arguments.text(REPOSITORY) or self._names[0]
        return self.repositories[self._names.index(chosen)]

    async def _result(self, request: Request) -> ToolResult:
        known = self._results.get(request.key)
        if known is not None:
            await _in_thread(request.repository.check_readable)
            return repeated(known.result)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                result, remembered = await _in_thread(request.run_to_remember)
        except TimeoutError:
            return too_slow(request.tool.name)
        if len(self._results) < MAX_REMEMBERED and not result.is_error:
            self._results[request.key] = remembered
        return result


async def _in_thread(function: Callable[[], T]) -> T:
    """See `in_thread`. Raises Down while the database is away."""
    with database_errors_as_down():
        return await in_thread(function)


def toolbox(
    repository_ids: Iterable[uuid.UUID],
    *,
    person_id: int | None,
    filters: Filters | None = None,
    snapshots: Iterable[IndexSnapshot] = (),
) -> RepositoryToolbox:
    """The tools over these repositories, with the rights of a person (None: a stranger).

    Those of which there is a snapshot are read through it, which is not released with the
    toolbox; of the others one is taken. Reads the database: not for the event loop. Raises
    NoSuchRepository, and RetrieverFailed for a repository without an index.
    """
    given = {snapshot.repository_id: snapshot for snapshot in snapshots}
    ids = dict.fromkeys(repository_ids)
    taken = {pk: _snapshot(pk, person_id) for pk in ids if pk not in given}
    by_id = given | taken
    chosen = [by_id[pk] for pk in ids]
    opened = open_repositories(chosen, person_id, filters or Filters())
    return RepositoryToolbox(opened, list(taken.values()))


def _snapshot(repository_id: uuid.UUID, person_id: int | None) -> IndexSnapshot:
    snapshot = take_snapshot(repository_id, person_id)
    if snapshot is not None:
        return snapshot
    if Repository.objects.readable_by(PersonId(person_id)).filter(pk=repository_id).exists():
        raise RetrieverFailed("still_indexing")
    raise NoSuchRepository


def _tool(written: str) -> Tool:
    """The tool of a name. Raises WrongArguments."""
    tool = BY_NAME.get(_tool_name(written))
    if tool is None:
        raise _no_such_tool(written)
    return tool


def _no_such_tool(written: str) -> WrongArguments:
    tools = ", ".join(BY_NAME)
    return WrongArguments(f"There is no tool {shown(written)}. The tools are: {tools}.")


def _tool_name(written: str) -> str:
    """The name as it may be written: `functions.read-file`."""
    return written.strip().lower().rpartition(".")[2].replace("-", "_")[:100]


def _wrong(tool: str, error: WrongArguments) -> ToolResult:
    known = _tool_name(tool)
    if known not in BY_NAME:
        known = "unknown"
    refused = refusal(known, str(error), "step_wrong_call", tool)
    if not isinstance(error, NotThere):
        return refused
    return replace(refused, summary="step_not_there", parameters={"name": shown(error.asked)})


def too_slow(tool: str) -> ToolResult:
    """The result of a call that was not done within CALL_SECONDS."""
    message = "This took too long and was ended. Ask for less: name paths, or a rarer name."
    return refusal(tool, message, "step_too_slow")
