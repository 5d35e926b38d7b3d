"""No text that matches a pattern is excluded by the trigrams that stand for the pattern."""

from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from repos.indexing.trigrams import UNBOUNDED, trigrams_of_literal, trigrams_of_text
from repos.search.grep.literals import exact_clauses, literal_clauses
from repos.search.grep.matches import Clock, find_matches, shown_lines
from repos.search.grep.pattern import InvalidPattern, compile_pattern

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(600)]

LETTERS = "abcABkKsSſ\u212aßẞéÉ字ς.-\\[](){}|*+?^$ \n\t0"
TEXTS = st.text(alphabet=LETTERS, max_size=40) | st.text(max_size=20)
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
ATOMS = st.sampled_from(
    r"""a b c k s K S ſ é É 字 ς ab abc sks . \. \d \w \S \b \B ^ $ [ab] [^a] []a] [a-c] [[:alpha:]] [\]a] [a\-b] [s] [é]
    \x61 \x{17f} \141 \Qa.b\E \Qab\E \Q\E \pL \PL \p{Greek} \n \t \\ {a} {,2} (?i) (?-i) (?s) [\Qa] [a[b] - ] }""".split()
)
REPETITIONS = st.sampled_from(
    ["", "", "", "*", "+", "?", "{2}", "{0}", "{1,2}", "{0,}", "+?", "{02}"]
)


def _larger(inner):
    group = st.sampled_from(
        ["(%s)", "(?:%s)", "(?i:%s)", "(?P<n>%s)", "(?i)%s", "%s|%s", "(%s|%s)"]
    )
    return st.builds(lambda g, a, b: g % ((a, b)[: g.count("%s")]), group, inner, inner)


ATOMS_REPEATED = st.builds(str.__add__, ATOMS, REPETITIONS)
SEQUENCES = st.lists(ATOMS_REPEATED, min_size=1, max_size=5).map("".join)
PATTERNS = st.recursive(
    SEQUENCES,
    lambda inner: st.builds("{}{}{}".format, _larger(inner), REPETITIONS, inner),
    max_leaves=5,
)


def is_candidate(text, clauses):
    numbers = set(trigrams_of_text(text))
    return numbers == {UNBOUNDED} or all(
        any(numbers.issuperset(trigrams_of_literal(piece)) for piece in clause)
        for clause in clauses
    )


def compiled(pattern, **options):
    try:
        return compile_pattern(pattern, **options)
    except InvalidPattern as error:
        assert "%(" not in str(error)
        return assume(False)


@given(PATTERNS, TEXTS, st.booleans(), st.booleans())
@example(pattern=r"abc\Q\E*", text="ab", case_sensitive=True, whole_word=False)
@example(pattern="abc(?i)*", text="ab", case_sensitive=True, whole_word=False)
@example(pattern="masK", text="ma\u017f\u212a", case_sensitive=False, whole_word=False)
def test_a_text_that_matches_is_a_candidate(pattern, text, case_sensitive, whole_word):
    found = compiled(pattern, is_regex=True, case_sensitive=case_sensitive, whole_word=whole_word)
    if find_matches(text, found, Clock.of(60_000)).spans:
        assert is_candidate(text, found.clauses)


@given(LINES.filter(bool), LINES, LINES, st.booleans())
def test_a_text_that_holds_a_literal_is_a_candidate(literal, before, after, case_sensitive):
    text = before + literal + after
    found = compiled(literal, is_regex=False, case_sensitive=case_sensitive, whole_word=False)
    matches = find_matches(text, found, Clock.of(60_000))
    assert matches.spans and is_candidate(text, found.clauses)
    folded = text.upper() if not case_sensitive and literal.isascii() else text
    if len(folded) == len(text) and find_matches(folded, found, Clock.of(60_000)).spans:
        assert is_candidate(folded, exact_clauses(literal, ignores_case=not case_sensitive))


@given(st.text("aA字.ſ ß", min_size=1, max_size=4), TEXTS, st.booleans(), st.booleans())
@example(literal="aa", text="aaaa\naaa", is_regex=True, case_sensitive=True)
def test_a_literal_is_found_where_the_expression_finds_it(literal, text, is_regex, case_sensitive):
    found = compiled(literal, is_regex=is_regex, case_sensitive=case_sensitive, whole_word=False)
    by_expression = replace(found, literal="")
    clock = Clock.of(60_000)
    expected = find_matches(text, by_expression, clock)
    assert find_matches(text, found, clock).spans == expected.spans
    assert bool(found.literal) == (case_sensitive and not (is_regex and "." in literal))


@given(PATTERNS, st.lists(TEXTS, max_size=6).map("\r\n".join), st.booleans())
def test_lines_and_columns_are_those_of_the_match(pattern, text, whole_word):
    found = compiled(pattern, is_regex=True, case_sensitive=True, whole_word=whole_word)
    matches = find_matches(text, found, Clock.of(60_000))
    lines = text.replace("\r\n", "\n").split("\n")
    for line in shown_lines(matches):
        assert lines[line.number - 1] == line.text
        assert all(0 <= start < end <= len(line.text) for start, end in line.spans)
    assert all(b"\n" not in matches.data[start:end] for start, end in matches.spans)


@given(st.text(max_size=60) | PATTERNS)
def test_any_text_is_a_pattern_or_refused_in_words(text):
    try:
        compile_pattern(text, is_regex=True, case_sensitive=False, whole_word=True)
    except InvalidPattern as error:
        assert str(error) == error.translated and len(str(error)) < 200
    literal_clauses(text, ignores_case=True)
