"""Symbols and files that a question names are found by indexes, in any index's size."""

import pytest
from django.db import connection

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.search import Filters, SearchOptions, search
from repos.search.statement import build_statement

pytestmark = pytest.mark.django_db
MANY = 150  # definitions of one name


def named(repository, question, **options):
    """The paths of the hits that the question names."""
    options = SearchOptions(limit=500, hybrid=False, **options)
    hits = search([repository.pk], question, user_id=OPERATOR_ID, options=options).passages
    return [hit.path for hit in hits if hit.named]


@pytest.fixture
def indexed(index_folder, tmp_path):
    def indexed(files):
        write_files(tmp_path / "r", files)
        return index_folder(tmp_path / "r")

    return indexed


def test_a_name_with_many_definitions_leaves_room_for_another(indexed):
    files = {f"m{n}.py": f"def run_once():\n    return {n}\n" for n in range(MANY)}
    repository = indexed(files | {"z_last.py": "def stop_all():\n    return 1\n"})
    paths = named(repository, "does run_once call stop_all?")
    assert len(paths) == 100
    assert "z_last.py" in paths


def test_which_of_many_definitions_are_named_is_always_the_same(indexed):
    repository = indexed({f"m{n}.py": f"def run_once():\n    return {n}\n" for n in range(MANY)})
    first = named(repository, "what is run_once?")
    assert sorted(first) == sorted(f"m{n}.py" for n in sorted(range(MANY), key=str)[:100])


def test_a_symbol_and_the_file_it_stands_in_give_one_hit(indexed):
    repository = indexed({"deep/mail_box.py": "def send_all():\n    return 1\n"})
    assert named(repository, "send_all in deep/mail_box.py") == ["deep/mail_box.py"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what is in Deep/Mail_Box.py?", ["src/deep/mail_box.py"]),
        ("what is in mail_box.py?", ["src/deep/mail_box.py"]),
        ("what is in mail-box.py?", ["src/deep/mail-box.py"]),
        ("what is in deep/mail.py?", []),
    ],
)
def test_a_path_is_named_by_its_end_letter_for_letter(indexed, question, expected):
    repository = indexed(
        {
            "src/deep/mail_box.py": "VALUE = 1\n",
            "src/deep/mail-box.py": "VALUE = 2\n",
            "src/deep/mailXbox.py": "VALUE = 3\n",
        }
    )
    assert named(repository, question) == expected


def test_a_path_longer_than_the_index_holds_is_named(indexed):
    path = "/".join(["folder_of_some_length"] * 12) + "/mail.py"
    assert named(indexed({path: "VALUE = 1\n"}), f"what is in {path}?") == [path]


def test_filters_hold_for_what_is_named(indexed):
    repository = indexed(
        {
            "a/mail.py": "def send_all():\n    return 1\n",
            "b/mail.py": "def send_all():\n    return 2\n",
        }
    )
    filters = Filters(included_dirs=["b"])
    assert named(repository, "send_all in mail.py", filters=filters) == ["b/mail.py"]


def test_the_indexes_serve_the_statement(indexed):
    repository = indexed({f"mail{n}.py": f"def send_{n}():\n    return 1\n" for n in range(300)})
    question = "send_7 in mail7.py"
    statement = build_statement([repository.pk], question, OPERATOR_ID, SearchOptions(), None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE repos_document, repos_chunk")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement.sql}", statement.values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "chunk_by_name" in plan
    assert "document_by_path_end" in plan
