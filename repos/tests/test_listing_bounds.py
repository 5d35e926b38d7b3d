"""A few objects that stand for millions of paths, refs or rules cost no more than the limits."""

import os
import subprocess

import pytest

from deepwiki.testing.growth import LINEAR, growth
from repos.indexing.file_selection import Limits, Skipped, select
from repos.sources import FetchLimits, Source, git, open_snapshot, parse_address, tree_listing
from repos.sources.errors import RepositoryTooLarge, SourceError
from repos.sources.git_process import GitCommand, GitRunner
from repos.sources.tree import TreeEntry
from repos.testing import make_repository, run_git


def bomb(root, levels):
    """A repository of 10 ** `levels` paths from `levels` trees."""
    make_repository(root, {"a.py": "x = 1\n"})
    tree = run_git(root, "rev-parse", "HEAD^{tree}")
    for _ in range(levels):
        lines = "".join(f"040000 tree {tree}\td{n}\n" for n in range(10))
        tree = run_git(root, "mktree", data=lines.encode())
    return run_git(root, "commit-tree", tree, "-m", "bomb")


def opened(root, tmp_path, revision):
    address = parse_address(str(root), "local")
    return open_snapshot(Source(address, FetchLimits(), tmp_path / "work", revision))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("module", "name", "limit"),
    [(tree_listing, "MAX_ENTRIES", 9_000), (git, "TREE_BYTES", 100_000)],
)
def test_a_tree_of_too_many_paths_is_refused(tmp_path, monkeypatch, module, name, limit):
    commit = bomb(tmp_path / "r", 4)
    with opened(tmp_path / "r", tmp_path, commit) as snapshot:
        assert len(snapshot.entries) == 10_000
    monkeypatch.setattr(module, name, limit)
    with (
        pytest.raises(RepositoryTooLarge, match="too many files"),
        opened(tmp_path / "r", tmp_path, commit),
    ):
        pass


@pytest.mark.integration
def test_git_is_ended_by_the_limit_on_its_output_and_not_after_it(tmp_path):
    commit = bomb(tmp_path / "r", 7)
    runner = GitRunner(tmp_path / "r/.git", seconds=60, megabytes=500, cancelled=bool)
    command = GitCommand(["ls-tree", "-r", commit], too_large="too_many_files")
    with pytest.raises(RepositoryTooLarge, match="too many files"):
        runner.output(command, 1_000_000)


def test_ignore_rules_cost_what_their_number_and_that_of_the_paths_make():
    ignore = "\n".join(f"*x{n}*y/z{n}" for n in range(999))
    matchers = {
        size: [TreeEntry(f"src/m{n}.py", "0", 1) for n in range(size)] for size in (500, 2000)
    }

    def select_all(size):
        return select(matchers[size], Limits(), Skipped(), ignore)

    assert growth(select_all, 2_000) < LINEAR


def test_a_deep_path_is_matched_without_recursion():
    entry = TreeEntry("a/" * 20_000 + "b.py", "0", 1)
    skipped = Skipped()
    assert not select([entry], Limits(), skipped, "b.py\n")
    assert sum(skipped.counts.values()) == 1


@pytest.fixture
def deep_folder(tmp_path):
    yield tmp_path
    # Python's own removal is recursive.
    subprocess.run(["rm", "-rf", str(tmp_path / "a")], check=True)


@pytest.mark.integration
def test_a_folder_deeper_than_the_stack_is_walked_and_links_in_it_are_not(deep_folder):
    tmp_path = deep_folder
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_500):
        os.mkdir("a", dir_fd=folder)
        folder, outer = os.open("a", os.O_RDONLY, dir_fd=folder), folder
        os.close(outer)
    os.close(os.open("x.py", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    (tmp_path / "loop").symlink_to(tmp_path)
    with opened(tmp_path, tmp_path / "work", "") as snapshot:
        modes = {entry.path: entry.mode for entry in snapshot.entries}
    assert modes == {"a/" * 1_500 + "x.py": "100644", "loop": "120000"}


@pytest.mark.integration
def test_errors_without_an_end_are_given_up(tmp_path):
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nyes >&2\n")
    program.chmod(0o755)
    runner = GitRunner(tmp_path, seconds=60, megabytes=500, cancelled=bool)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SourceError):
        patch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        runner.output(GitCommand(["fetch"], writes=True))
