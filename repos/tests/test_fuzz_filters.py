"""Any text as a filter field, any ignore files in any folders: an answer, and git's where git has one."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepwiki.testing.fixtures import write_files
from repos.search import Filters, parse_patterns
from repos.search.filters import MAX_PATTERNS, FileMatcher, unmatched_patterns
from repos.sources.globs import GlobRules, PathMatcher, PathSelector
from repos.sources.local_folder import LocalFolder
from repos.testing import run_git

pytestmark = [pytest.mark.fuzz, pytest.mark.integration, pytest.mark.timeout(600)]

FIELDS = ["excluded_dirs", "excluded_files", "included_dirs", "included_files"]
PIECES = st.sampled_from(
    "{ } , {a,b} {,} ./ / ** * ! \\ [ ] [[ [:x:] [a-] && || -- ~~ .py %2C % \n".split(" ")
)
TEXTS = st.text(max_size=40) | st.lists(PIECES, max_size=12).map("".join)
PATHS = ["a.py", "src/a.py", "src/{b}.md", "[x]/y", "é/\u2028", "c,d"]
NAMES = st.sampled_from(["a", "b", "c.txt", "d.py", "e"])
TREES = st.sets(st.lists(NAMES, min_size=1, max_size=3).map(tuple), min_size=1, max_size=8)
LINES = st.sampled_from(
    [
        "a",
        "a/",
        "/a",
        "!a",
        "*.txt",
        "!c.txt",
        "a/*",
        "!a/b",
        "**/d.py",
        "b/",
        "!b/",
        "*",
        "!*/",
        "e",
    ]
)
RULES = st.lists(LINES, max_size=4).map("\n".join)


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXTS)))
def test_any_filters_answer_for_any_path(fields):
    filters = Filters(**{name: parse_patterns(text) for name, text in fields.items()})
    assert all(len(patterns) <= MAX_PATTERNS for patterns in (filters.included, filters.excluded))
    matcher = FileMatcher(filters)
    assert {matcher.matches(path) for path in PATHS} <= {True, False}
    assert set(unmatched_patterns(filters, PATHS)) <= set(filters.included)
    if not filters.any:
        assert all(map(matcher.matches, PATHS))


@given(st.lists(st.text(max_size=20), max_size=5), st.text(max_size=30))
def test_any_rules_answer_for_any_path(lines, path):
    rules = GlobRules(lines)
    assert isinstance(PathMatcher(rules).excludes(path), bool)
    assert isinstance(PathSelector(rules).selects(path), bool)


def folders_of(tree):
    return {path[:depth] for path in tree for depth in range(len(path))}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("tree")
    run_git(root, "init", "-q")
    return root


def replace_files(root, contents):
    for child in root.iterdir():
        if child.name != ".git":
            shutil.rmtree(child) if child.is_dir() else child.unlink()
    write_files(root, contents)


@given(TREES, st.dictionaries(st.integers(0, 7), RULES, max_size=3))
def test_a_plain_folder_is_listed_as_git_would_list_it(root, tree, ignored):
    files = {path for path in tree if path not in folders_of(tree)}
    folders = sorted(folders_of(files))
    contents = {"/".join(path): "x\n" for path in files}
    for number, rules in ignored.items():
        contents["/".join((*folders[number % len(folders)], ".gitignore"))] = rules
    replace_files(root, contents)
    listed = run_git(root, "ls-files", "-co", "--exclude-standard").split("\n")
    assert {entry.path for entry in LocalFolder(root).entries()} == set(filter(None, listed))
