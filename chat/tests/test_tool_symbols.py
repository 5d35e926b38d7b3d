"""What the tools give that read the code graph."""

import pytest
from asgiref.sync import async_to_sync

from chat.testing.tool_calls import call, lines_of
from chat.tools import toolbox
from repos.models import Index
from repos.search import Filters

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {
    "app/session.py": (
        "from app.wire import connect\n\n\nclass Session:\n    def send(self, request):\n"
        "        wire = connect(request)\n        return wire.push(request)\n\n\n"
        "class Closed:\n    def send(self):\n        raise ValueError\n"
    ),
    "app/wire.py": "def connect(request):\n    return Wire()\n\n\nclass Wire:\n    def push(self, request):\n        return request\n",
    "app/main.py": "from app.session import Session\n\n\ndef run():\n    return Session().send(1)\n",
    "tests/test_session.py": "from app.session import Session\n\n\ndef test_send():\n    assert Session().send(2)\n",
    **{f"many/u{n:02}.py": "from app.wire import connect\n\nconnect(1)\n" for n in range(70)},
}


def result_of(box, tool, **arguments):
    result = async_to_sync(call)(box, tool, **arguments)
    assert not result.is_error, result.text
    assert len(result.text) <= 16_000
    return result


def refused(box, tool, **arguments):
    result = async_to_sync(call)(box, tool, **arguments)
    assert result.is_error
    return result.text


def test_outline_lists_symbols_with_their_lines(box):
    result = result_of(box, "outline", path="./app/session.py")
    assert "\n4-7 class Session\n" in result.text
    assert "\n  5-7 method " in result.text and result.passages == ()
    assert result.summary == "step_outlined"


def test_find_definition_gives_places_with_a_line_of_code(box):
    result = result_of(box, "find_definition", name="connect")
    assert "app/wire.py:L1-L2 function connect\n1: def connect(request):" in result.text
    assert lines_of(result) == [("app/wire.py", 1, 1)]
    assert (result.summary, result.parameters["name"]) == ("step_defined_one", "connect")


@pytest.mark.parametrize(
    "name", ["Session.send", "session.Session#send()", "app.session.Session.send", "Session::send"]
)
def test_a_dotted_name_chooses_among_definitions(box, name):
    assert lines_of(result_of(box, "find_definition", name=name)) == [("app/session.py", 5, 5)]


def test_a_name_alone_gives_all_its_definitions(box):
    assert len(result_of(box, "find_definition", name="send").passages) == 2


def test_a_name_that_is_not_defined_says_where_else_to_look(box):
    text = result_of(box, "find_definition", name="ValueError").text
    assert "ValueError is not defined in this repository" in text and "grep" in text
    assert "is not defined" in refused(box, "find_callers", symbol="nothing_of_it")
    assert "This is no name" in refused(box, "find_definition", name="()")


def test_find_references_gives_60_places_and_says_how_many_there_are(box):
    result = result_of(box, "find_references", name="connect")
    assert 50 <= len(result.passages) <= 60
    assert "uses of connect in 71 files" in result.text and "[import]" in result.text
    assert f"The first {len(result.passages)} are shown." in result.text
    for path, start, _ in lines_of(result):
        assert f"{path} (" in result.text and f"\n{start}: " in result.text


def test_find_callers_names_the_calling_functions(box):
    result = result_of(box, "find_callers", symbol="Session.send")
    assert "app/main.py:L4-L5 function run\n5: return Session().send(1)" in result.text
    assert "tests/test_session.py:L4-L5 function test_send" in result.text
    assert ("app/main.py", 5, 5) in lines_of(result)
    assert result.parameters == {"name": "Session.send", "count": 2}


def test_find_callers_says_which_definition_it_chose_and_how_others_are_asked_for(box):
    text = result_of(box, "find_callers", symbol="send", path="app/session.py").text
    assert "1 other definition, to be chosen by `path` or a dotted name: app/session.py" in text
    text = refused(box, "find_callers", symbol="connect", path="app/main.py")
    assert "connect is not defined there, but in: app/wire.py:L1-L2" in text


def test_find_callees_gives_what_is_called_and_where_it_is_defined(box):
    result = result_of(box, "find_callees", symbol="Session.send")
    assert "connect: app/wire.py:L1-L2 function connect\n6: wire = connect(request)" in result.text
    assert "push: app/wire.py:L6-L7 method Wire.push" in result.text
    assert lines_of(result) == [("app/session.py", 6, 6), ("app/session.py", 7, 7)]


def test_filters_of_the_question_hold_for_the_graph(app, people):
    filters = Filters(excluded_dirs=["app"])
    box = toolbox([app.pk], person_id=people["alice"].pk, filters=filters)
    assert not result_of(box, "find_definition", name="connect").passages
    used = result_of(box, "find_references", name="Session")
    assert {path for path, _, _ in lines_of(used)} == {"tests/test_session.py"}
    assert "is not defined" in refused(box, "find_callers", symbol="Session.send")
    assert "There is no file" in refused(box, "outline", path="app/session.py")
    inside = Filters(included_dirs=["app"])
    box = toolbox([app.pk], person_id=people["alice"].pk, filters=inside)
    callers = result_of(box, "find_callers", symbol="connect")
    assert {path for path, _, _ in lines_of(callers)} == {"app/session.py"}


def test_an_index_without_symbols_says_so(app, people):
    Index.objects.update(format=2)
    from deepwiki.foundation.sql import execute

    execute("DELETE FROM repos_graphdefinition")
    execute("DELETE FROM repos_graphreferences")
    box = toolbox([app.pk], person_id=people["alice"].pk)
    told = "made by an earlier version and knows no symbols"
    assert told in result_of(box, "find_definition", name="connect").text
    assert told in result_of(box, "find_references", name="connect").text
    assert told in result_of(box, "outline", path="app/wire.py").text
    assert told in refused(box, "find_callees", symbol="connect")
