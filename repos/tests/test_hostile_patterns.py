"""Patterns of strangers end in time, within memory, or are refused with words that say where."""

import pytest

from deepwiki.testing.fixtures import write_files
from deepwiki.testing.growth import LINEAR, growth
from repos.access import OPERATOR_ID
from repos.search.grep import GrepNotice, GrepOptions, grep, reading
from repos.search.grep.matches import (
    MAX_LINES_A_FILE,
    MAX_MATCHES_A_FILE,
    Clock,
    find_matches,
    shown_lines,
)
from repos.search.grep.pattern import InvalidPattern, compile_pattern


def compiled(text, **options):
    defaults = {"is_regex": True, "case_sensitive": True, "whole_word": False}
    return compile_pattern(text, **defaults | options)


def refusal(text):
    with pytest.raises(InvalidPattern) as refused:
        compiled(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"abc(?=d)", "(?= at character 4 does not exist here"),
        (r"(?<!a)b", "(?<! at character 1 does not exist here"),
        (r"(a)\1", r"\1 at character 4 does not exist here"),
        (r"ab(c", "parenthesis at character 3 is not closed"),
        (r"[(]\((x)(y", "parenthesis at character 9 is not closed"),
        (r"ab)c", "parenthesis at character 3 closes nothing"),
        (r"a[bc", "bracket at character 2 is not closed: [bc"),
        (r"*a", "* at character 1 has nothing to repeat"),
        (r"a**", "** at character 2 repeats what is repeated already"),
        (r"a{1001}", "{1001} at character 2 repeats too much"),
        (r"[z-a]", "The range at character 2 is none: z-a"),
        ("abc\\", "ends with a backslash"),
        (r"a\k", r"\k at character 2 means nothing"),
        ("", "Type what to search for"),
        ("x" * 1_000_000, "too long: at most 1000 characters"),
        ("\ud800", "characters that are not text"),
        ("ab(?P<n", "cannot be read at character 3: (?P<n"),
        ("((((a{100}){100}){100}){100})", "repeats too much"),
        (r"\pL{900}", "stands for too much"),
        ("(abcdefghijkl){1000}", "stands for too much"),
    ],
)
def test_an_invalid_pattern_is_refused_with_words_that_say_where(pattern, words):
    assert words in refusal(pattern)


def test_a_nul_in_a_pattern_finds_nothing():
    assert compiled("a\x00b").clauses is not None
    assert find_matches("ab", compiled("a\x00b"), Clock.of(1000)).spans == []


def test_five_hundred_parentheses_are_searched_without_pieces():
    deep = compiled("(" * 400 + "abc" + ")" * 400)
    assert deep.clauses == ()
    assert find_matches("xabc", deep, Clock.of(1000)).spans == [(1, 4)]


@pytest.mark.parametrize(
    "bomb", ["(a+)+b", "(a|a)*b", "(a*)*(a*)*b", "(.*)(.*)(.*)(.*)x", "(x+x+)+y"]
)
def test_a_pattern_that_backtracks_elsewhere_takes_linear_time(bomb):
    pattern = compiled(bomb)

    def work(size):
        find_matches(
            "a" * 60 + "\n" + ("xa" * 500 + "\n") * (size // 1_000), pattern, Clock.of(60_000)
        )

    assert growth(work, 400_000) < LINEAR


def test_a_text_full_of_matches_takes_linear_time():
    pattern = compiled("a")
    assert (
        growth(lambda size: find_matches("a\n" * size, pattern, Clock.of(60_000)), 400_000) < LINEAR
    )


def test_matches_of_a_file_are_bounded_and_said_to_be():
    matches = find_matches("a" * 5_000, compiled("a"), Clock.of(60_000))
    assert (len(matches.spans), matches.is_cut) == (MAX_MATCHES_A_FILE, True)


def test_lines_of_a_file_that_are_shown_are_bounded():
    matches = find_matches("a\n" * 80, compiled("a"), Clock.of(60_000))
    found = [line.number for line in shown_lines(matches) if line.is_match]
    assert found == list(range(1, MAX_LINES_A_FILE + 1))


def test_a_very_long_line_is_searched_at_its_beginning_and_said_to_be_cut():
    text = "x" * 100 + "needle" + "y" * 500_000 + "needle\nneedle"
    matches = find_matches(text, compiled("needle"), Clock.of(60_000))
    assert (len(matches.spans), matches.is_cut) == (2, True)
    line = shown_lines(matches)[0]
    assert line.text[slice(*line.spans[0])] == "needle"
    assert len(line.text) == 400 and line.offset == 40 and line.hidden > 499_000


@pytest.mark.django_db
class TestBounds:
    @pytest.fixture
    def repository(self, index_folder, tmp_path):
        write_files(tmp_path / "r", {f"m{n}.py": "needle = 1\n" * 50 for n in range(8)})
        return index_folder(tmp_path / "r")

    def found(self, repository, pattern="needle"):
        return grep([repository.pk], pattern, user_id=OPERATOR_ID, options=GrepOptions())

    def test_time_is_bounded(self, repository, monkeypatch):
        monkeypatch.setattr(reading, "MAX_MILLISECONDS", -1)
        result = self.found(repository)
        assert (result.is_cut, result.notices, result.files) == (True, (GrepNotice.TOO_SLOW,), [])

    def test_texts_of_few_searches_are_in_memory_at_once(self, repository, monkeypatch):
        monkeypatch.setattr(reading, "MAX_MILLISECONDS", 300)
        with reading.ROOM, reading.ROOM:
            result = self.found(repository)
            assert (result.notices, result.files) == ((GrepNotice.TOO_SLOW,), [])
        monkeypatch.setattr(reading, "MAX_MILLISECONDS", 60_000)
        monkeypatch.setattr(reading, "MAX_BYTES", 1_200)
        for _ in range(3):  # a search that is ended makes room for the next
            assert self.found(repository).notices == (GrepNotice.TOO_MANY_BYTES,)
        monkeypatch.setattr(reading, "MAX_BYTES", 10**9)
        assert self.found(repository).file_count == 8

    def test_bytes_are_bounded(self, repository, monkeypatch):
        monkeypatch.setattr(reading, "MAX_BYTES", 1_200)
        result = self.found(repository)
        assert (result.file_count, result.notices) == (2, (GrepNotice.TOO_MANY_BYTES,))

    def test_matches_are_bounded(self, repository, monkeypatch):
        monkeypatch.setattr(reading, "MAX_MATCHES", 120)
        result = self.found(repository)
        assert (result.file_count, result.notices) == (3, (GrepNotice.TOO_MANY_MATCHES,))

    def test_texts_come_in_batches(self, repository, monkeypatch):
        monkeypatch.setattr(reading, "BATCH_BYTES", 600)
        assert self.found(repository).file_count == 8
