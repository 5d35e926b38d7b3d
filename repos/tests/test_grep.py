"""Lines of an index are found by regular expression and by literal text."""

import itertools

import pytest

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.models import Document, Index, Trigrams
from repos.search import Filters
from repos.search.grep import GrepNotice, GrepOptions, grep
from repos.search.grep.matches import MAX_MATCHES_A_FILE
from repos.testing.grep_results import matched_lines

pytestmark = pytest.mark.django_db
FILES = {
    "src/tokens.py": "import os\n\n\ndef make_token(user):\n    return Token(user)\n",
    "src/mail.py": "def send(mail):\n    return mail\n",
    "web/app.js": "// Token of a session\nfunction token() { return 1 }\n",
    "docs/guide.md": "Ask for a token, then send it.\n",
}


@pytest.fixture
def indexed(index_folder, tmp_path):
    def indexed(files=FILES):
        write_files(tmp_path / "r", files)
        return index_folder(tmp_path / "r")

    return indexed


def search(repository, pattern, **options):
    return grep([repository.pk], pattern, user_id=OPERATOR_ID, options=GrepOptions(**options))


def paths(repository, pattern, **options):
    return [file.path for file in search(repository, pattern, **options).files]


def found(repository, pattern, **options):
    """`path:line` of each line that matches."""
    return matched_lines(search(repository, pattern, **options))


def test_a_regular_expression_finds_lines_with_their_columns(indexed):
    result = search(indexed(), r"def \w+_token")
    (file,) = result.files
    (line,) = [line for line in file.lines if line.is_match]
    assert (file.path, line.number, line.text, line.spans) == (
        "src/tokens.py",
        4,
        "def make_token(user):",
        ((0, 14),),
    )
    assert (result.file_count, result.match_count, result.is_cut) == (1, 1, False)
    assert result.read == 1


def test_two_lines_of_context_stand_around_a_match(indexed):
    (file,) = search(indexed(), "make_token").files
    assert [(line.number, line.is_match) for line in file.lines] == [
        (2, False),
        (3, False),
        (4, True),
        (5, False),
    ]


def test_case_counts_only_where_it_is_asked_for(indexed):
    repository = indexed()
    assert found(repository, "Token") == [
        "src/tokens.py:4",
        "src/tokens.py:5",
        "web/app.js:1",
        "web/app.js:2",
        "docs/guide.md:1",
    ]
    assert found(repository, "Token", case_sensitive=True) == ["src/tokens.py:5", "web/app.js:1"]


def test_a_whole_word_is_no_part_of_a_longer_one_in_any_script(indexed):
    repository = indexed(
        {"a.txt": "token tokens _token Token token\nслово словом\ncafé caf é 文字 字\n"}
    )
    words = {"token": 3, "слово": 1, "caf": 1, "é": 1, "字": 1}
    assert {word: search(repository, word, whole_word=True).match_count for word in words} == words


def test_literal_text_is_not_read_as_a_pattern(indexed):
    repository = indexed({"a.py": "x = a.b(c)[0]\ny = aXb(c)[0]\n"})
    assert found(repository, "a.b(c)[0]", is_regex=False) == ["a.py:1"]


def test_filters_of_paths_and_languages_leave_files_out(indexed):
    repository = indexed()
    assert paths(repository, "token", filters=Filters(included_files=("src",))) == ["src/tokens.py"]
    assert paths(repository, "token", filters=Filters(excluded_files=("*.js", "docs"))) == [
        "src/tokens.py"
    ]
    assert paths(repository, "token", languages=("javascript",)) == ["web/app.js"]
    assert paths(repository, "token", excluded_languages=("python", "javascript")) == [
        "docs/guide.md"
    ]
    assert paths(repository, "token", filters=Filters(included_files=("nowhere",))) == []


def test_a_symbol_is_found_where_it_is_defined(indexed):
    repository = indexed(
        FILES | {"src/use.py": "from src.tokens import make_token\nmake_token(1)\n"}
    )
    assert found(repository, "make_token", symbols=("make_token",)) == ["src/tokens.py:4"]


def test_the_page_after_the_first_goes_on_with_the_next_file(indexed):
    repository = indexed()
    first, second = (search(repository, "token", limit=2, offset=n) for n in (0, 2))
    assert [file.path for file in [*first.files, *second.files]] == paths(repository, "token")
    assert first.has_more(GrepOptions(limit=2)) and not second.has_more(GrepOptions(offset=2))
    assert first.match_count == second.match_count == 5


def test_a_pattern_without_three_fixed_letters_reads_every_file_and_says_so(indexed):
    result = search(indexed(), r"\w+\(")
    assert result.notices == (GrepNotice.NO_PIECE,)
    assert result.read == len(FILES)


def test_no_file_is_read_that_lacks_a_piece_of_the_pattern(indexed):
    repository = indexed()
    assert search(repository, "zebra").read == 0
    assert search(repository, "(make|take)_token|send it").read == 2


def test_a_match_stays_within_its_line(indexed):
    repository = indexed({"a.txt": "one\ntwo\r\nthree\n"})
    assert search(repository, r"one\s+two").files == []
    assert found(repository, "one\ntwo", is_regex=False) == []
    assert found(repository, "two$") == ["a.txt:2"]
    assert found(repository, "^t") == ["a.txt:2", "a.txt:3"]
    assert found(repository, "[^x]*$") == ["a.txt:1", "a.txt:2", "a.txt:3"]


def test_letters_beyond_ascii_match_in_both_cases(indexed):
    repository = indexed({"a.txt": "ÜBERGRÖSSE\nübergröße\n\u212aelvin\nma\u017ft\n日本語の文字\n"})
    assert found(repository, "übergrö") == ["a.txt:1", "a.txt:2"]
    assert found(repository, "übergrö", case_sensitive=True) == ["a.txt:2"]
    assert found(repository, "kelvin") == ["a.txt:3"]
    assert found(repository, "mast") == ["a.txt:4"]
    result = search(repository, "本語の")
    (line,) = [line for line in result.files[0].lines if line.is_match]
    assert line.spans == ((1, 4),)


def test_an_index_without_trigrams_is_read_whole_and_says_so(indexed):
    repository = indexed()
    Index.objects.update(format=2)
    Trigrams.objects.all().delete()
    result = search(repository, "make_token")
    assert [file.path for file in result.files] == ["src/tokens.py"]
    assert result.notices == (GrepNotice.OLDER_INDEX,)


def test_staged_files_are_never_found(indexed):
    repository = indexed()
    Document.objects.filter(path="src/tokens.py").update(is_live=False)
    assert "src/tokens.py" not in paths(repository, "token")
    assert paths(repository, ".") and "src/tokens.py" not in paths(repository, ".")


def test_a_file_with_too_many_trigrams_is_always_read(indexed):
    letters = [chr(0x4E00 + n) for n in range(20_000)]
    repository = indexed(
        {
            "many.txt": "\n".join(a + b for a, b in itertools.pairwise(letters)),
            "a.py": "zebra = 1\n",
        }
    )
    assert len(Trigrams.objects.get(document__path="many.txt").numbers) == 2
    assert found(repository, letters[70] + letters[71]) == ["many.txt:71"]
    assert search(repository, "zebra").read == 2


def test_a_result_tells_that_matches_of_one_file_are_not_all_counted(indexed):
    repository = indexed({"a.py": "n" * (MAX_MATCHES_A_FILE + 1) + "\n", "b.py": "m = 1\n"})
    assert search(repository, "n").is_cut and not search(repository, "m").is_cut


def test_trigrams_go_with_their_documents(indexed):
    repository = indexed()
    assert Trigrams.objects.count() == len(FILES)
    repository.delete()
    assert Trigrams.objects.count() == 0
