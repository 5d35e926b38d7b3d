"""Find in a file: the lines that hold a text."""

import pytest
from django.urls import reverse

from chat.web.reader.file_matches import MAX_MATCHES, matching_lines
from repos.models import Document


def test_lines_are_found_whatever_their_case():
    assert matching_lines("One\ntwo\nGROSSE\nGroße one", "one") == [1, 4]
    assert matching_lines("One\ntwo\nGROSSE\nGroße one", "grosse") == [3, 4]
    assert matching_lines("a.b\nab", "A.B") == [1]


def test_nothing_is_found_of_nothing_and_not_more_than_is_kept():
    assert matching_lines("a\nb", "") == []
    assert len(matching_lines("x\n" * (MAX_MATCHES + 5), "x")) == MAX_MATCHES


@pytest.mark.django_db
def test_a_reader_gets_the_lines_of_a_file_and_nobody_else(client, repository, people):
    url = reverse("code-matches", args=[repository.pk])
    query = {"path": "shop/prices.py", "q": "DEF "}
    client.force_login(people["alice"])
    text = Document.objects.get(path="shop/prices.py").text
    expected = [n for n, line in enumerate(text.split("\n"), 1) if "def " in line]
    assert client.get(url, query).json() == {"lines": expected}
    assert client.get(url, {**query, "path": "shop/gone.py"}).json() == {"lines": []}
    repository.is_private, repository.added_by = True, people["alice"]
    repository.save()
    client.force_login(people["bob"])
    assert client.get(url, query).status_code == 404
