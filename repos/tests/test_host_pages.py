"""Addresses of pages: where the repository ends, and the revision they name."""

import pytest

from repos.sources import parse_address
from repos.sources.errors import BadAddress
from repos.sources.revisions import possible_names

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("actions/checkout", "actions/checkout"),
        ("actions/runner", "actions/runner"),
        ("tree/tree", "tree/tree"),
        ("blob/src", "blob/src"),
        ("issues/wiki", "issues/wiki"),
        ("owner/actions", "owner/actions"),
        ("https://github.com/actions/runner/tree/main/src", "actions/runner"),
        ("https://github.com/tree/blob/tree/src/wiki", "tree/blob"),
        ("https://github.com/pull/releases/issues/12", "pull/releases"),
        ("https://github.example.com/actions/runner/blob/main/a.py", "actions/runner"),
        ("https://bitbucket.org/src/commits/src/main/", "src/commits"),
        ("https://codeberg.org/wiki/src/src/branch/main/x", "wiki/src"),
        ("https://gitea.example.org/actions/tree/src/branch/main", "actions/tree"),
        ("https://gitlab.example.com/platform/actions/deploy", "platform/actions/deploy"),
        ("https://gitlab.com/tree/commits/src", "tree/commits/src"),
        ("https://gitlab.com/group/issues/sub/wiki", "group/issues/sub/wiki"),
        ("https://gitlab.com/group/tree/-/tree/main/src", "group/tree"),
        ("https://gitlab.com/group/sub/actions/-/issues/3", "group/sub/actions"),
        ("https://git.example.org/src/actions/tool", "src/actions/tool"),
        ("https://git.example.org/tools/tree/main", "tools/tree/main"),
        ("https://git.example.org/commit", "commit"),
        ("https://dev.azure.com/tree/src/_git/blob", "tree/src/_git/blob"),
    ],
)
def test_a_word_that_pages_have_never_cuts_a_repository_of_that_name(text, name):
    assert parse_address(text).name == name


@pytest.mark.parametrize(
    ("text", "name", "revision"),
    [
        ("https://github.com/a/b/tree/2.3.x", "a/b", "2.3.x"),
        (f"https://github.com/a/b/commit/{COMMIT}", "a/b", COMMIT),
        (f"https://github.com/a/b/blob/{COMMIT}/src/x.py#L3", "a/b", COMMIT),
        ("https://github.com/a/b/commit/0123abc", "a/b", "0123abc"),
        ("https://github.com/a/b/releases/tag/v1.0", "a/b", "v1.0"),
        ("https://github.com/a/b/archive/refs/tags/v1.0.tar.gz", "a/b", "v1.0"),
        ("https://github.com/a/b/pull/12/files", "a/b", "refs/pull/12/head"),
        ("https://github.com/a/b/tree/feature%2Fx", "a/b", "feature/x"),
        ("https://github.com/a/b/tree/main/", "a/b", "main"),
        ("a/b@v4", "a/b", "v4"),
        ("https://github.com/a/b.git#main", "a/b", "main"),
        ("https://gitlab.com/g/s/p/-/tree/main?ref_type=heads", "g/s/p", "main"),
        ("https://gitlab.com/g/p/-/tags/v2", "g/p", "v2"),
        ("https://gitlab.com/g/p/-/merge_requests/7/diffs", "g/p", "refs/merge-requests/7/head"),
        (f"https://gitlab.com/g/p/blob/{COMMIT}/x.py", "g/p", COMMIT),
        ("https://bitbucket.org/o/r/branch/feature/x", "o/r", "feature/x"),
        ("https://bitbucket.org/o/r/src/main", "o/r", "main"),
        (f"https://bitbucket.org/o/r/src/{COMMIT}/a.py?at=dev", "o/r", "dev"),
        ("https://codeberg.org/o/r/src/branch/dev", "o/r", "dev"),
        ("https://codeberg.org/o/r/src/tag/v1", "o/r", "v1"),
        ("https://codeberg.org/o/r/src/commit/0123abcdef/x.py", "o/r", "0123abcdef"),
        ("https://dev.azure.com/o/p/_git/r?version=GBmain", "o/p/_git/r", "main"),
        ("https://dev.azure.com/o/p/_git/r?path=/a.py&version=GTv1", "o/p/_git/r", "refs/tags/v1"),
        (f"https://dev.azure.com/o/p/_git/r?version=GC{COMMIT}", "o/p/_git/r", COMMIT),
        ("https://dev.azure.com/o/p/_git/r?version=GBfeature%2Fx", "o/p/_git/r", "feature/x"),
        (
            "https://bitbucket.example.com/projects/P/repos/r/browse/a.py?at=refs/heads/x",
            "scm/p/r",
            "x",
        ),
        ("https://git.example.org/cgit/tool.git/tree/a.c?h=stable", "cgit/tool", "stable"),
        ("https://git.example.org/tree/tree/a.c?h=stable", "tree", "stable"),
        ("https://git.sr.ht/~user/repo/tree/main/item/a.py", "~user/repo", "main"),
        (
            "https://review.example.org/plugins/gitiles/a/b/+/refs/heads/stable",
            "a/b",
            "stable",
        ),
        ("https://chromium.googlesource.com/a/b/+/refs/tags/v1", "b", "v1"),
        ("https://raw.githubusercontent.com/a/b/refs/heads/main", "a/b", "main"),
    ],
)
def test_a_revision_in_the_address_is_kept(text, name, revision):
    address = parse_address(text)
    assert address.name == name
    assert list(possible_names(address.named_revision)) == [revision]
    assert address.named_revision.is_certain


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "https://github.com/a/b/blob/release/1.x/src/a b.py#L3-L9",
            ["release/1.x/src", "release/1.x", "release"],
        ),
        ("https://github.com/a/b/tree/feature/x", ["feature/x", "feature"]),
        ("https://gitlab.com/g/p/-/blob/main/a.py", ["main/a.py", "main"]),
        ("https://gitlab.com/g/p/blob/main/a.py#L3", ["main/a.py", "main"]),
        ("https://codeberg.org/o/r/raw/branch/a/b/c", ["a/b/c", "a/b", "a"]),
        ("https://raw.githubusercontent.com/a/b/main/x.py", ["main/x.py", "main"]),
    ],
)
def test_where_a_branch_may_hold_slashes_the_longest_name_comes_first(text, names):
    revision = parse_address(text).named_revision
    assert list(possible_names(revision))[-len(names) :] == names
    assert not revision.is_certain


@pytest.mark.parametrize("fragment", ["readme", "readme-ov-file", "L12", "user-content-x"])
def test_a_heading_of_the_page_is_no_revision(fragment):
    assert not parse_address(f"https://github.com/a/b#{fragment}").named_revision.text


def test_what_may_be_a_heading_is_looked_up_before_it_counts():
    revision = parse_address("https://github.com/a/b#installation").named_revision
    assert revision.is_optional
    assert not revision.is_certain


@pytest.mark.parametrize(
    "text", ["https://github.com/tree", "https://gitlab.com/-/tree/main", "https://github.com/a/"]
)
def test_a_page_without_a_repository_names_none(text):
    with pytest.raises(BadAddress):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/blame/c0ffee/x%20y.py#L3-L9"),
        ("https://gitlab.com/g/p", "https://gitlab.com/g/p/-/blame/c0ffee/x%20y.py#L3-9"),
        ("https://codeberg.org/o/r", "https://codeberg.org/o/r/blame/commit/c0ffee/x%20y.py#L3-L9"),
        ("https://example.com/a/b", ""),
    ],
)
def test_who_wrote_the_lines_of_a_file_stands_at_its_host(text, page):
    assert parse_address(text).blame_url("c0ffee", "x y.py", 3, 9) == page
    assert parse_address(text).blame_url("c0ffee", "x y.py") == page.partition("#")[0]


def test_files_of_a_bitbucket_server_have_pages_of_its_own():
    address = parse_address("https://bitbucket.example.com/scm/p/r.git")
    page = "https://bitbucket.example.com/projects/p/repos/r/browse/a.py?at=c0ffee#3-9"
    assert address.blob_url("c0ffee", "a.py", 3, 9) == page


@pytest.mark.parametrize(
    ("text", "revision", "path"),
    [
        ("https://github.com/a/b/blob/main/src/x%20y.py#L3", "main", "src/x y.py"),
        ("https://github.com/a/b/blob/feature/x/src/a.py", "feature/x", "src/a.py"),
        (f"https://github.com/a/b/blob/{COMMIT}/src/a.py", COMMIT, "src/a.py"),
        ("https://github.com/a/b/tree/main", "main", ""),
        ("https://gitlab.com/g/s/p/-/blob/main/a.py", "main", "a.py"),
        ("https://bitbucket.org/o/r/src/feature%2Fx/a.py", "feature/x", "a.py"),
        ("https://codeberg.org/o/r/src/branch/dev/a.py", "dev", "a.py"),
        ("https://codeberg.org/o/r/src/commit/0123abcdef/a.py", "0123abcdef", "a.py"),
        ("https://dev.azure.com/o/p/_git/r?path=/src/a.py&version=GBmain", "main", "src/a.py"),
        ("https://dev.azure.com/o/p/_git/r?path=%2Fsrc%2Fa.py", "", "src/a.py"),
        ("https://bitbucket.example.com/projects/P/repos/r/browse/a.py?at=dev", "dev", "a.py"),
        (f"https://raw.githubusercontent.com/a/b/{COMMIT}/a.py", COMMIT, "a.py"),
        ("https://git.sr.ht/~u/r/tree/main/item/a.py", "main", "a.py"),
        ("https://github.com/a/b/blob/main/a%00.py", "main", ""),
        ("https://github.com/a/b", "", ""),
    ],
)
def test_the_file_of_a_page_stands_behind_its_revision(text, revision, path):
    assert parse_address(text).named_revision.path_behind(revision) == path
