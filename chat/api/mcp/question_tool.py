"""`ask_question`: an answer about one or a few repositories, with its citations."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from chat import services
from chat.api.mcp.callers import AgentClient
from chat.api.mcp.parameters import ALIASES, QuestionParameter, RepositoriesParameter
from chat.api.mcp.tool import (
    LINES,
    TEXT,
    AgentTool,
    CallRequest,
    Report,
    ToolCallOutcome,
    failed,
    list_of,
    object_of,
)
from chat.core.errors import NoSuchRepository
from chat.core.events import Event, Numbered, Research, Status, Step
from chat.core.request import ChatRequest, parse
from chat.database_errors import database_errors_as_down
from chat.runs import Run
from chat.services.answer_result import citations_of, commit_of, sources_of
from chat.services.named_repositories import find_named_repository, repository_fields
from chat.tools.arguments import Arguments, object_schema, read_object
from chat.tools.parameters import ChoiceParameter
from deepwiki.accounts.models import TokenScope
from deepwiki.foundation.threads import in_thread

WAITING = "The answer is being written"
MODES = ("auto", "quick", "agent", "research")
PARAMETERS = (
    RepositoriesParameter(
        "repoName",
        "The repository, or a list of a few: owner/repo, owner/repo@revision, or its address.",
        is_required=True,
        aliases=ALIASES,
    ),
    QuestionParameter(
        "question", "The question.", is_required=True, aliases=("query", "text", "q")
    ),
    ChoiceParameter(
        "mode",
        "How much is looked up: quick, agent (calls tools), research (minutes). auto without it.",
        choices=MODES,
    ),
)
OUTPUT = object_of(
    ("answer", "state", "citations"),
    answer=TEXT,
    state=TEXT,
    commit=TEXT,
    citations=list_of(LINES),
    sources=list_of(LINES),
)


async def ask_question(call: CallRequest) -> ToolCallOutcome:
    """See AgentTool. The answer ends when the client leaves."""
    arguments = read_object(call.arguments, PARAMETERS)
    with database_errors_as_down():
        request = await in_thread(_request, call.caller, arguments)
        run, events = await call.caller.ask(request)
        async with contextlib.aclosing(events):
            async for item in events:
                await _report(call.report, item)
    return await in_thread(_outcome, run)


def _request(caller: AgentClient, arguments: Arguments) -> ChatRequest:
    """Raises BadRequest, NoSuchRepository, RequestTooLarge."""
    first, *others = arguments.patterns("repoName")
    question = {"role": "user", "content": arguments.text("question")}
    fields: dict[str, Any] = {"messages": [question], "mode": arguments.text("mode") or "auto"}
    if others:
        fields["repositories"] = [_id_or_address(caller, other) for other in others]
    return parse({**fields, **repository_fields(caller.reader, first)}, services.request_limits())


def _id_or_address(caller: AgentClient, text: str) -> str:
    try:
        return str(find_named_repository(caller.reader, text).pk)
    except NoSuchRepository:
        return text


async def _report(report: Report, item: Numbered | None) -> None:
    """Tell what happens; None marks a long pause."""
    told = _progress(item.event) if item is not None else WAITING
    if told:
        await report(told)


def _progress(event: Event) -> str:
    match event:
        case Status(_, message, done, total):
            return " ".join([message, *_share(done, total)])
        case Step(state="done" | "failed", summary=summary):
            return summary
        case Research(iteration=iteration, of=rounds):
            return f"Round {iteration} of {rounds}"
    return ""


def _share(done: int | None, total: int | None) -> list[str]:
    return [f"({done} of {total})"] * bool(total)


def _outcome(run: Run) -> ToolCallOutcome:
    if run.error is not None:
        return failed("\n\n".join(filter(None, [run.text, f"Error: {run.error.message}"])))
    data: dict[str, Any] = {
        "answer": run.text,
        "state": run.state or "partial",
        "commit": commit_of(run),
        "citations": [cited.as_json() for cited in citations_of(run)],
        "sources": sources_of(run),
    }
    return ToolCallOutcome(run.text + _list_of_places(data["sources"]), data)


def _list_of_places(sources: Sequence[dict[str, Any]]) -> str:
    places = [f"- {one['path']}:L{one['start']}-L{one['end']}" for one in sources]
    if not places:
        return ""
    return "\n".join(["\n\nSources:", *places])


ASK_QUESTION = AgentTool(
    name="ask_question",
    title="Ask a question",
    description=(
        "Ask a question about one repository or a few, and get an answer grounded in their code,"
        " with citations of lines. A repository that is not known yet is fetched and indexed"
        " first, which takes a minute or more."
    ),
    input_schema=object_schema(PARAMETERS),
    output_schema=OUTPUT,
    run=ask_question,
    is_idempotent=False,
    is_open=True,
    scope=TokenScope.ASK,
)
