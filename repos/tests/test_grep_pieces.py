"""The pieces of a pattern that files must hold, and how files are looked up by them."""

import pytest
from django.db import connection

from deepwiki.foundation.sql import fetch_column
from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.models import Document, Index
from repos.search import Filters
from repos.search.grep import GrepOptions, grep, reading
from repos.search.grep.candidates import MAX_LOOKUPS, MAX_TRIGRAMS, documents_by_trigrams
from repos.search.grep.literals import literal_clauses

PIECES = [
    ("token", ["token"]),
    ("colou?r", ["color|colour"]),
    ("colours?", ["colour|colours"]),
    ("(abc)?defg", ["abcdefg|defg"]),
    ("tok(en)*x", ["tok"]),
    ("token{0}", ["toke"]),
    ("x(token)+", ["token"]),
    ("(ab){2}", ["abab"]),
    ("(make|take)_token", ["make_token|take_token"]),
    ("[ab]bcd", ["abcd|bbcd"]),
    ("def .*token", ["token", "def "]),
    ("(def .*token|abc.*defg)x", ["defg|token"]),
    ("größe", ["größe"]),
    ("\u212aelvin", ["kelvin"]),
    ("a.c", []),
]


def pieces(pattern, *, ignores_case=False):
    clauses = literal_clauses(pattern, ignores_case=ignores_case)
    return ["|".join(sorted(clause)) for clause in clauses]


@pytest.mark.parametrize(("pattern", "expected"), PIECES)
def test_every_match_holds_these_pieces(pattern, expected):
    assert pieces(pattern) == expected


def test_a_letter_whose_cases_differ_is_in_no_piece_of_a_pattern_that_ignores_case():
    assert pieces("größe", ignores_case=True) == []
    assert pieces("ÜBER alles", ignores_case=True) == ["ber alles"]
    assert pieces("maſt", ignores_case=True) == ["mast"]
    assert pieces("(?i)Größen") == pieces("(?i:Größen)") == []
    assert pieces("make(?i:_Öl_token)") == ["l_token", "make"]


@pytest.fixture
def indexed(index_folder, tmp_path):
    def indexed(files, name="r"):
        write_files(tmp_path / name, files)
        return index_folder(tmp_path / name)

    return indexed


def search(repository, pattern, **options):
    return grep([repository.pk], pattern, user_id=OPERATOR_ID, options=GrepOptions(**options))


@pytest.fixture
def statements():
    """The statements that run, with their parameters."""
    seen = []

    def note(execute, sql, params, many, context):
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def looked_up(statements):
    """The trigrams of the pieces that were looked up."""
    return [
        values
        for _, params in statements
        if isinstance(params, dict)
        for name, values in params.items()
        if name.startswith("piece_")
    ]


@pytest.mark.django_db
class TestLookups:
    def test_all_pieces_narrow_the_files_that_are_read(self, indexed):
        files = {"a.py": "def make_token(): 1\n", "b.py": "def other(): 1\n", "c.py": "token = 1\n"}
        assert search(indexed(files), "def .*token").read == 1

    def test_trigrams_of_a_long_piece_are_a_few_of_its_whole_length(self, indexed, statements):
        words = "".join(f"{number:03}" for number in range(60))
        repository = indexed({"a.py": words + "\n", "b.py": words[:120] + "\n"})
        assert search(repository, words, is_regex=False).read == 1
        (numbers,) = looked_up(statements)
        assert len(numbers) == MAX_TRIGRAMS

    def test_pieces_that_are_looked_up_are_bounded(self, indexed, statements):
        alternatives = [
            "|".join(f"{a}{b}{n:x}xyz" for n in range(16)) for a, b in ("ab", "cd", "ef")
        ]
        repository = indexed({"a.py": "ab1xyz cd2xyz ef3xyz\n"})
        found = search(repository, ".*".join(f"({texts})" for texts in alternatives))
        assert found.match_count == 1
        assert 16 <= len(looked_up(statements)) <= MAX_LOOKUPS

    def test_a_lookup_meets_only_documents_of_its_index(self, indexed):
        first = indexed({"a.py": "make_token()\n"})
        indexed({"a.py": "make_token()\n"}, "second")
        values = {"index": first.current_index_id, "format": Index.LOOKUP_FORMAT}
        inner = documents_by_trigrams([frozenset(["make_token"])], values)
        found = fetch_column(
            "SELECT c.document_id FROM (SELECT %(index)s::bigint AS id, %(format)s AS format) a"
            f" CROSS JOIN LATERAL ({inner}) c",
            values,
        )
        assert found == [Document.objects.get(index=first.current_index_id).pk]

    def test_only_files_that_define_the_symbol_are_read(self, indexed):
        files = {
            "a.py": "def zebra():\n    return token\n",
            "b.py": "token = 1\n",
            "tests/a.py": "def zebra():\n    token()\n",
        }
        repository = indexed(files)
        assert search(repository, "token").read == 3
        assert search(repository, "token", symbols=("zebra",)).read == 2
        inside = Filters(included_files=("*.py",), excluded_dirs=("tests",))
        assert search(repository, "token", symbols=("zebra",), filters=inside).read == 1

    @pytest.mark.parametrize(("bound", "most"), [("BATCH_FILES", 2), ("BATCH_BYTES", 20)])
    def test_a_batch_of_texts_is_bounded(self, bound, most, indexed, monkeypatch, statements):
        monkeypatch.setattr(reading, bound, most)
        repository = indexed({f"m{n}.py": "token = 1\n" for n in range(5)})
        assert search(repository, "token").file_count == 5
        read = [params for sql, params in statements if sql == reading.TEXTS]
        assert [len(ids) for (ids,) in read] == [2, 2, 1]
