"""The page on which lines of a repository are searched."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos.models import Index

pytestmark = pytest.mark.django_db


@pytest.fixture
def search(index_folder, tmp_path, client, people):
    files = {f"m{n:02}.py": f"def make_{n}():\n    return '<b>token</b>'\n" for n in range(25)}
    write_files(tmp_path / "r", files)
    repository = index_folder(tmp_path / "r")
    client.force_login(people["alice"])

    def search(query="", **headers):
        return client.get(f"/r/{repository.pk}/search", query_data(query), **headers)

    def query_data(query):
        return query if isinstance(query, dict) else {"query": query}

    return search


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_matches_are_marked_escaped_counted_and_linked(search):
    html = text_of(search("/return .*token/ path:m03.py"))
    assert "<mark>return &#x27;&lt;b&gt;token</mark>&lt;/b&gt;" in html
    assert "1 match" in html and "1 file" in html
    assert "/code/m03.py?lines=2-2#L2" in html


def test_more_files_are_loaded_from_the_next_on(search):
    first = text_of(search("token"))
    assert "25 matches" in first and first.count("found-file") == 20
    assert "?query=token&amp;from=20" in first
    more = text_of(search({"query": "token", "from": "20"}, HTTP_HX_TARGET="more-files"))
    assert more.count("found-file") == 5 and "More files" not in more and "<html" not in more


def test_an_invalid_pattern_is_named_where_it_is_typed(search):
    html = text_of(search("/a(b/"))
    assert "The parenthesis at character 2 is not closed." in html and 'aria-invalid="true"' in html


@pytest.mark.parametrize(
    "query",
    [
        "",
        "path:",
        "zebra",
        "x" * 5_000,
        {"query": "token", "from": "9" * 30},
        {"query": "token", "from": "-5"},
    ],
)
def test_any_query_gets_a_page(search, query):
    assert "How to search" in text_of(search(query))


def test_the_rail_lists_conversations_whatever_is_searched(search):
    assert "No conversation holds these words." not in text_of(search("token"))


def test_nothing_found_says_what_to_do(search):
    assert "No line matches." in text_of(search("zebra"))


def test_a_search_that_read_every_file_says_so(search):
    assert "every file was read" in text_of(search("/./"))


def test_without_an_index_the_page_says_so(search):
    Index.objects.all().update(state="building")
    from repos.models import Repository

    Repository.objects.update(current_index=None)
    assert "There is no index of this repository yet" in text_of(search("token"))
