"""Which of the files that answer a question were put before the model: one search, and an agent.

    python -m bench.agent_recall QUESTIONS pallets/flask=/src/flask pytest-dev/pytest=/src/pytest

The questions and repositories are those of bench.retrieval. No model is asked: a fixed policy
plays the agent. It reads the passages of one search within 12,000 tokens, then calls the
product's tools for what these passages and the question name, within 30,000 tokens in all:

1. find_definition of the question's identifiers
2. search_code for the question, the pages that follow what was read
3. find_references of what the best passages define: a line for each place
4. read_file around what the look-ups found in other files, where there is room left

It fits no single question: the same calls are made for each.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.retrieval import Question, fitting_files, indexed_questions, share

ONE_SHOT_TOKENS = 12_000
ALL_TOKENS = 30_000
CANDIDATES = 200  # more than fit
SEEDS = 10  # definitions of the best passages whose uses are looked up
PAGES = 3
MAX_IDENTIFIERS = 4
READS = 4
Call = tuple[str, dict[str, Any]]


@dataclass
class Reading:
    """What a policy has put before the model."""

    toolbox: Any
    tokens: int
    files: list[str] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)

    async def call(self, calls: Iterable[Call]) -> None:
        """Make calls at the same time and keep what still fits, in their order."""
        from chat.core.context_budget import estimate
        from chat.core.tool_calls import ToolCall

        made = [ToolCall(f"c{n}", name, json.dumps(given)) for n, (name, given) in enumerate(calls)]
        for result in await asyncio.gather(*map(self.toolbox.call, made)):
            cost = estimate(result.text)
            if result.is_error or cost > self.tokens:
                continue
            self.tokens -= cost
            self.files += [passage.path for passage in result.passages]
            self.places += [(passage.path, passage.start) for passage in result.passages]


async def read_as_agent(toolbox: Any, question: str, passages: list[Any]) -> list[str]:
    """The files that the policy puts before the model."""
    from repos.search.question_names import identifiers

    names = list(dict.fromkeys(identifiers(question)))[:MAX_IDENTIFIERS]
    symbols = list(dict.fromkeys(hit.symbol for hit in passages if hit.symbol))[:SEEDS]
    seen = list(fitting_files(passages, ONE_SHOT_TOKENS))
    reading = Reading(toolbox, ALL_TOKENS - ONE_SHOT_TOKENS, list(seen))
    await reading.call(("find_definition", {"name": name}) for name in names)
    await reading.call(_next_pages(question, len(seen)))
    await reading.call(("find_references", {"name": name}) for name in symbols)
    await reading.call(_reads(reading, seen))
    return reading.files


def _next_pages(question: str, read: int) -> Iterator[Call]:
    """The pages of the search from the first that holds passages behind those that were read."""
    from chat.tools.search_code import MAX_PAGES, MAX_PASSAGES

    first = read // MAX_PASSAGES + 1
    for page in range(first, min(first + PAGES, MAX_PAGES + 1)):
        yield "search_code", {"query": question, "page": page}


def _reads(reading: Reading, seen: list[str]) -> Iterator[Call]:
    """The lines around the first place of files that only look-ups gave."""
    first: dict[str, int] = {}
    for path, line in reading.places:
        first.setdefault(path, line)
    new = [place for place in first.items() if place[0] not in seen]
    for path, line in new[:READS]:
        yield "read_file", {"path": path, "start": max(1, line - 10), "end": line + 30}


@dataclass(frozen=True)
class Recalls:
    """Shares of a question's files: one search within 12,000 and 30,000 tokens, the policy."""

    one_shot: float
    long_shot: float
    agent: float
    ms: float


def recalls_of(repository_id: Any, question: Question, text: str) -> Recalls:
    """The three shares of one question."""
    from chat.tools import toolbox
    from repos.access import OPERATOR_ID
    from repos.search import SearchOptions, search

    options = SearchOptions(limit=CANDIDATES)
    found = search([repository_id], text, user_id=OPERATOR_ID, options=options).passages
    gold = question["gold"]
    tools = toolbox([repository_id], person_id=OPERATOR_ID)
    began = time.perf_counter()
    read = asyncio.run(read_as_agent(tools, text, list(found)))
    return Recalls(
        share(gold, fitting_files(found, ONE_SHOT_TOKENS)),
        share(gold, fitting_files(found, ALL_TOKENS)),
        share(gold, read),
        (time.perf_counter() - began) * 1000,
    )


def main() -> None:
    with indexed_questions("bench.agent_recall", __doc__) as (questions, ids):
        results = [recalls_of(ids[q["repo"]], q, q["question"]) for q in questions]
    for name in ("one_shot", "long_shot", "agent"):
        print(f"{name:<12}{statistics.mean(getattr(result, name) for result in results):.3f}")
    print(f"the policy's calls, median ms a question {_median_ms(results):.0f}")


def _median_ms(results: list[Recalls]) -> float:
    return statistics.median(result.ms for result in results)


if __name__ == "__main__":
    main()
