"""Lines are numbered as git and its hosts number them, whatever else a file holds."""

import pytest

from chat.rendering.highlighting import highlight_lines
from chat.web.reader.file_view import ReadFile
from repos.access import OPERATOR_ID
from repos.indexing.encodings import decode
from repos.models import Document
from repos.search import SearchOptions, search
from repos.testing import make_repository, run_git

ODD = ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r\r", "\r\n"]
BODY = (
    "".join(f"odd_{n} = 1{char}# {n}\n" for n, char in enumerate(ODD)) + "def target_here(): ...\n"
)


def test_only_a_newline_ends_a_line():
    text = decode(BODY.encode())
    assert text.count("\n") == BODY.count("\n")
    assert decode(b"a\rb\r\nc\r\r\nd") == "a\rb\nc\nd"
    assert decode("\u2028a\r\nb".encode("utf-16")) == "\u2028a\nb"


@pytest.mark.parametrize("language", ["python", "javascript", "c", "markdown", "go", ""])
def test_the_viewer_shows_as_many_lines(language):
    lines = decode(BODY.encode()).split("\n")
    shown = highlight_lines("\n".join(lines), language, 1, len(lines))
    assert len(shown) == len(lines)
    assert "target_here" in shown[-2]


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a.py", "a.js", "a.txt", "a.md", "a.go", "a.unknown"])
def test_a_hit_has_the_line_that_git_gives(index_folder, tmp_path, name):
    root = tmp_path / "r"
    make_repository(root, {name: BODY * 30})
    number = int(run_git(root, "grep", "-hn", "target_here", name).split("\n")[20].split(":")[0])
    repository = index_folder(root)
    document = Document.objects.get(path=name)
    assert document.lines == BODY.count("\n") * 30 + 1
    options = SearchOptions(limit=30, hybrid=False)
    hits = search([repository.pk], "target_here", user_id=OPERATOR_ID, options=options).passages
    assert any(hit.start <= number <= hit.end for hit in hits)
    for hit in hits:
        lines = document.text.split("\n")[hit.start - 1 : hit.end]
        assert "target_here" in "\n".join(lines)
    assert "target_here" in ReadFile(document).window(number, number)[0].html
