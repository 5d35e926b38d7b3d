"""Globs decide as git does, whatever they hold, and in time that grows with the path only."""

import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deepwiki.testing.growth import LINEAR, growth
from repos.sources.globs import GlobRules, PathMatcher
from repos.testing.repositories import GIT_ENVIRONMENT, run_git

pytestmark = [pytest.mark.fuzz, pytest.mark.integration, pytest.mark.timeout(600)]

NAMES = st.text(alphabet="ab.-[]!*? \\", min_size=1, max_size=4).filter(
    lambda name: name.strip(". ") and "\\" not in name
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PIECES = st.just(" ") | st.sampled_from(
    r"a b . * ** ? / ! [ab] [!a] [a-b] [ ] \ - # **/ /** /**/ *.b [[:alpha:]] []a] [a-] [^b] \*".split()
)
PATTERNS = st.lists(PIECES, min_size=1, max_size=6).map("".join)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("globs")
    run_git(folder, "init", "-q")
    return folder


def excluded_by_git(checkout, patterns, paths):
    (checkout / ".git/info/exclude").write_text("\n".join(patterns) + "\n")
    command = ["git", "-C", str(checkout), "check-ignore", "--no-index", "-z", "--stdin"]
    process = subprocess.run(
        command, input="\0".join(paths).encode() + b"\0", capture_output=True, env=GIT_ENVIRONMENT
    )
    return {path.decode() for path in process.stdout.split(b"\0") if path}


@given(st.lists(PATTERNS, min_size=1, max_size=4), st.lists(PATHS, min_size=1, max_size=8))
@example(patterns=["***/*"], paths=["a"])
def test_what_git_ignores_is_excluded_and_nothing_else(checkout, patterns, paths):
    matcher = PathMatcher(GlobRules(patterns))
    ours = {path for path in paths if matcher.excludes(path)}
    assert ours == excluded_by_git(checkout, patterns, paths)


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 40 + "b", "**/a/" * 30 + "b", "*/" * 40 + "b", "[a-z]*" * 30 + "0", "?*" * 40],
)
def test_a_pattern_of_many_stars_takes_time_that_grows_with_the_path_only(pattern):
    rules = GlobRules([pattern])
    for unit in ("a", "a/"):
        assert growth(lambda size, unit=unit: rules.decide(unit * size + "c"), 20_000) < LINEAR


def test_many_rules_take_time_that_grows_with_their_number_only():
    rules = {size: GlobRules(f"*x{n}*y" for n in range(size)) for size in (250, 1_000)}
    paths = [f"src/m{n}/x{n}.py" for n in range(200)]

    def decide(size):
        return [rules[size].decide(path) for path in paths]

    decide(1_000)
    assert growth(decide, 1_000) < LINEAR
