"""How much an answer without a model shows of the names in a question."""

import pytest

from chat.tools.named_places import with_named_places
from chat.tools.repository import RepositoryAtCommit
from deepwiki.testing.fixtures import write_files
from repos.search import Filters, take_snapshot
from repos.search.question_names import MAX_CHARS

pytestmark = pytest.mark.django_db

LONG = "def long_one():\n" + "    x = 1\n" * 100
FILES = {
    "a.py": "def one_name():\n    return 1\n",
    "b.py": "def two_name():\n    return 1\n",
    "c.py": "def three_name():\n    return 1\n",
    "long.py": LONG,
    "me.py": "def calls_itself():\n    x = 1\n    return calls_itself()\n",
    "short.py": "from a import one_name\n\n\ndef s():\n    one_name()\ny = 1\nz = 1\n",
    **{f"same/s{n}.py": f"def twin():\n    return {n}\n" for n in range(9)},
    "twins.py": "from same.s1 import twin\n\n\ndef call_twin():\n    return twin()\n",
    **{
        f"use/u{n}.py": f"from b import two_name\n\n\ndef u{n}():\n    return two_name()\n"
        for n in range(6)
    },
    **{
        f"tests/test_t{n}.py": f"from b import two_name\n\n\ndef test_{n}():\n    two_name()\n"
        for n in range(4)
    },
}


@pytest.fixture
def shown(index_folder, tmp_path, people):
    write_files(tmp_path / "app", FILES)
    repository = index_folder(tmp_path / "app")
    person = people["alice"].pk
    readable = RepositoryAtCommit(
        repository, take_snapshot(repository.pk, person), repository.name, "", person, Filters()
    )

    def shown(question):
        return [
            (passage.path, passage.start, passage.end, passage.match_reason)
            for passage in with_named_places(readable, question, [])
        ]

    return shown


def test_two_names_of_a_question_are_looked_up(shown):
    paths = {path for path, _, _, _ in shown("one_name, two_name and three_name")}
    assert {"a.py", "b.py"} <= paths and "c.py" not in paths
    assert shown("x" * MAX_CHARS + " one_name") == []


def test_of_a_definition_its_head_is_shown(shown):
    assert shown("long_one") == [("long.py", 1, 24, "defined")]
    assert shown("three_name") == [("c.py", 1, 2, "defined")]


def test_of_a_name_with_very_many_definitions_three_are_shown_and_no_uses(shown):
    found = shown("twin()")
    assert [reason for _, _, _, reason in found] == ["defined"] * 3


def test_four_uses_and_two_tests_are_shown(shown):
    reasons = [reason for _, _, _, reason in shown("two_name")]
    assert reasons == ["defined"] + ["uses"] * 4 + ["test"] * 2


def test_a_definition_that_calls_itself_is_no_use_of_it(shown):
    assert shown("calls_itself") == [("me.py", 1, 3, "defined")]


def test_a_use_is_shown_with_the_lines_around_it_inside_of_its_function(shown):
    assert shown("one_name")[1] == ("short.py", 4, 5, "uses")
