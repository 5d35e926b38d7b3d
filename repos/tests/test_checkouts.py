"""Checkouts on this machine are what git says they are, and plain folders what lies in them."""

import os
import subprocess
from collections import Counter

import pytest

from deepwiki.testing.fixtures import write_files
from repos.sources import FetchLimits, Source, open_snapshot, parse_address
from repos.sources.errors import NoRevision
from repos.testing import make_repository, run_git
from repos.testing.repositories import GIT_ENVIRONMENT

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path / "home"


def opened(folder, tmp_path, revision=""):
    address = parse_address(str(folder), "local")
    return open_snapshot(Source(address, FetchLimits(), tmp_path / "work", revision))


def texts(folder, tmp_path, revision=""):
    with opened(folder, tmp_path, revision) as snapshot:
        files = [entry for entry in snapshot.entries if entry.mode.startswith("100")]
        return {entry.path: data.decode() for entry, data in snapshot.reader.read(files)}


def left_out(folder, tmp_path):
    with opened(folder, tmp_path) as snapshot:
        return dict(Counter(reason for reason, _ in snapshot.left_out)), sorted(
            path for _, path in snapshot.left_out
        )


def test_what_git_tracks_is_there_whatever_its_folder_or_an_ignore_file_says(tmp_path):
    root = tmp_path / "r"
    files = {
        ".gitignore": "*.log\nbuild/\n",
        "build/tool.py": "x = 1\n",
        "dist/x.py": "x = 2\n",
        "kept.log": "tracked\n",
    }
    make_repository(root, files)
    write_files(root, {"build/new.py": "y\n", "new.log": "y\n", "new.py": "z\n"})
    assert texts(root, tmp_path) == {**files, "new.py": "z\n"}
    assert left_out(root, tmp_path) == ({"ignored": 2}, ["build/new.py", "new.log"])


def test_nested_ignore_files_take_back_what_outer_ones_exclude(tmp_path):
    files = {
        ".gitignore": "*.txt\n",
        "docs/.gitignore": "!*.txt\nsecret.txt\n",
        "docs/a.txt": "a\n",
        "docs/secret.txt": "s\n",
        "b.txt": "b\n",
    }
    for make in (make_checkout, write_files):
        root = tmp_path / make.__name__
        make(root, files)
        assert set(texts(root, tmp_path)) == {".gitignore", "docs/.gitignore", "docs/a.txt"}
        assert left_out(root, tmp_path) == ({"ignored": 2}, ["b.txt", "docs/secret.txt"])


def make_checkout(root, files):
    root.mkdir()
    run_git(root, "init", "-q")
    write_files(root, files)


def test_excludes_of_the_repository_and_of_the_person_count(tmp_path, home):
    root = tmp_path / "r"
    make_repository(root, {"a.py": "x\n"})
    (root / ".git/info/exclude").write_text("local.txt\n")
    write_files(home, {".config/git/ignore": "*.swp\n"})
    write_files(root, {"local.txt": "x\n", "a.py.swp": "x\n", "own.txt": "x\n"})
    assert set(texts(root, tmp_path)) == {"a.py", "own.txt"}
    write_files(home, {".gitconfig": "[core]\n excludesFile = ~/mine\n", "mine": "own.*\n"})
    assert set(texts(root, tmp_path)) == {"a.py", "a.py.swp"}


def test_a_worktree_is_read_at_its_own_revision(tmp_path):
    root = tmp_path / "r"
    make_repository(root, {"a.py": "main\n"})
    run_git(root, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "topic"))
    commit = make_repository(tmp_path / "topic", {"a.py": "topic\n"})
    assert texts(tmp_path / "topic", tmp_path) == {"a.py": "topic\n"}
    with opened(tmp_path / "topic", tmp_path, "HEAD") as snapshot:
        assert snapshot.commit == commit
    assert texts(tmp_path / "topic", tmp_path, "main") == {"a.py": "main\n"}


def test_a_file_that_points_at_somebody_elses_repository_opens_nothing(tmp_path):
    make_repository(tmp_path / "secret", {"key.py": "s3cret\n"})
    write_files(tmp_path / "r", {"a.py": "x\n", ".git": f"gitdir: {tmp_path}/secret/.git\n"})
    (tmp_path / "linked").mkdir()
    write_files(tmp_path / "linked", {"a.py": "x\n"})
    (tmp_path / "linked/.git").symlink_to(tmp_path / "secret/.git")
    for name in ("r", "linked"):
        with pytest.raises(NoRevision):
            texts(tmp_path / name, tmp_path, "main")
        assert texts(tmp_path / name, tmp_path)["a.py"] == "x\n"


def test_a_folder_in_a_checkout_is_what_git_knows_of_it(tmp_path):
    root = tmp_path / "r"
    files = {"sub/a.py": "x\n", "sub/build/b.py": "y\n", "sub/c.log": "z\n", "other.py": "x\n"}
    make_repository(root, {".gitignore": "*.log\nout/\n", **files})
    write_files(root, {"sub/new.py": "n\n", "sub/new.log": "n\n", "out/plain.py": "p\n"})
    assert set(texts(root / "sub", tmp_path)) == {"a.py", "build/b.py", "c.log", "new.py"}
    assert left_out(root / "sub", tmp_path) == ({"ignored": 1}, ["new.log"])
    assert texts(root / "out", tmp_path) == {"plain.py": "p\n"}
    with pytest.raises(NoRevision):
        texts(root / "sub", tmp_path, "main")


def test_submodules_and_repositories_inside_are_named_and_not_entered(tmp_path):
    make_repository(tmp_path / "inner", {"i.py": "x\n"})
    root = tmp_path / "r"
    make_repository(root, {"a.py": "x\n"})
    config = ("-c", "protocol.file.allow=always")
    run_git(root, *config, "submodule", "add", "-q", str(tmp_path / "inner"), "module")
    make_repository(root / "own", {"o.py": "x\n"})
    with opened(root, tmp_path) as snapshot:
        modes = {entry.path: entry.mode for entry in snapshot.entries}
    assert modes["module"] == modes["own"] == "160000"
    assert not {"module/i.py", "own/o.py", "module/.git"} & set(modes)
    assert texts(root / "module", tmp_path) == {"i.py": "x\n"}


def test_what_a_sparse_checkout_leaves_out_is_read_from_its_commit(tmp_path):
    root = tmp_path / "r"
    make_repository(root, {"a/x.py": "a\n", "b/y.py": "b\n", "c/z.py": "c\n"})
    run_git(root, "sparse-checkout", "set", "a")
    assert not (root / "b").exists()
    assert texts(root, tmp_path) == {"a/x.py": "a\n", "b/y.py": "b\n", "c/z.py": "c\n"}


def test_deleted_files_are_gone_and_changed_ones_are_read_as_they_lie_there(tmp_path):
    root = tmp_path / "r"
    make_repository(root, {"a.py": "old\n", "gone.py": "x\n"})
    (root / "a.py").write_text("new\n")
    (root / "gone.py").unlink()
    assert texts(root, tmp_path) == {"a.py": "new\n"}
    assert left_out(root, tmp_path) == ({}, [])


def test_nothing_that_a_repository_configures_is_run(tmp_path):
    root = tmp_path / "r"
    marker = tmp_path / "ran"
    make_repository(root, {"a.py": "x\n", ".gitattributes": "*.py filter=evil diff=evil\n"})
    run = f"touch {marker}; cat"
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)
    for key, value in {
        "core.fsmonitor": str(hook),
        "core.hooksPath": str(tmp_path),
        "core.worktree": "/etc",
        "filter.evil.clean": run,
        "filter.evil.smudge": run,
        "diff.evil.textconv": run,
        "diff.external": run,
        "core.pager": run,
        "alias.ls-files": f"!touch {marker}",
        "core.sshCommand": run,
    }.items():
        run_git(root, "config", key, value)
    (root / "a.py").write_text("changed\n")
    os.utime(root / "a.py", (1, 1))
    expected = {"a.py": "changed\n", ".gitattributes": "*.py filter=evil diff=evil\n"}
    assert texts(root, tmp_path) == expected
    assert texts(root, tmp_path, "main")["a.py"] == "x\n"
    assert not marker.exists()


def test_a_checkout_of_another_owner_is_read(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    root = tmp_path / "r"
    make_repository(root, {"a.py": "x\n"})
    subprocess.run(["chown", "-R", "12345", str(root)], check=True, env=GIT_ENVIRONMENT)
    assert texts(root, tmp_path) == {"a.py": "x\n"}


def test_a_plain_folder_counts_what_it_leaves_out(tmp_path):
    root = tmp_path / "plain"
    write_files(
        root,
        {
            "a.py": "x\n",
            "node_modules/m/index.js": "x\n",
            ".gitignore": "/out.txt\n*.tmp\ncache/\n!keep.tmp\n",
            "out.txt": "x\n",
            "sub/out.txt": "x\n",
            "b.tmp": "x\n",
            "keep.tmp": "x\n",
            "cache/c.py": "x\n",
        },
    )
    (root / "env").mkdir()
    (root / "env/pyvenv.cfg").touch()
    os.mkfifo(root / "pipe")
    assert set(texts(root, tmp_path)) == {".gitignore", "a.py", "keep.tmp", "sub/out.txt"}
    assert left_out(root, tmp_path) == (
        {"vendored": 2, "ignored": 3, "unreadable": 1},
        ["b.tmp", "cache", "env", "node_modules", "out.txt", "pipe"],
    )
