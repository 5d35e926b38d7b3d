"""How much a tool gives of much, what it keeps in memory, and the filters of a question."""

from importlib import import_module

import pytest
from asgiref.sync import async_to_sync

from chat.testing.tool_calls import call, lines_of
from chat.tools import toolbox
from chat.tools.results import REPEATED
from deepwiki.testing.fixtures import write_files
from repos.models import Repository
from repos.models.snapshots import IndexHold
from repos.search import Filters

pytestmark = pytest.mark.django_db(transaction=True)

MODULE = import_module("chat.tools.toolbox")  # the package names the function like it
HITS = "".join(f"needle = {n}\n\n\n\n\n\n" for n in range(60))
FILES = {
    "src/a.py": HITS,
    "src/b.py": HITS,
    "src/c.py": HITS,
    "tests/test_a.py": "def test_needle():\n    needle = 1\n",
    **{f"many/m{n:02}.py": f"thread = {n}\n\n\n\n\n" * 4 for n in range(50)},
    "docs/wide.md": "a " * 3_000 + "needle" + " b" * 3_000 + "\n",
}


def ask(box, tool, **arguments):
    return async_to_sync(call)(box, tool, **arguments)


def test_matching_lines_are_shared_out_among_the_files(box):
    result = ask(box, "grep", pattern="needle", paths=["src/"])
    assert {path for path, _, _ in lines_of(result)} == {"src/a.py", "src/b.py", "src/c.py"}
    assert 90 <= result.text.count(": needle = ") <= 100
    assert "180 matches in 3 files" in result.text


def test_of_many_files_the_first_are_shown_up_to_100_lines(box):
    text = ask(box, "grep", pattern="thread").text
    assert text.count(": thread = ") == 100
    assert "200 matches in 50 files." in text and "The first 34 of the files are shown" in text


def test_of_two_places_of_one_file_the_lines_between_are_marked_as_left_out(box):
    text = ask(box, "grep", pattern="needle = [12]$", paths=["src/a.py"]).text
    assert "7: needle = 1\n8- \n9- \n--\n11- \n12- \n13: needle = 2" in text


def test_a_count_is_said_to_be_of_first_lines_only_where_there_are_more(box):
    assert (
        "tests/test_a.py (2 matches)\n" in ask(box, "grep", pattern="needle", paths="tests/").text
    )
    more = ask(box, "grep", pattern="needle", paths="src/").text
    assert "src/a.py (60 matches, the first lines of them)\n" in more


def test_the_beginning_of_a_wide_line_is_marked_as_left_out(box):
    assert "\n1: …" in ask(box, "grep", pattern="needle", paths="docs/").text


@pytest.mark.parametrize("depth", [-5, 0, 10**9])
def test_a_depth_beyond_its_bounds_is_moved_into_them(box, depth):
    text = ask(box, "list_files", depth=depth).text
    assert "src/" in text and ("20 levels" in text or "1 level shown" in text or depth == 0)


def test_paths_of_a_call_narrow_the_filters_of_the_question_and_never_widen_them(app, people):
    filters = Filters(included_dirs=["tests"])
    box = toolbox([app.pk], person_id=people["alice"].pk, filters=filters)
    for tool, arguments in (("grep", {"pattern": "needle"}), ("search_code", {"query": "needle"})):
        found = ask(box, tool, paths=["**/*.py", "*.py"], **arguments)
        assert {path for path, _, _ in lines_of(found)} == {"tests/test_a.py"}
    told = ask(box, "read_file", path="src/a.py")
    assert told.is_error and "about a part of the files only" in told.text


def test_of_several_paths_some_may_match_nothing(box):
    found = ask(box, "grep", pattern="needle", paths=["lib/", "tests/"])
    assert {path for path, _, _ in lines_of(found)} == {"tests/test_a.py"}


def test_what_was_asked_for_is_told_short(box):
    for values in ({"path": "y" * 900}, {"path": "../" + "y" * 900}):
        assert len(ask(box, "read_file", **values).text) < 700
    patterns = [f"{n}{'y' * 300}/" for n in range(10)]
    assert len(ask(box, "grep", pattern="x", paths=patterns).text) < 1_000


def test_so_many_results_are_kept(box, monkeypatch):
    monkeypatch.setattr(MODULE, "MAX_REMEMBERED", 2)
    for start in (1, 2, 3):
        ask(box, "read_file", path="src/a.py", start=start)
    again = [ask(box, "read_file", path="src/a.py", start=start).text for start in (1, 2, 3)]
    assert [text.startswith(REPEATED) for text in again] == [True, True, False]


def test_an_error_is_not_kept(box):
    for _ in range(2):
        assert not ask(box, "read_file", path="none.py").text.startswith(REPEATED)


def test_a_call_that_takes_too_long_is_a_refusal(box, monkeypatch):
    monkeypatch.setattr(MODULE, "CALL_SECONDS", 0.0)
    result = ask(box, "grep", pattern="needle")
    assert result.is_error and result.summary == "step_too_slow"


def test_an_unknown_tool_has_no_name_in_the_fence(box):
    assert ask(box, "rm").text.startswith('<result tool="unknown">')


def test_the_snapshots_that_it_took_are_released_and_those_it_was_given_are_not(app, people):
    box = toolbox([app.pk], person_id=people["alice"].pk)
    [snapshot] = box._snapshots
    given = toolbox([app.pk], person_id=people["alice"].pk, snapshots=[snapshot])
    given.release()
    assert IndexHold.objects.filter(pk=snapshot.hold_id).exists()
    box.release()
    assert not IndexHold.objects.filter(pk=snapshot.hold_id).exists()


def test_two_repositories_of_one_name_are_told_apart(index_folder, tmp_path, people):
    ids = []
    for number in (1, 2):
        write_files(tmp_path / str(number), {"a.py": f"def made_{number}():\n    return 1\n"})
        ids.append(index_folder(tmp_path / str(number)).pk)
    Repository.objects.filter(pk__in=ids).update(name="own/app")
    box = toolbox(ids, person_id=people["alice"].pk)
    for name, made in (("own/app", "made_1"), ("own/app~2", "made_2")):
        text = ask(box, "read_file", repository=name, path="a.py").text
        assert f"{name}:a.py lines" in text and made in text


def test_a_private_repository_is_read_by_its_owner(app, people):
    Repository.objects.filter(pk=app.pk).update(is_private=True, added_by=people["alice"])
    box = toolbox([app.pk], person_id=people["alice"].pk)
    for tool, arguments in (
        ("grep", {"pattern": "needle"}),
        ("search_code", {"query": "needle"}),
        ("read_file", {"path": "src/a.py"}),
    ):
        assert ask(box, tool, **arguments).passages, tool
