"""Any text as a revision: refused, or one ref that git takes as a name and as nothing else."""

import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repos.sources import FetchLimits, Source, open_snapshot, parse_address
from repos.sources.errors import BadAddress, NoRevision
from repos.sources.host_pages import NamedRevision
from repos.sources.revisions import (
    HEAD,
    candidate_refs,
    check_revision,
    is_commit_id,
    possible_names,
)
from repos.testing import make_repository
from repos.testing.repositories import GIT_ENVIRONMENT

pytestmark = [pytest.mark.fuzz, pytest.mark.integration, pytest.mark.timeout(600)]

WORDS = (
    "main v1 feature / // .. . - -- --upload-pack=x ~ ^ : ? * [ \\ @ @{u} @{-1} .lock .git {} HEAD "
    "refs/heads/ refs/tags/ refs/remotes/origin/ origin/ refs/pull/1/head 0123abcd %2F é \u202e # ; "
    "0123456789abcdef0123456789abcdef01234567 $(id)"
)
PIECES = st.sampled_from([*WORDS.split(" "), "0123456789abcdef" * 4, " ", "\n", "\0"])
TEXTS = st.text(max_size=30) | st.lists(PIECES, min_size=1, max_size=5).map("".join)


def checked(text):
    try:
        return check_revision(text)
    except BadAddress:
        return None


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("revisions") / "r"
    make_repository(folder, {"a.py": "x\n"})
    return folder


@given(TEXTS)
def test_a_revision_is_one_name_and_never_an_option(text):
    name = checked(text)
    if name is None:
        return
    assert checked(name) in (name, name.removeprefix("refs/heads/"))
    assert not {unicodedata.category(char) for char in name} & {"Cc", "Cf", "Cs"}
    for ref in candidate_refs(name):
        assert ref == HEAD or ref.startswith("refs/")
        assert not any(char in ref for char in "~^:?*[\\ \n\0") and ".." not in ref


@given(TEXTS)
def test_what_is_taken_is_a_ref_that_git_could_have(text):
    name = checked(text)
    if name is None or name == HEAD or is_commit_id(name):
        return
    for ref in candidate_refs(name):
        command = ["git", "check-ref-format", ref]
        assert subprocess.run(command, env=GIT_ENVIRONMENT).returncode == 0


@given(TEXTS, st.booleans())
def test_the_names_in_an_address_become_shorter_and_can_all_be_revisions(text, has_path):
    names = list(possible_names(NamedRevision(text, has_path=has_path)))
    assert len(names) <= 1 + has_path * text.count("/")
    assert not {"refs/heads", "refs/tags"} & set(names)
    assert all(checked(name) for name in names)


@given(TEXTS.filter(lambda text: "main" not in text and HEAD not in text and text))
def test_no_text_opens_anything_but_what_it_names(repository, tmp_path_factory, text):
    source = Source(
        parse_address(str(repository), "local"),
        FetchLimits(),
        tmp_path_factory.getbasetemp() / "work",
        text,
    )
    with pytest.raises((BadAddress, NoRevision)), open_snapshot(source):
        pass
