"""What people paste: commands, links, ssh addresses, an address of a clone button."""

import pytest

from repos.sources import parse_address
from repos.sources.errors import BadAddress
from repos.sources.revisions import possible_names

GITHUB = "https://github.com/o/r"
AZURE = "https://dev.azure.com/org/project/_git/repo"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("git@github.com:o/r.git", GITHUB),
        ("github.com:o/r", GITHUB),
        ("ssh://git@github.com/o/r.git", GITHUB),
        ("ssh://git@github.com:22/o/r", GITHUB),
        ("ssh://git@ssh.github.com:443/o/r.git", GITHUB),
        ("git+ssh://git@github.com/o/r.git", GITHUB),
        ("git+https://github.com/o/r.git", GITHUB),
        ("git clone https://github.com/o/r.git", GITHUB),
        ("$ git clone --depth 1 --recursive git@github.com:o/r.git folder", GITHUB),
        ("git -c http.proxy=x clone https://github.com/o/r && cd r", GITHUB),
        ("git remote add origin https://github.com/o/r.git", GITHUB),
        ("gh repo clone o/r", GITHUB),
        ("gh repo clone o/r folder -- --depth=1", GITHUB),
        ("glab repo clone group/project", "https://gitlab.com/group/project"),
        ("<https://github.com/o/r>", GITHUB),
        ("[the tool](https://github.com/o/r)", GITHUB),
        ('[the tool](https://github.com/o/r "title")', GITHUB),
        ("https://github.com/o/r.", GITHUB),
        ("https://github.com/o/r),", GITHUB),
        ('"https://github.com/o/r"', GITHUB),
        ("`o/r`", GITHUB),
        ("«https://github.com/o/r»", GITHUB),
        ("https://github.com/o/r.GIT", GITHUB),
        ("https://github.com/o/r.git/", GITHUB),
        ("https://github.com/o/r.git.git", GITHUB),
        ("HTTPS://GITHUB.COM/O/R", GITHUB),
        ("http://github.com/o/r", GITHUB),
        ("http://www.github.com/o/r", GITHUB),
        ("https://api.github.com/repos/o/r/commits", GITHUB),
        ("https://codeload.github.com/o/r/zip/refs/heads/main", GITHUB),
        ("https://org@dev.azure.com/org/project/_git/repo", AZURE),
        ("https://dev.azure.com/Org/Project/_git/Repo", AZURE),
        ("git@ssh.dev.azure.com:v3/org/project/repo", AZURE),
        ("https://org.visualstudio.com/project/_git/repo", AZURE),
        ("https://org.visualstudio.com/DefaultCollection/project/_git/repo", AZURE),
        ("org@vs-ssh.visualstudio.com:v3/org/project/repo", AZURE),
        ("https://user@bitbucket.org/o/r.git", "https://bitbucket.org/o/r"),
        ("https://jo@gitlab.com/o/r.git", "https://gitlab.com/o/r"),
        ("https://github.com//o//r/", GITHUB),
        ("https://git@github.com/o/r", GITHUB),
        ("git@github.com/o/r", GITHUB),
        ("https://jo@git.example.org/scm/p/r.git", "https://git.example.org/scm/p/r"),
        (
            "https://stash.example.org/projects/P/repos/r/browse",
            "https://stash.example.org/scm/p/r",
        ),
        (
            "https://bitbucket.example.org/users/jo/repos/r/raw/a.py",
            "https://bitbucket.example.org/scm/~jo/r",
        ),
        (
            "ssh://git@bitbucket.example.org:7999/P/r.git",
            "https://bitbucket.example.org/scm/p/r",
        ),
        (
            "https://review.example.org/q/project:a%2Fb+status:open",
            "https://review.example.org/a/b",
        ),
        ("https://review.example.org/c/a/b/+/1234/5", "https://review.example.org/a/b"),
        ("ssh://jo@review.example.org:29418/a/b", "https://review.example.org/a/b"),
        ("git@git.sr.ht:~user/repo", "https://git.sr.ht/~user/repo"),
        ("https://gist.github.com/user/0123abc", "https://gist.github.com/user/0123abc"),
        (
            "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/MyRepo",
            "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/MyRepo",
        ),
    ],
)
def test_what_is_pasted_is_read_as_the_https_address_that_follows_from_it(text, url):
    assert parse_address(text).url == url


@pytest.mark.parametrize(
    ("text", "revision"),
    [
        ("git clone -b dev https://github.com/o/r", "dev"),
        ("git clone --branch=release/1 https://github.com/o/r", "release/1"),
        ("gh repo clone o/r -- -b dev", "dev"),
        ("pip install git+https://github.com/o/r@v2#egg=r", "v2"),
        ("pip install git+https://github.com/o/r.git@v2", "v2"),
    ],
)
def test_a_command_names_the_revision_too(text, revision):
    address = parse_address(text)
    assert address.url == GITHUB
    assert list(possible_names(address.named_revision)) == [revision]


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("", GITHUB),
        ("github", GITHUB),
        ("gitlab", "https://gitlab.com/o/r"),
        ("bitbucket", "https://bitbucket.org/o/r"),
    ],
)
def test_a_placeholder_host_is_that_of_the_declared_kind(kind, url):
    assert parse_address("http://example/o/r", kind).url == url


def test_the_short_form_belongs_to_the_declared_kind():
    assert parse_address("o/r", "bitbucket").url == "https://bitbucket.org/o/r"
    assert (
        parse_address("group/sub/project", "gitlab").url == "https://gitlab.com/group/sub/project"
    )


@pytest.mark.parametrize(
    "text",
    [
        "https://user:s3cret@github.com/o/r",
        "https://ghp_0123456789abcdef0123@github.com/o/r",
        "https://0123456789abcdef0123456789abcdef01234567@git.example.org/o/r",
        "https://glpat-abcdefgh@git.example.org/o/r",
        "https://user%3As3cret@git.example.org/o/r",
        "ssh://git:s3cret@github.com/o/r",
        "git clone https://user:s3cret@github.com/o/r",
        "user:s3cret@github.com/o/r",
        "a.b:s3cret@github.com/o/r",
    ],
)
def test_a_password_is_refused_in_words_that_do_not_repeat_it(text):
    with pytest.raises(BadAddress) as caught:
        parse_address(text)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "git clone",
        "git clone --upload-pack=x",
        "git clone -- -x/y",
        "git clone ext::sh",
        "git clone file:///etc",
        "<>",
        "[]()",
        "~nosuchuser/x",
        "~root/x",
        "http://example/",
        "C:/work/tool",
        "mailto:jo@example.org",
    ],
)
def test_what_leads_nowhere_is_refused(text):
    with pytest.raises(BadAddress):
        parse_address(text)


def test_a_folder_of_links_in_a_circle_is_refused(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(BadAddress):
        parse_address(str(tmp_path / "a/x"))
    for text in ("~nosuchuser/x", "~root/x", "/" + "x" * 500 + "\0"):
        with pytest.raises(BadAddress):
            parse_address(text, "local")
