"""What pages and downloads show of an answer's calls of tools."""

import json
import re

import pytest
from django.utils import translation

from chat.models import Share
from chat.web.answer_steps import answer_steps
from repos.sources import parse_address

pytestmark = [pytest.mark.django_db]
ADDRESS = parse_address("https://github.com/a/b")
READ = {
    "n": 1,
    "tool": "read_file",
    "arguments": {"path": "shop/prices.py"},
    "state": "done",
    "summary": "read `shop/prices.py` 1-40",
    "code": "a_code_of_an_earlier_release",
    "passages": ["shop/prices.py:L1-L40"],
    "ms": 4,
}
CALLERS = {
    "n": 2,
    "tool": "find_callers",
    "arguments": {"symbol": "Session.send"},
    "state": "done",
    "summary": "looked for who calls `Session.send`: 2 places",
    "code": "",
    "passages": ["shop/prices.py:L3-L3", "shop/mail.js:L2-L2"],
    "ms": 1_240,
}
UNENDED = {
    "n": 3,
    "tool": "find_callers",
    "arguments": {"symbol": "<b>"},
    "state": "failed",
    "summary": "",
    "code": "",
    "passages": ["no place", "a:L1-L99999999"],
}


@pytest.fixture
def answer(store_answer):
    """An answer with three steps."""
    return store_answer(
        content="So. `shop/prices.py:L3-L4`, `shop/mail.js:L2`, `shop/x.py:L1`",
        steps=[READ, CALLERS, UNENDED],
        citations=[
            {"path": "shop/prices.py", "start": 3, "end": 4, "found": True, "state": "read"},
            {"path": "shop/mail.js", "start": 2, "end": 2, "found": True, "state": "exists"},
            {"path": "shop/x.py", "start": 1, "end": 1, "found": False, "state": "missing"},
        ],
        usage={"first_token_ms": 8_000},
    )


def test_steps_are_summed_up_in_one_sentence(answer):
    assert answer_steps(answer, ADDRESS).summary == "Looked at 2 files in 3 steps, 8 s"
    answer.steps, answer.usage = [READ], {}
    assert answer_steps(answer, ADDRESS).summary == "Looked at 1 file in 1 step, 0 s"
    answer.steps = [UNENDED]
    assert answer_steps(answer, ADDRESS).summary == "Looked around in 1 step, 0 s"
    answer.steps = []
    assert answer_steps(answer, ADDRESS) is None


def test_a_step_is_a_sentence_with_its_places_and_its_time(answer):
    read, callers, failed = answer_steps(answer, ADDRESS).steps
    assert read.parts == ("read ", "shop/prices.py", " 1-40")
    assert [(p.path, p.start, p.end) for p in read.places] == [("shop/prices.py", 1, 40)]
    assert read.places[0].url == "https://github.com/a/b/blob/c0ffee/shop/prices.py#L1-L40"
    assert (read.time, callers.time) == ("4 ms", "1.2 s")
    assert len(callers.places) == 2
    assert (failed.state, failed.text, failed.places) == (
        "failed",
        "looking for who calls <b>",
        (),
    )


def test_a_sentence_that_tells_the_end_is_not_said_to_have_failed_besides(answer, client, alice):
    told = "looked for `shop/x.py`, which is not there"
    answer.steps = [{**UNENDED, "summary": told}, UNENDED]
    answer.save()
    assert [step.tells_end for step in answer_steps(answer, ADDRESS).steps] == [True, False]
    client.force_login(alice)
    html = client.get(f"/c/{answer.conversation_id}/").content.decode()
    assert len(re.findall(r'data-part="step-failed">', html)) == 1


def test_steps_are_told_in_the_readers_language(answer):
    with translation.override("ru"):
        steps = answer_steps(answer, ADDRESS)
    assert "2 файла" in steps.summary and "3 шага" in steps.summary
    assert steps.steps[2].text != "looking for who calls <b>"


def test_an_unknown_tool_and_missing_arguments_are_shown_as_they_are(answer):
    answer.steps = [{**UNENDED, "tool": "new_tool"}, {**UNENDED, "arguments": {}}]
    new, without = answer_steps(answer, ADDRESS).steps
    assert (new.text, without.text) == ("new_tool", "looking for who calls ")


def test_the_page_shows_the_steps_folded(answer, client, alice):
    client.force_login(alice)
    html = client.get(f"/c/{answer.conversation_id}/").content.decode()
    assert "Looked at 2 files in 3 steps, 8 s" in html
    assert "looking for who calls <code>&lt;b&gt;</code>" in html
    assert '<details class="steps" data-part="steps">' in html
    assert html.count('class="step-place"') == 1


def test_who_may_not_read_the_repository_gets_no_place_of_ours(answer, client, repository):
    repository.kind, repository.url = "git", "https://git.example.org/a/b"
    repository.is_private, repository.shares_allowed = False, True
    repository.save()
    share = Share.objects.create(conversation=answer.conversation, last=answer)
    response = client.get(f"/s/{share.key}/")
    if response.status_code == 302:
        pytest.skip("this repository is shown to people with an account only")
    html = response.content.decode()
    assert "Looked at 2 files" in html
    assert re.search(r'<a\s+class="step-place"\s+data-path="shop/prices.py"', html)


def test_downloads_hold_the_steps_and_what_was_read(answer, client, alice):
    client.force_login(alice)
    text = client.get(f"/m/{answer.pk}/answer.md").content.decode()
    assert "Looked at 2 files in 3 steps, 8 s" in text
    assert "- read shop/prices.py 1-40" in text and "- looking for who calls <b> (failed)" in text
    assert "- shop/prices.py:3-4 (read)" in text
    assert "- shop/mail.js:2-2 (in the commit, not read for this answer)" in text
    assert "- shop/x.py:1-1 (not found in this commit)" in text
    data = json.loads(client.get(f"/c/{answer.conversation_id}/export.json").content)
    assert [step["n"] for step in data["messages"][1]["steps"]] == [1, 2, 3]
    assert data["messages"][1]["citations"][1]["state"] == "exists"
