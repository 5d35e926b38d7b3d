"""Whether the lines that an answer cites were read for it, exist, or are not there."""

import pytest

from chat.core.citations import Citation
from chat.core.events import Delta, LinesRead, Sources, Step
from chat.core.read_lines import ReadCheck, ReadLines, parse_place, unread_citations
from chat.rendering.citation_links import (
    CitationChecker,
    CitationTable,
    citation_rows,
    read_share,
    state_counts,
    stored_check,
)
from chat.rendering.markdown import render_blocks
from chat.rendering.rules import environment
from chat.runs import Run, RunManager
from chat.runs.recorder import MessageRecorder
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread
from repos.sources import parse_address

ADDRESS = parse_address("https://github.com/a/b")
CHECK = CitationChecker(ADDRESS, "c0ffee", {"a.py": 100, "b.py": 10})
TEXT = "`a.py:L3-L5`, `a.py:L4-L30`, `b.py:L2` and `c.py:L1`."


def rendered(text, check):
    table = CitationTable.from_json(citation_rows(text, check))
    return "".join(block.html for block in render_blocks(text, environment(table), 10.0))


def states(read, *places):
    check = ReadCheck(CHECK, ReadLines().adding(read))
    return [check(Citation(*place)).state for place in places]


def test_lines_are_read_when_every_one_of_them_was():
    read = [Citation("a.py", 1, 20), Citation("a.py", 21, 29), Citation("a.py", 40, 50)]
    assert states(read, ("a.py", 3, 5), ("a.py", 18, 29), ("a.py", 40, 50)) == ["read"] * 3


def test_lines_read_in_part_count_as_not_read():
    read = [Citation("a.py", 10, 20), Citation("a.py", 22, 30)]
    places = [("a.py", 9, 20), ("a.py", 20, 22), ("a.py", 30, 31), ("b.py", 1, 1)]
    assert states(read, *places) == ["exists"] * 4


def test_lines_that_are_not_there_are_missing_whatever_was_read():
    assert states([Citation("a.py", 1, 400)], ("a.py", 90, 101), ("c.py", 1, 1)) == ["missing"] * 2


def test_ranges_without_a_line_are_no_reading():
    empty = ReadLines().adding([Citation("a.py", 5, 4), Citation("a.py", 0, 3)])
    assert not empty and not empty.covers(Citation("a.py", 1, 1))


def test_unread_citations_are_those_that_exist_and_were_not_read():
    read = ReadLines().adding([Citation("a.py", 1, 10)])
    assert unread_citations(TEXT, read, CHECK) == [
        Citation("a.py", 4, 30),
        Citation("b.py", 2, 2),
    ]
    assert unread_citations(TEXT, read, None) == []
    everything = [Citation("a.py", 1, 100), Citation("b.py", 1, 10)]
    assert unread_citations(TEXT, read.adding(everything), CHECK) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("src/a b.py:L3-L9", Citation("src/a b.py", 3, 9)),
        ("a:L1-L2:L3-L4", Citation("a:L1-L2", 3, 4)),
        ("a.py", None),
        ("a.py:L3", None),
        (":L1-L2", None),
        ("a.py:L1-L99999999", None),
    ],
)
def test_a_place_is_parsed_as_steps_write_it(written, expected):
    assert parse_place(written) == expected


def test_the_three_states_look_different_and_say_what_they_mean():
    html = rendered(TEXT, ReadCheck(CHECK, ReadLines().adding([Citation("a.py", 1, 10)])))
    assert (html.count('class="cite"'), html.count('class="cite unread"')) == (1, 2)
    assert html.count("unverified") == 1
    assert html.count("not read for this answer") == 2
    assert html.count("not found in this commit") == 1


def test_where_nobody_knows_what_was_read_a_citation_says_nothing_of_it():
    html = rendered("`a.py:L3-L5`", CHECK)
    assert 'class="cite"' in html and "not read" not in html


def test_stored_states_are_shown_again_and_rows_of_earlier_releases_stay_readable():
    place = {"path": "a.py", "start": 3, "end": 5}
    old = [{**place, "found": True}]
    assert stored_check(old, ADDRESS, "c0ffee")(Citation("a.py", 3, 5)).state == "found"
    new = [{**place, "found": True, "state": "exists"}]
    assert stored_check(new, ADDRESS, "c0ffee")(Citation("a.py", 3, 5)).state == "exists"
    assert read_share(old) is None
    assert read_share([*new, {**place, "found": True, "state": "read"}]) == 0.5
    assert state_counts([*old, *new]) == {"found": 1, "exists": 1}


async def stored(message, source):
    """The message's row after a run of `source` has ended, and its events."""
    run = Run(message.run_id, MessageRecorder(message.pk, provider="a provider"))
    RunManager().start(run, source)
    events = [item.event async for item in run.attach()]
    await in_thread(message.refresh_from_db)
    return message, events


def source_item(number, path, start, end):
    return {
        "number": number,
        "path": path,
        "start": start,
        "end": end,
        "symbol": "",
        "language": "",
        "why": "",
        "url": "",
        "score": 1.0,
    }


async def answer():
    items = [source_item(1, "a.py", 1, 10), source_item(2, "b.py", 1, 10)]
    yield Sources(items, "c0ffee", "words", CHECK)
    yield LinesRead((Citation("a.py", 1, 10),))
    yield Step(1, "read_file", {}, "running")
    yield Step(1, "read_file", {}, "done", passages=["a.py:L11-L40"])
    yield Delta(TEXT)


def counted(state):
    labels = {"provider": "a provider", "state": state}
    return metrics.registry.get_sample_value("deepwiki_citations_total", labels) or 0


@pytest.mark.django_db(transaction=True)
async def test_what_was_read_is_stored_with_the_answer_and_counted(message):
    before = {state: counted(state) for state in ("read", "exists", "missing")}
    row, events = await stored(message, answer())
    assert [item["state"] for item in row.citations] == ["read", "read", "exists", "missing"]
    assert [item["found"] for item in row.citations] == [True, True, True, False]
    assert [item["read"] for item in row.sources] == [True, False]
    assert row.verified_share == 0.75
    assert not any(isinstance(event, LinesRead) for event in events)
    after = {state: counted(state) - count for state, count in before.items()}
    assert after == {"read": 2, "exists": 1, "missing": 1}


@pytest.mark.django_db(transaction=True)
async def test_an_answer_of_which_nothing_is_known_claims_nothing(message):
    async def source():
        yield Sources([source_item(1, "a.py", 1, 10)], "c0ffee", "words", CHECK)
        yield Delta("`a.py:L3-L5`")

    row, _ = await stored(message, source())
    assert "state" not in row.citations[0] and "read" not in row.sources[0]
