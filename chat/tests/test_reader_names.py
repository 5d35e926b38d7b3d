"""Names in the code: the parts that the page of a file loads about them."""

import re

import pytest
from django.urls import reverse

from repos.models import Index

pytestmark = pytest.mark.django_db
PLACE = {"path": "shop/prices.py", "line": "13", "name": "apply_discount"}


@pytest.fixture
def part(client, repository, alice):
    """The text of a part of the page: `part("callers", name=…)`."""
    client.force_login(alice)

    def part(which, /, **query):
        reply = client.get(reverse(f"code-{which}", args=[repository.pk]), query)
        assert reply.status_code == 200
        return reply.content.decode()

    return part


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_outline_of_a_file_lists_its_definitions_within_each_other(part):
    html = part("outline", path="shop/prices.py")
    assert re.findall(r'class="(depth-\d)".*?class="mono">(\w+)<', html, re.DOTALL) == [
        ("depth-0", "PriceList"),
        ("depth-1", "__init__"),
        ("depth-1", "total_of"),
        ("depth-0", "apply_discount"),
    ]
    assert "No definitions are known" in words(part("outline", path="README.md.none"))


def test_the_card_of_a_name_says_signature_comment_and_how_sure_it_is(part, repository):
    html = part("name", **PLACE)
    assert "def apply_discount(amount)" in words(html)
    assert "Ten percent off above one hundred." in words(html)
    assert "shop/prices.py:16 · function · certain" in words(html)
    assert f'data-target="/r/{repository.pk}/code/shop/prices.py?lines=16-16#L16"' in html
    assert "data-definition" not in html
    assert "data-definition" in part("name", **PLACE | {"line": "16"})


def test_a_name_that_is_defined_nowhere_says_so(part):
    html = part("name", path="shop/prices.py", line="1", name="<b>nothing")
    assert "No definition of &lt;b&gt;nothing is in the index." in words(html)
    assert 'data-found="0"' in html


def test_uses_are_grouped_by_file_with_their_lines_and_kinds(part):
    html = part("references", **PLACE)
    assert "References to apply_discount 3 uses · 2 files" in words(html)
    assert "13 return apply_discount(amount) call" in words(html)
    assert "from shop.prices import apply_discount import" in words(html)
    assert "lines=13-13#L13" in html


def test_callers_are_named_with_the_lines_that_call(part):
    html = part("callers", **PLACE)
    assert "PriceList.total_of shop/prices.py" in words(html)
    assert "test_discount tests/test_prices.py" in words(html)


def test_every_kind_of_definition_has_its_word():
    from chat.web.reader.names import DEFINITION_KINDS
    from repos.indexing.symbols import KINDS

    assert set(KINDS) == set(DEFINITION_KINDS)


def test_several_candidates_are_listed_with_how_sure_each_is(part):
    html = part("definitions", **PLACE)
    assert "Definitions of apply_discount" in words(html)
    assert "certain" in words(html)


def test_an_index_from_before_the_graph_says_that_it_knows_no_definitions(part, repository):
    from repos.models.graph import GraphDefinition

    GraphDefinition.objects.all().delete()
    Index.objects.filter(pk=repository.current_index_id).update(format=2)
    assert "This index knows no definitions yet" in words(part("name", **PLACE))
    assert part("references", **PLACE)
    assert part("callers", **PLACE)
