"""The code search is typed as on code hosts."""

import pytest

from repos.search import Filters
from repos.search.grep.results import ExcludedText
from repos.search.grep.typed_terms import QueryNotice, parse_query


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
    assert parse_query("x -symbol:run -symbol:Till.pay").options.excluded_symbols == (
        "run",
        "Till.pay",
    )


def test_a_minus_before_a_phrase_or_an_expression_leaves_files_out():
    query = parse_query(r'token -"say \"hi\"" -/a.*b/')
    assert query.pattern == "token"
    assert query.options.excluded_texts == (
        ExcludedText('say "hi"'),
        ExcludedText("a.*b", is_regex=True),
    )
    assert query.notices == ()


@pytest.mark.parametrize(
    ("text", "is_on"),
    [
        ("x case:yes", True),
        ("x CASE:On", True),
        ("x -case:yes", False),
        ("x case:no", False),
        ("x -case:no", True),
        ("x case:yes case:no", False),
        ("x case:", False),
    ],
)
def test_a_switch_is_turned_around_by_a_minus(text, is_on):
    assert parse_query(text).options.case_sensitive is is_on


@pytest.mark.parametrize(
    ("text", "pattern", "notice"),
    [
        ('"open', '"open', QueryNotice.OPEN_QUOTE),
        ('say "open and shut', 'say "open and shut', QueryNotice.OPEN_QUOTE),
        ('-"open', '-"open', QueryNotice.OPEN_QUOTE),
        ('"a\\" b', '"a\\" b', QueryNotice.OPEN_QUOTE),
        ("token -other", "token -other", QueryNotice.MINUS_TEXT),
        ("x case:maybe", "x", QueryNotice.NO_SWITCH),
        ("x symbol:/a.*/", "x", QueryNotice.NO_NAME),
        ("-symbol:run", "", QueryNotice.ONLY_FILTERS),
        ("path:src lang:go", "", QueryNotice.ONLY_FILTERS),
        ('-"gone"', "", QueryNotice.ONLY_FILTERS),
    ],
)
def test_what_is_read_otherwise_than_it_may_be_meant_is_told(text, pattern, notice):
    query = parse_query(text)
    assert (query.pattern, query.notices) == (pattern, (notice,))


def test_more_parts_than_are_read_are_told():
    assert parse_query("a " * 200).notices == (QueryNotice.TOO_MANY,)
    query = parse_query("a " + '-"b" ' * 30)
    assert query.notices == (QueryNotice.TOO_MANY,) and len(query.options.excluded_texts) == 20


@pytest.mark.parametrize(
    "text", ["a-b", "-", "--", "- x", "-rf", "-1", "--flag", "/usr/lib", "it's"]
)
def test_what_is_typed_in_code_is_searched_as_it_stands(text):
    query = parse_query(text)
    assert query.pattern == text and query.options.excluded_texts == ()


def test_a_symbol_alone_finds_the_definitions_themselves():
    query = parse_query("symbol:a.b symbol:c")
    assert query.options.symbols == ("a.b", "c") and query.options.names_only
    assert not parse_query("x symbol:c").options.names_only


def test_a_long_query_is_cut():
    assert len(parse_query("x" * 1_000_000).pattern) == 2_000
    assert len(parse_query("path:a " * 100_000).options.filters.included_files) <= 100
