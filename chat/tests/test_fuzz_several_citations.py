"""Citations over several repositories: what is in one is found there, whatever the names are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.citation_search import find
from chat.core.citations import Citation, short_name
from chat.rendering.citation_links import CitationChecker, SeveralCheckers
from repos.sources import parse_address

pytestmark = pytest.mark.fuzz
ADDRESS = parse_address("https://github.com/a/b")
NAME = st.text("ab/.-_~0", min_size=1, max_size=8)
PATH = st.text("abL0/._-: ", min_size=1, max_size=12)
INDEX = st.dictionaries(PATH, st.integers(1, 30), max_size=4)
INDEXES = st.dictionaries(NAME.map("{}:".format), INDEX, min_size=2, max_size=4)


def checker(indexes):
    return SeveralCheckers(
        {prefix: CitationChecker(ADDRESS, "c0ffee", lines) for prefix, lines in indexes.items()}
    )


@given(INDEXES)
def test_every_line_of_every_repository_is_found_by_its_full_path(indexes):
    check = checker(indexes)
    for prefix, lines in indexes.items():
        for path, count in lines.items():
            full = f"{prefix}{path}"
            assert check(Citation(full, 1, count)).found
            assert not check(Citation(full, 1, 31)).found
            assert check.known_path(full) == full


@given(INDEXES, PATH)
def test_a_path_alone_counts_where_one_repository_has_it(indexes, path):
    having = [prefix for prefix, lines in indexes.items() if path in lines]
    known = checker(indexes).known_path(path)
    begins = any(path.startswith(prefix) for prefix in indexes)
    if len(having) == 1 and not begins:
        assert known == f"{having[0]}{path}"
    elif not begins:
        assert known == ""


@given(INDEXES, st.text("ab/.:L0-`[]() \n", max_size=60))
def test_what_is_found_in_a_text_is_in_a_repository_or_not_said_to_be(indexes, text):
    check = checker(indexes)
    for citation in find(text, check):
        found = check(citation)
        prefixes = [prefix for prefix in indexes if citation.path.startswith(prefix)]
        assert not found.found or prefixes
        assert short_name(citation.path)


@given(st.integers(0, 9_999_999), st.sampled_from(["x.py", "a/b.c", "L1/2.py", "1"]), st.booleans())
def test_a_path_that_begins_with_digits_is_found_behind_its_repository(number, name, is_code):
    path = f"{number}/{name}"
    check = checker({"owner/repo:": {path: 9, "a.py": 3}, "owner/two:": {"a.py": 2}})
    written = f"owner/repo:{path}:L2-L3"
    text = f"See `{written}`, too." if is_code else f"See {written}, too."
    assert find(text, check) == [Citation(f"owner/repo:{path}", 2, 3)]
