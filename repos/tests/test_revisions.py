"""Branches, tags and commits at real hosts on loopback: one name means one thing everywhere."""

import pytest

from repos.sources import FetchLimits, Source, first_existing, open_snapshot, parse_address
from repos.sources.errors import Broken, NoRevision, NotFound
from repos.sources.revisions import candidate_refs, check_revision
from repos.sources.snapshot import remote_commit
from repos.testing import make_repository, run_git

pytestmark = pytest.mark.integration


def source(host, tmp_path, revision="", name="r"):
    limits = FetchLimits(seconds=20, allow=[host.netloc])
    address = parse_address(f"{host.url}/{name}", "git")
    return Source(address, limits, tmp_path / "work", revision)


def local_source(folder, tmp_path, revision=""):
    return Source(parse_address(str(folder), "local"), FetchLimits(), tmp_path / "work", revision)


def commit_of(source):
    with open_snapshot(source) as snapshot:
        return snapshot.commit


@pytest.mark.parametrize("name", ["main", "refs/heads/main", "origin/main", "", "HEAD"])
def test_a_branch_has_many_spellings(host, tmp_path, name):
    commit = make_repository(host.root / "r", {"a.py": "x\n"})
    asked = source(host, tmp_path, name)
    assert commit_of(asked) == commit == remote_commit(asked)


def test_a_branch_counts_before_a_tag_of_its_name_and_is_seen_to_move(host, tmp_path):
    root = host.root / "r"
    tagged = make_repository(root, {"a.py": "1\n"})
    run_git(root, "tag", "release")
    run_git(root, "checkout", "-q", "-b", "release")
    moved = make_repository(root, {"a.py": "2\n"})
    bare = tmp_path / "bare.git"
    run_git(tmp_path, "clone", "-q", "--bare", str(root), str(bare))
    for asked in (source(host, tmp_path, "release"), local_source(bare, tmp_path, "release")):
        assert commit_of(asked) == moved
    assert remote_commit(source(host, tmp_path, "release")) == moved
    for asked in (
        source(host, tmp_path, "refs/tags/release"),
        local_source(bare, tmp_path, "refs/tags/release"),
    ):
        assert commit_of(asked) == tagged
    again = make_repository(root, {"a.py": "3\n"})
    assert remote_commit(source(host, tmp_path, "release")) == again


def test_an_annotated_tag_stands_for_its_commit(host, tmp_path):
    commit = make_repository(host.root / "r", {"a.py": "1\n"})
    run_git(host.root / "r", "tag", "-a", "v1", "-m", "one")
    asked = source(host, tmp_path, "v1")
    assert commit_of(asked) == commit == remote_commit(asked)


def test_the_beginning_of_a_commits_id_is_enough(host, tmp_path):
    root = host.root / "r"
    run_git_config = ("config", "uploadpack.allowFilter", "true")
    old = make_repository(root, {"a.py": "1\n"})
    run_git(root, *run_git_config)
    new = make_repository(root, {"a.py": "2\n"})
    for commit in (old, new):
        asked = source(host, tmp_path, commit[:8])
        assert commit_of(asked) == commit == remote_commit(asked)
        assert commit_of(source(host, tmp_path, commit[:8].upper())) == commit
        assert commit_of(local_source(root, tmp_path, commit[:8])) == commit
    assert list((tmp_path / "work").iterdir()) == []


def test_a_branch_that_looks_like_a_commit_is_a_branch(host, tmp_path):
    root = host.root / "r"
    make_repository(root, {"a.py": "1\n"})
    run_git(root, "checkout", "-q", "-b", "deadbeef")
    commit = make_repository(root, {"a.py": "2\n"})
    run_git(root, "checkout", "-q", "main")
    assert commit_of(source(host, tmp_path, "deadbeef")) == commit


@pytest.mark.parametrize("name", ["nope", "deadbeef", "refs/heads/nope", "refs/tags/nope"])
def test_a_revision_that_is_not_there_is_said_to_be_missing(host, tmp_path, name):
    make_repository(host.root / "r", {"a.py": "x\n"})
    for asked in (source(host, tmp_path, name), local_source(host.root / "r", tmp_path, name)):
        with pytest.raises(NoRevision, match="no such branch"):
            commit_of(asked)
    assert remote_commit(source(host, tmp_path, name)) == ""


@pytest.mark.parametrize("revision", ["", "main"])
def test_an_empty_repository_is_said_to_be_empty(host, tmp_path, revision):
    (host.root / "r").mkdir(parents=True)
    run_git(host.root / "r", "init", "-q", "--bare", ".")
    for asked in (
        source(host, tmp_path, revision),
        local_source(host.root / "r", tmp_path, revision),
    ):
        with pytest.raises(Broken, match="is empty"):
            commit_of(asked)


def test_a_default_branch_that_does_not_exist_is_told_apart(host, tmp_path):
    root = host.root / "r"
    commit = make_repository(root, {"a.py": "x\n"}, branch="trunk")
    run_git(root, "symbolic-ref", "HEAD", "refs/heads/main")
    bare = tmp_path / "bare.git"
    run_git(tmp_path, "init", "-q", "--bare", str(bare))
    run_git(bare, "fetch", "-q", str(root), "refs/heads/trunk:refs/heads/trunk")
    run_git(bare, "symbolic-ref", "HEAD", "refs/heads/main")
    for asked in (source(host, tmp_path), local_source(bare, tmp_path)):
        with pytest.raises(NoRevision, match="default branch"):
            commit_of(asked)
    assert commit_of(source(host, tmp_path, "trunk")) == commit


def test_a_default_branch_of_any_name_is_read(host, tmp_path):
    commit = make_repository(host.root / "r", {"a.py": "x\n"}, branch="trunk/now")
    assert commit_of(source(host, tmp_path)) == commit


def test_a_repository_with_long_ids_is_read_over_http(host, tmp_path):
    root = host.root / "r"
    root.mkdir(parents=True)
    run_git(root, "init", "-q", "-b", "main", "--object-format=sha256")
    run_git(root, "config", "uploadpack.allowFilter", "true")
    old = make_repository(root, {"a.py": "x\n"})
    new = make_repository(root, {"a.py": "y\n"})
    assert len(new) == 64
    for revision, commit in {"": new, "main": new, old: old, old[:9]: old}.items():
        asked = source(host, tmp_path, revision)
        assert commit_of(asked) == commit == remote_commit(asked)


def test_the_longest_name_that_is_a_branch_counts(host, tmp_path):
    root = host.root / "r"
    make_repository(root, {"a.py": "x\n"})
    run_git(root, "branch", "feature/x")
    asked = source(host, tmp_path)
    assert first_existing(
        asked, ["feature/x/src/a.py", "feature/x/src", "feature/x", "feature"]
    ) == ("feature/x")
    assert first_existing(asked, ["nope/a", "nope"]) == ""


def test_a_name_never_reaches_git_as_an_option():
    for name in ("main", "refs/pull/1/head", "origin/x", "refs/remotes/origin/x"):
        for ref in candidate_refs(check_revision(name)):
            assert ref.startswith("refs/")


def test_the_commit_that_a_short_id_stood_for_is_not_looked_for_again(host, tmp_path):
    root = host.root / "r"
    old = make_repository(root, {"a.py": "1\n"})
    make_repository(root, {"a.py": "2\n"})
    asked = source(host, tmp_path, old[:8])
    assert remote_commit(asked, old) == old
    assert len(host.seen) <= 2  # the refs, no commits
    run_git(root, "branch", old[:8], "main")
    assert remote_commit(asked, old) == run_git(root, "rev-parse", "main")


@pytest.mark.parametrize("length", [8, 40])
def test_a_repository_that_is_gone_is_noticed_for_a_commit_too(host, tmp_path, length):
    commit = make_repository(host.root / "r", {"a.py": "1\n"})
    asked = source(host, tmp_path, commit[:length])
    (host.root / "r").rename(host.root / "gone")
    with pytest.raises(NotFound):
        remote_commit(asked, commit)
