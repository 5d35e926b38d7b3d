"""The file in a pasted address is in focus, where a request names no other."""

import pytest

from chat.core.request import ChatRequest, Turn
from chat.services.pasted_file import with_pasted_file
from repos.models import Repository

PAGE = "https://github.com/a/b/blob/main/src/x.py#L3"


def focus(repo_url, url="https://github.com/a/b", **fields):
    repository = Repository(kind="github", url=url, name="a/b", revision="main")
    request = ChatRequest(repo_url=repo_url, messages=(Turn("user", "why?"),), **fields)
    return with_pasted_file(request, repository).file_path


@pytest.mark.parametrize(
    ("repo_url", "fields", "path"),
    [
        (PAGE, {}, "src/x.py"),
        (PAGE, {"file_path": "README.md"}, "README.md"),
        ("https://github.com/a/b", {}, ""),
        ("https://github.com/a/other/blob/main/src/x.py", {}, ""),
        ("/no/address\\at all", {}, ""),
    ],
)
def test_the_file_of_the_address_is_in_focus(repo_url, fields, path):
    assert focus(repo_url, **fields) == path
