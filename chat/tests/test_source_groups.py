"""Sources as cited, read and found, and the questions that an answer leads to."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from chat.models import Message, Share
from chat.web.follow_ups import follow_ups
from chat.web.source_groups import source_groups
from repos.sources import parse_address

pytestmark = [pytest.mark.django_db]
ADDRESS = parse_address("https://github.com/a/b")
PRICES = "shop/prices.py"


def source(path, start, end, **fields):
    return {"path": path, "start": start, "end": end, "symbol": "", "why": "", "url": "", **fields}


def citation(path, start, end, state):
    found = state != "missing"
    return {"path": path, "start": start, "end": end, "found": found, "state": state}


@pytest.fixture
def answer(store_answer):
    """An answer that cites three places, and has read and found others."""
    return store_answer(
        content=f"See `{PRICES}:L10-L14`.",
        provider="openai",
        citations=[
            citation(PRICES, 10, 13, "read"),
            citation("shop/mail.js", 2, 2, "exists"),
            citation("shop/none.py", 1, 2, "missing"),
        ],
        sources=[
            source(PRICES, 1, 20, read=True),
            source("README.md", 1, 3, read=True),
            source("shop/mail.js", 1, 3, read=False),
            source("shop/__init__.py", 1, 1, read=False),
        ],
        steps=[
            {"n": 1, "tool": "read_file", "state": "done", "passages": ["README.md:L1-L2"]},
            {"n": 2, "tool": "read_file", "state": "done", "passages": ["tests/a.py:L1-L9"]},
            {"n": 3, "tool": "read_file", "state": "done", "passages": ["tests/a.py:L10-L20"]},
        ],
    )


def places(group):
    return [(item["path"], item["start"], item["end"]) for item in group.items]


def test_sources_are_cited_or_read_or_merely_found(answer):
    groups = source_groups(answer, ADDRESS)
    cited, read, found = groups.groups
    assert [group.title for group in groups.groups] == ["Cited", "Read", "Found"]
    assert [item["state"] for item in cited.items] == ["read", "exists", "missing"]
    assert places(read) == [("README.md", 1, 3), ("tests/a.py", 1, 20)]
    assert places(found) == [("shop/__init__.py", 1, 1)]
    assert groups.missing == 1
    assert cited.items[0]["url"] == "https://github.com/a/b/blob/c0ffee/shop/prices.py#L10-L13"


def test_a_place_that_is_cited_in_part_stands_among_the_cited_alone(answer):
    answer.steps = [
        {"n": 1, "tool": "read_file", "state": "done", "passages": [f"{PRICES}:L1-L60"]},
        {"n": 2, "tool": "grep", "state": "done", "passages": ["shop/__init__.py:L1-L1", "no"]},
    ]
    groups = source_groups(answer, ADDRESS)
    assert [group.count for group in groups.groups] == [3, 2]
    assert places(groups.groups[1]) == [("README.md", 1, 3), ("shop/__init__.py", 1, 1)]


def test_an_answer_that_cites_nothing_says_what_it_read(answer):
    answer.citations = []
    assert [group.title for group in source_groups(answer, ADDRESS).groups] == ["Read", "Found"]


def test_a_group_names_how_many_it_has_and_lists_no_more_than_a_page_bears(answer):
    answer.steps = [
        {
            "n": 1,
            "tool": "grep",
            "state": "done",
            "passages": [f"many/{n}.py:L1-L1" for n in range(500)],
        }
    ]
    read = source_groups(answer, ADDRESS).groups[1]
    assert (len(read.items), read.count) == (200, 501)


def test_answers_of_search_alone_and_of_earlier_releases_keep_their_list(answer):
    answer.provider = "search-only"
    assert source_groups(answer, ADDRESS) is None
    answer.provider, answer.steps = "openai", []
    for item in answer.sources:
        del item["read"]
    assert source_groups(answer, ADDRESS) is None


def test_a_conversation_of_an_earlier_release_shows_its_sources_as_before(answer, client, alice):
    answer.steps = []
    answer.citations = [{"path": PRICES, "start": 10, "end": 13, "found": True}]
    for item in answer.sources:
        del item["read"]
    answer.save()
    client.force_login(alice)
    html = client.get(f"/c/{answer.conversation_id}/").content.decode()
    assert 'data-part="source-count">4</span>' in html
    assert html.count('<ol data-part="source-list">') == 2  # with that of the template of scripts
    assert 'class="source-group"' not in html and "<article" in html


def test_the_page_lists_the_groups_and_counts_what_is_not_there(answer, client, alice):
    client.force_login(alice)
    html = client.get(f"/c/{answer.conversation_id}/").content.decode()
    assert "Cited 3 · Read 2 · Found 1" in html
    assert "1 citation is not in this commit." in html
    assert html.count('class="source-group"') == 3
    assert "Read, not cited" in html and "Found, not read" in html
    end = client.get(f"/m/{answer.pk}/footer").content.decode()
    assert "Cited 3 · Read 2 · Found 1" in end


def test_an_answer_leads_to_callers_tests_and_configuration(answer, repository):
    answer.citations = [citation(PRICES, 18, 18, "read")]
    answer.commit = repository.current_index.commit
    assert follow_ups(answer, repository) == [
        "Who calls `apply_discount`, and what for?",
        "What do the tests in `tests/test_prices.py` check?",
    ]
    with translation.override("fr"):
        assert follow_ups(answer, repository)[0].startswith("Qui appelle `apply_discount`")


def test_the_graph_is_read_once_for_each_state_of_an_index(
    answer, repository, django_assert_num_queries
):
    answer.citations = [citation(PRICES, 18, 18, "read")]
    answer.commit = repository.current_index.commit
    first = follow_ups(answer, repository)
    with django_assert_num_queries(0):
        assert follow_ups(answer, repository) == first != []
    repository.current_index.updated_at += timedelta(seconds=1)
    with CaptureQueriesContext(connection) as queries:
        assert follow_ups(answer, repository) == first
    assert len(queries) >= 3


def test_lines_that_an_update_may_have_moved_name_no_definition(answer, repository):
    answer.citations = [citation(PRICES, 18, 18, "read")]
    assert answer.commit != repository.current_index.commit
    assert follow_ups(answer, repository) == ["What do the tests in `tests/test_prices.py` check?"]


def test_a_question_to_go_on_with_is_asked_where_it_can_be_answered(answer, repository):
    answer.state = Message.State.STOPPED
    assert follow_ups(answer, repository) == []
    answer.state = Message.State.COMPLETE
    answer.citations, answer.steps = [citation("shop/none.py", 1, 2, "missing")], []
    assert follow_ups(answer, repository) == []
    repository.current_index = None
    answer.citations = [citation(PRICES, 18, 18, "read")]
    assert follow_ups(answer, repository) == []


def test_only_the_last_answer_and_its_owner_get_questions_to_go_on_with(
    answer, client, alice, repository
):
    client.force_login(alice)
    url = f"/c/{answer.conversation_id}/"
    assert "follow-ups" in client.get(url).content.decode()
    repository.shares_allowed = True
    repository.save()
    share = Share.objects.create(conversation=answer.conversation, last=answer)
    shared = client.get(f"/s/{share.key}/").content.decode()
    assert "Cited 3" in shared and "follow-ups" not in shared
    Message.objects.create(
        conversation=answer.conversation, parent=answer, position=3, role="user", content="And?"
    )
    assert "follow-ups" not in client.get(url).content.decode()


def test_names_that_break_a_sentence_are_not_asked_about(answer, repository):
    from repos.models import Document

    Document.objects.filter(path="tests/test_prices.py").update(path="tests/test_`x`_prices.py")
    answer.citations = [citation(PRICES, 18, 18, "read")]
    assert all("test_" not in question for question in follow_ups(answer, repository))
