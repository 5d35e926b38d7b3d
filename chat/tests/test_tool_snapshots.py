"""Tools over one or several repositories, each at the commit at which the answer began."""

import asyncio

import pytest
from asgiref.sync import async_to_sync

from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.testing.tool_calls import call, lines_of
from chat.tools import toolbox
from chat.tools.results import REPEATED
from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.models import Repository
from repos.search import take_snapshot
from repos.services import add
from repos.sources import parse_address

pytestmark = pytest.mark.django_db(transaction=True)


# So many that an update of two changes the index in place instead of making another.
OTHERS = {f"other/m{n}.py": f"def other_{n}():\n    return {n}\n" for n in range(6)}
USES = "from a import first\n\n\ndef user():\n    return first()\n"
FILES = {"a.py": "def first():\n    return 1\n", "b.py": "B = 1\n", "uses.py": USES}
MOVED = "# Moved.\n\ndef second():\n    return 2\n\n\ndef first():\n    return second()\n"


@pytest.fixture
def folder(tmp_path):
    write_files(tmp_path / "one", FILES | OTHERS)
    return tmp_path / "one"


def update(repository):
    """Read the changed files; in place, so that old and new ones are in the same index."""
    jobs.run(jobs.request(repository, start=False)[0].pk)
    assert Repository.objects.get(pk=repository.pk).current_index == repository.current_index


def result_of(box, tool, **arguments):
    result = async_to_sync(call)(box, tool, **arguments)
    assert not result.is_error, result.text
    return result


def test_an_answer_goes_on_reading_the_commit_at_which_it_began(index_folder, folder, people):
    repository = index_folder(folder)
    box = toolbox([repository.pk], person_id=people["alice"].pk)
    write_files(folder, {"a.py": MOVED, "c.py": "C = 1\n", "uses.py": ""})
    (folder / "b.py").unlink()
    update(repository)
    assert "first" in result_of(box, "read_file", path="a.py").text.split("\n")[2]
    assert "B = 1" in result_of(box, "read_file", path="b.py").text
    assert lines_of(result_of(box, "grep", pattern="def first"))[0] == ("a.py", 1, 2)
    assert "c.py" not in result_of(box, "list_files").text
    searched = result_of(box, "search_code", query="first second C").text
    assert "def first" in searched and "def second" not in searched and "c.py" not in searched
    new = toolbox([repository.pk], person_id=people["alice"].pk)
    assert "def second" in result_of(new, "read_file", path="a.py").text


def test_the_graph_is_read_at_the_commit_at_which_the_answer_began(index_folder, folder, people):
    repository = index_folder(folder)
    box = toolbox([repository.pk], person_id=people["alice"].pk)
    write_files(folder, {"a.py": MOVED, "uses.py": ""})
    update(repository)
    defined = result_of(box, "find_definition", name="first")
    assert lines_of(defined) == [("a.py", 1, 1)] and "1: def first" in defined.text
    assert not result_of(box, "find_definition", name="second").passages
    assert "1-2" in result_of(box, "outline", path="a.py").text
    used = [("uses.py", 1, 1), ("uses.py", 5, 5)]
    assert lines_of(result_of(box, "find_references", name="first")) == used
    assert lines_of(result_of(box, "find_callers", symbol="first")) == used[1:]
    assert "a.py:L1-L2" in result_of(box, "find_callees", symbol="user").text
    assert not result_of(box, "find_callees", symbol="first").passages
    new = toolbox([repository.pk], person_id=people["alice"].pk)
    assert lines_of(result_of(new, "find_definition", name="first")) == [("a.py", 7, 7)]
    assert lines_of(result_of(new, "find_callees", symbol="first")) == [("a.py", 8, 8)]


def test_the_tools_read_through_a_snapshot_that_is_given(index_folder, folder, people):
    repository = index_folder(folder)
    snapshot = take_snapshot(repository.pk, people["alice"].pk)
    write_files(folder, {"a.py": "def second():\n    return 2\n"})
    update(repository)
    box = toolbox([repository.pk], person_id=people["alice"].pk, snapshots=[snapshot])
    assert "def first" in result_of(box, "read_file", path="a.py").text
    box.release()  # it took none itself
    assert "def first" in result_of(box, "grep", pattern="def").text


def test_a_repository_without_an_index_gives_no_tools(folder, people):
    repository = add(parse_address(str(folder), "local"), None)
    with pytest.raises(RetrieverFailed):
        toolbox([repository.pk], person_id=people["alice"].pk)
    with pytest.raises(NoSuchRepository):
        toolbox([], person_id=people["alice"].pk)


@pytest.fixture
def two(index_folder, tmp_path, people):
    write_files(tmp_path / "x" / "one", {"a.py": "def one():\n    return 1\n"})
    write_files(tmp_path / "x" / "two", {"a.py": "def two():\n    return one()\n"})
    ids = [index_folder(tmp_path / "x" / name).pk for name in ("one", "two")]
    for pk, name in zip(ids, ("own/one", "own/two"), strict=True):
        Repository.objects.filter(pk=pk).update(name=name)
    return toolbox(ids, person_id=people["alice"].pk)


def test_of_several_repositories_each_tool_takes_one_by_name(two):
    for spec in two.specs:
        schema = spec.parameters
        assert schema["properties"]["repository"]["enum"] == ["own/one", "own/two"]
        assert "repository" in schema["required"]


def test_citations_of_several_repositories_name_it(two):
    result = result_of(two, "read_file", repository="OWN/two", path="a.py")
    assert result.text.split("\n")[1].startswith("own/two:a.py lines 1-3 of 3")
    assert lines_of(result) == [("own/two:a.py", 1, 3)]
    assert result.passages[0].cite == "own/two:a.py:L1-L3"
    for tool, arguments in (
        ("grep", {"pattern": "def"}),
        ("search_code", {"query": "two"}),
        ("find_definition", {"name": "two"}),
    ):
        result = result_of(two, tool, repository="own/two", **arguments)
        assert {path for path, _, _ in lines_of(result)} == {"own/two:a.py"}
    assert "own/one:a.py (3 lines)" in result_of(two, "list_files", repository="own/one").text


def test_a_path_may_carry_the_name_of_its_repository(two):
    result = result_of(two, "read_file", repository="own/one", path="own/one:a.py:L2")
    assert lines_of(result) == [("own/one:a.py", 2, 2)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"path": "a.py"}, "repository is missing"),
        ({"path": "a.py", "repository": "own/three"}, "must be one of: own/one, own/two"),
        ({"path": "own/two:a.py", "repository": "own/one"}, "There is no file"),
    ],
)
def test_another_repository_is_refused(two, arguments, told):
    result = async_to_sync(call)(two, "read_file", **arguments)
    assert result.is_error and told in result.text


def test_several_repositories_one_of_which_may_not_be_read_give_no_tools(two, people):
    ids = [one.repository.pk for one in two.repositories]
    Repository.objects.filter(pk=ids[1]).update(is_private=True, added_by=people["bob"])
    with pytest.raises(NoSuchRepository):
        toolbox(ids, person_id=people["alice"].pk)
    with pytest.raises(NoSuchRepository):
        async_to_sync(call)(two, "read_file", repository="own/two", path="a.py")
    assert result_of(two, "read_file", repository="own/one", path="a.py")


def test_the_same_call_at_the_same_time_is_carried_out_once(two):
    async def at_once():
        return await asyncio.gather(
            *(call(two, "grep", repository="own/one", pattern="def") for _ in range(4))
        )

    results = async_to_sync(at_once)()
    repeated = [result.text.startswith(REPEATED) for result in results]
    assert repeated == [False, True, True, True]
