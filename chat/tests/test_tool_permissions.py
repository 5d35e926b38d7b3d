"""Whose rights the tools read with: asked for at each call, in the statement that reads."""

import json

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.core.errors import NoSuchRepository
from chat.core.tool_calls import ToolCall
from chat.testing.tool_calls import call, lines_of
from chat.tools import toolbox
from repos.models import Repository
from repos.search import take_snapshot

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {
    "src/app/models.py": "class Order:\n    pass\n",
    "src/app/views.py": "from app.models import Order\n\n\ndef show():\n    return Order()\n",
}
CALLS = {
    "read_file": {"path": "src/app/views.py"},
    "grep": {"pattern": "Order"},
    "search_code": {"query": "Order"},
    "list_files": {},
    "outline": {"path": "src/app/views.py"},
    "find_definition": {"name": "Order"},
    "find_references": {"name": "Order"},
    "find_callers": {"symbol": "Order"},
    "find_callees": {"symbol": "show"},
}
STATEMENTS = {"read_file": 1, "grep": 3}  # with the permission and the state of the index


def withdraw(app, people):
    Repository.objects.filter(pk=app.pk).update(is_private=True, added_by=people["bob"])


@pytest.mark.parametrize("tool", CALLS)
def test_only_a_tool_whose_statement_asks_for_no_permission_is_asked_before(box, tool):
    request = box._request(ToolCall("1", tool, json.dumps(CALLS[tool])))
    request.run()  # what is kept in memory is read
    with CaptureQueriesContext(connection) as in_tool:
        request.tool.run(request.repository, request.arguments)
    with CaptureQueriesContext(connection) as in_call:
        assert not request.run().is_error
    assert len(in_tool) == STATEMENTS.get(tool, len(in_tool))
    asked_before = tool not in ("read_file", "grep", "search_code")
    assert len(in_call) == len(in_tool) + asked_before
    assert not asked_before or "is_private" in in_call[0]["sql"]


@pytest.mark.parametrize("tool", CALLS)
def test_a_permission_withdrawn_between_two_calls_ends_the_reading(box, app, people, tool):
    async_to_sync(call)(box, "read_file", path="src/app/models.py")
    withdraw(app, people)
    with pytest.raises(NoSuchRepository):
        async_to_sync(call)(box, tool, **CALLS[tool])


def test_a_result_in_memory_is_not_given_without_the_permission(box, app, people):
    assert lines_of(async_to_sync(call)(box, "read_file", **CALLS["read_file"]))
    withdraw(app, people)
    with pytest.raises(NoSuchRepository):
        async_to_sync(call)(box, "read_file", **CALLS["read_file"])


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("read_file", {"path": "src/app/view.py"}),  # the nearest paths are in memory
        ("read_file", {"path": "src/app/views.py", "start": 900}),
        ("grep", {"pattern": "nothing like it"}),
        ("grep", {"pattern": "x", "paths": ["lib/"]}),
        ("search_code", {"query": "x", "paths": ["lib/"]}),
        ("list_files", {"path": "lib"}),
        ("find_callers", {"symbol": "nothing"}),
    ],
)
def test_nothing_is_told_of_what_may_not_be_read_any_more(box, app, people, tool, arguments):
    assert not async_to_sync(call)(box, tool, **arguments).passages
    box._results.clear()
    withdraw(app, people)
    with pytest.raises(NoSuchRepository):
        async_to_sync(call)(box, tool, **arguments)


def test_who_may_not_read_a_repository_gets_no_tools(app, people):
    snapshot = take_snapshot(app.pk, people["alice"].pk)
    Repository.objects.filter(pk=app.pk).update(is_private=True, added_by=people["alice"])
    for person in (people["bob"].pk, None):
        with pytest.raises(NoSuchRepository):
            toolbox([app.pk], person_id=person)
        with pytest.raises(NoSuchRepository):
            toolbox([app.pk], person_id=person, snapshots=[snapshot])
    assert toolbox([app.pk], person_id=people["alice"].pk).specs


@pytest.mark.parametrize("tool", CALLS)
def test_the_owner_of_a_private_repository_reads_it_with_each_tool(box, app, people, tool):
    Repository.objects.filter(pk=app.pk).update(is_private=True, added_by=people["alice"])
    result = async_to_sync(call)(box, tool, **CALLS[tool])
    assert not result.is_error and "src/app/" in result.text


@pytest.mark.parametrize("tool", CALLS)
def test_a_stranger_reads_nothing_once_one_has_to_be_signed_in(app, tool):
    row = Repository.objects.filter(pk=app.pk)
    row.update(host_is_public=True)
    strange = toolbox([app.pk], person_id=None)
    assert not async_to_sync(call)(strange, tool, **CALLS[tool]).is_error
    strange._results.clear()
    row.update(host_is_public=False)
    with pytest.raises(NoSuchRepository):
        async_to_sync(call)(strange, tool, **CALLS[tool])
