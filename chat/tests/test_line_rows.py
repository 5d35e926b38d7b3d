"""Rows of code: what they hold is escaped, marked, linked and bounded, for files of any shape."""

import re

import pytest
from django.urls import reverse

from chat.web.reader.line_rows import line_rows
from chat.web.reader.line_window import MAX_LINE_CHARS, coloured_lines
from repos.models import Document
from repos.search import code_url

HOSTILE = '<script>alert("x")</script> & {0} %s {{ x }}\nx = 1\n'


@pytest.mark.integration
def test_code_is_escaped_whatever_it_holds():
    lines = coloured_lines(HOSTILE, "", 1, 2)
    rows = line_rows(lines, [2])
    assert "<script" not in rows
    assert "&lt;script&gt;" in rows and "{0} %s {{ x }}" in rows


@pytest.mark.integration
def test_the_chosen_lines_are_marked_and_linked():
    lines = coloured_lines("a\nb\nc", "", 1, 3)
    assert re.findall(r'id="L(\d)" value="\d" class="marked"', line_rows(lines, range(2, 4))) == [
        "2",
        "3",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["x = '" + "y" * 1_000_000 + "'", "value = [1, 2]  # words\n" * 30_000, "\n" * 1_000_000],
    ids=["one line of 1 MB", "30,000 lines", "1,000,000 empty lines"],
)
def test_the_page_and_the_pane_of_a_large_file_stay_small(client, repository, alice, text):
    client.force_login(alice)
    Document.objects.filter(path="shop/prices.py").update(text=text, lines=text.count("\n") + 1)
    page = client.get(code_url(repository.pk, "shop/prices.py"), {"lines": "20000-20001"})
    assert page.status_code == 200 and len(page.content) < 150_000
    query = {"path": "shop/prices.py", "start": "20000", "end": "20001"}
    pane = client.get(reverse("source", args=[repository.pk]), query)
    assert pane.status_code == 200 and len(pane.content) < 150_000
    if "\n" not in text:
        hidden = len(text) - MAX_LINE_CHARS
        for reply in (page, pane):
            assert f"{hidden} more characters" in reply.content.decode()
