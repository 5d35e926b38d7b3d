"""The commands, as a terminal sees them."""

import io
import json

import pytest
from django.core.management import call_command

from repos.models import IndexJob, Repository
from repos.testing import GitHost, make_repository

pytestmark = pytest.mark.django_db


def run(*arguments, code=0, **kwargs):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err, **kwargs)
        assert code == 0, err.getvalue()
    except SystemExit as end:
        assert end.code == code, err.getvalue()
    return out.getvalue(), err.getvalue()


def test_index_repo_indexes_a_folder_and_says_what_it_did(folder):
    out, _ = run("index_repo", str(folder))
    assert "5 files" in out
    out, _ = run("index_repo", str(folder))
    assert "nothing has changed" in out
    out, _ = run("index_repo", str(folder), "--force")
    assert "5 files written" in out
    assert Repository.objects.count() == 1


def test_index_repo_says_what_was_left_out_and_what_share_is_indexed(folder, settings):
    (folder / ".env").write_text("A=1\n")
    (folder / "picture.png").write_bytes(b"x")
    out, _ = run("index_repo", str(folder))
    assert "Left out: 1 binary, 1 secret." in out
    settings.INDEX_FILES = 2
    out, _ = run("index_repo", str(folder), "--force")
    assert "In the index: 2 of 5 files." in out


def test_index_repo_fetches_a_branch_with_a_token_from_the_environment(
    tmp_path, settings, monkeypatch
):
    monkeypatch.setenv("MY_TOKEN", "s3cret-token-1")
    with GitHost(tmp_path / "served", token="s3cret-token-1") as host:
        settings.CLONE_ALLOW = [host.netloc]
        commit = make_repository(host.root / "r", {"a.py": "x = 1\n"}, branch="trunk")
        run("index_repo", f"{host.url}/r", code=1)
        IndexJob.objects.all().delete()
        Repository.objects.all().delete()
        from django.contrib.auth import get_user_model

        get_user_model().objects.create_user("dora")
        run(
            "index_repo",
            f"{host.url}/r",
            "--branch",
            "trunk",
            "--type",
            "git",
            "--token-env",
            "MY_TOKEN",
            "--owner",
            "dora",
        )
    assert Repository.objects.get().current_index.commit == commit


@pytest.mark.parametrize(
    "arguments",
    [
        ["/no/such/folder"],
        ["not an address"],
        ["ftp://example.org/a/b"],
        ["a/b", "--token-env", "UNSET_VARIABLE_X"],
        ["a/b", "--owner", "nobody-here"],
    ],
)
def test_bad_input_is_exit_code_2_and_one_line(arguments):
    _, err = run("index_repo", *arguments, code=2)
    assert len(err.strip().splitlines()) == 1


def test_a_repository_that_cannot_be_read_is_exit_code_1(tmp_path):
    (tmp_path / "empty").mkdir()
    _, err = run("index_repo", str(tmp_path / "empty"), code=1)
    assert "no files" in err


def test_search_lists_passages_with_lines_and_as_json(repository):
    out, _ = run("search", repository.url, "discount")
    assert "shop/prices.py:" in out
    found = json.loads(run("search", repository.name, "discount", "--json", "--limit", "2")[0])
    assert found["mode"] == "hybrid"
    assert {"path", "start", "end", "symbol", "score"} <= set(found["passages"][0])
    assert len(found["passages"]) == 2


def test_search_answers_many_questions_from_standard_input(repository, monkeypatch):
    monkeypatch.setattr(
        "sys.stdin",
        io.StringIO(
            '{"id": "a", "question": "discount"}\n\n{"id": "b", "question": "sendReceipt"}\n'
        ),
    )
    lines = [json.loads(line) for line in run("search", repository.url, "--jsonl")[0].splitlines()]
    assert [line["id"] for line in lines] == ["a", "b"]
    assert lines[1]["ranked"][0]["path"] == "shop/mail.js"
    assert {"path", "start", "end"} == set(lines[0]["ranked"][0])


def test_search_of_an_unknown_repository_is_exit_code_2(db):
    run("search", "no/such", "x", code=2)


def test_search_refuses_more_patterns_than_it_applies(folder):
    run("index_repo", str(folder))
    many = ",".join(f"{number}.py" for number in range(301))
    _, told = run("search", str(folder), "discount", "--excluded-files", many, code=2)
    assert "--excluded-files holds more than 300 patterns. Leave some out." in told
    run("search", str(folder), "discount", "--excluded-files", many.rpartition(",")[0])
