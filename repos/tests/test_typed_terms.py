"""The code search is typed as on code hosts."""

import pytest

from repos.search import Filters
from repos.search.grep.typed_terms import parse_query


@pytest.mark.parametrize(
    ("text", "pattern", "is_regex"),
    [
        ("make_token", "make_token", False),
        ("def  send", "def send", False),
        ('"a  b" c', "a  b c", False),
        (r'"say \"hi\""', 'say "hi"', False),
        ("/def .*token/", "def .*token", True),
        ("a.b /c+/", r"a\.b.*c+", True),
        ("a/b/c", "a/b/c", False),
        ('"open', '"open', False),
        ("path:", "", False),
        ("", "", False),
        ("https://a.b", "https://a.b", False),
    ],
)
def test_text_quotes_and_slashes(text, pattern, is_regex):
    query = parse_query(text)
    assert (query.pattern, query.options.is_regex or not pattern) == (
        pattern,
        is_regex or not pattern,
    )


def test_fields_and_their_negation():
    options = parse_query(
        'x path:src -path:"a b" lang:py -lang:C++ case:yes word:yes symbol:run'
    ).options
    assert options.filters == Filters(included_files=("src",), excluded_files=("a b",))
    assert (options.languages, options.excluded_languages) == (("python",), ("cpp",))
    assert options.case_sensitive and options.whole_word
    assert options.symbols == ("run",)


def test_a_symbol_alone_is_searched_as_a_whole_word():
    query = parse_query("symbol:a.b symbol:c")
    assert query.pattern == r"a\.b|c"
    assert query.options.whole_word and query.options.case_sensitive


def test_a_long_query_is_cut():
    assert len(parse_query("x" * 1_000_000).pattern) == 2_000
    assert len(parse_query("path:a " * 100_000).options.filters.included_files) <= 100
