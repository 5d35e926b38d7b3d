"""Patterns and texts of every kind: alternations, empty matches, flags, classes, encodings, globs, quotes."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.search.grep import GrepNotice, InvalidPattern, grep
from repos.search.grep.typed_terms import parse_query
from repos.testing.grep_results import matched_lines

pytestmark = pytest.mark.django_db
FILES = {
    "src/a.py": "import os\n\n\ndef make_token(user):\n    return Token(user)\n",
    "src/deep/er/b.py": "token = 'say \"hi\" there'\n",
    "src/with space.py": "token = 2\n",
    "web/c.js": "// token\nlet \\u0041 = 1\n",
    "texts/greek.txt": "λόγος 12 ٣ token\nplain\n",
}


@pytest.fixture
def indexed(index_folder, tmp_path):
    """Index files; gives a function that answers typed queries by `path:line`."""

    def indexed(files=FILES, raw=None):
        root = tmp_path / "r"
        write_files(root, files)
        for path, data in (raw or {}).items():
            (root / path).write_bytes(data)
        repository = index_folder(root)

        def found(text):
            query = parse_query(text)
            result = grep(
                [repository.pk], query.pattern, user_id=OPERATOR_ID, options=query.options
            )
            found.result = result
            return matched_lines(result)

        return found

    return indexed


def test_a_large_alternation_finds_its_members_and_says_that_every_file_was_read(indexed):
    found = indexed()
    words = "|".join(f"word{n}" for n in range(120)) + "|make_token"
    assert found(f"/{words}/") == ["src/a.py:4"]
    assert found.result.notices == (GrepNotice.NO_PIECE,)
    assert found("/make_token|take_token/") == ["src/a.py:4"]
    assert found.result.notices == ()


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        ("^$", ["src/a.py:2", "src/a.py:3"]),
        ("x*", [f"src/a.py:{n}" for n in range(1, 6)]),
        ("()", [f"src/a.py:{n}" for n in range(1, 6)]),
        ("(a|)*$", [f"src/a.py:{n}" for n in range(1, 6)]),
    ],
)
def test_matches_of_nothing_count_once_a_line(indexed, pattern, lines):
    found = indexed()
    assert found(f"/{pattern}/ path:src/a.py") == lines
    assert found.result.match_count == len(lines)
    assert not [line.spans for file in found.result.files for line in file.lines if line.spans]


def test_word_boundaries_stand_where_words_end(indexed):
    found = indexed()
    assert found(r"/\btoken\b/ path:src case:yes") == ["src/deep/er/b.py:1", "src/with space.py:1"]
    assert found(r"/\Btoken/ path:src") == ["src/a.py:4"]


def test_flags_within_a_pattern_win_over_the_switch(indexed):
    found = indexed()
    assert found("/(?i)TOKEN/ case:yes path:src/a.py") == ["src/a.py:4", "src/a.py:5"]
    assert found("/(?-i)Token/ path:src/a.py") == ["src/a.py:5"]
    assert found("/make(?i:_TOKEN)/ case:yes") == ["src/a.py:4"]
    assert found("/(?s)os.*def/") == []
    assert found("/(?U)t.*n/ path:web") == ["web/c.js:1"]
    with pytest.raises(InvalidPattern, match=r"\(\?x"):
        found("/(?x) a b/")


def test_classes_of_unicode_are_known_and_unknown_ones_are_named(indexed):
    found = indexed()
    assert found(r"/\p{Greek}{3,}/") == ["texts/greek.txt:1"]
    assert found(r"/\pN \pL+ token/") == []
    assert found(r"/\pN+ \pN token/") == ["texts/greek.txt:1"]
    assert found("/^[[:alpha:]]+$/ path:texts") == ["texts/greek.txt:2"]
    with pytest.raises(InvalidPattern, match="Nope"):
        found(r"/\p{Nope}/")


def test_bytes_that_are_no_text_are_searched_as_they_are_shown(indexed):
    found = indexed(
        raw={
            "latin.txt": "Überprüfung des Wortes: Übermaß an Größe, süß\n".encode("latin-1"),
            "broken.txt": b"good line with words\nbro\xffken token here\nmore words\n",
            "marked.py": b"\xef\xbb\xbfimport token\n",
            "windows.py": b"import token\r\nx = 1\r\n\r\ny = 2\r\n",
            "mac.txt": b"one token\rtwo token\rthree\r",
        }
    )
    assert found("/^import token$/") == ["marked.py:1", "windows.py:1"]
    assert found("/^$/ path:windows.py") == ["windows.py:3"]
    assert found("token path:broken.txt") == ["broken.txt:2"]
    assert found("Übermaß") == ["latin.txt:1"]
    assert found("token path:mac.txt")
    assert found("/\\x00/") == []


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        ("src", ["src/a.py", "src/deep/er/b.py", "src/with space.py"]),
        ("*.py", ["src/a.py", "src/deep/er/b.py", "src/with space.py"]),
        ("src/*/b.py", None),
        ("src/**/b.py", ["src/deep/er/b.py"]),
        ("**/er/*", ["src/deep/er/b.py"]),
        ('"src/with space.py"', ["src/with space.py"]),
        ("./src/a.py", ["src/a.py"]),
        ("/src/a.py", ["src/a.py"]),
        ("[ab].py", None),
        ("[", []),
        ("nowhere", []),
        ("*" * 300, None),
    ],
)
def test_globs_of_paths(indexed, path, paths):
    found = indexed()
    lines = found(f"token path:{path}")
    if paths is not None:
        assert sorted({line.rpartition(":")[0] for line in lines}) == paths


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        (r'"say \"hi\""', ["src/deep/er/b.py:1"]),
        (r'"\"hi\" there"', ["src/deep/er/b.py:1"]),
        (r'"\\u0041"', ["web/c.js:2"]),
        ('"hi" there', []),
        ('"', ["src/deep/er/b.py:1"]),
        ('""', []),
        ('hi" there', ["src/deep/er/b.py:1"]),
        ('"say', []),
        ("'say \"hi\" there'", []),
    ],
)
def test_quotes(indexed, query, lines):
    assert indexed()(query) == lines
