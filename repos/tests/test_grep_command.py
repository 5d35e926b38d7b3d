"""`manage.py search --regex` lists the lines of a repository that match."""

import io
import json

import pytest
from django.core.management import call_command

from deepwiki.testing.fixtures import write_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(index_folder, tmp_path):
    write_files(tmp_path / "r", {"a.py": "def one_token():\n    return Token\n", "b.md": "token\n"})
    repository = index_folder(tmp_path / "r")

    def run(*arguments):
        output, errors = io.StringIO(), io.StringIO()
        name = repository.url
        call_command("search", name, *arguments, "--regex", stdout=output, stderr=errors)
        return output.getvalue(), errors.getvalue()

    return run


def test_lines_are_listed_with_their_place(run):
    output, _ = run(r"token\(|token$", "--excluded-files", "*.md")
    assert output.splitlines() == [
        "a.py:1: def one_token():",
        "a.py:2:     return Token",
        "2 matches in 1 files",
    ]


def test_json_has_columns(run):
    found = json.loads(run("Token", "--case", "--json")[0])["found"]
    assert found == [
        {
            "path": "a.py",
            "matches": 1,
            "lines": [{"line": 2, "text": "    return Token", "columns": [[11, 16]]}],
        }
    ]


def test_whole_words_alone(run):
    assert run("token", "--word")[0].splitlines()[-1] == "2 matches in 2 files"


def test_a_pattern_that_narrows_nothing_is_named_on_standard_error(run):
    assert "every file was read" in run(".")[1]


def test_an_invalid_pattern_ends_with_a_sentence(run, capsys):
    with pytest.raises(SystemExit) as ended:
        run("a(b")
    assert ended.value.code == 2
