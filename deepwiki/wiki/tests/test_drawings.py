"""Diagrams on a page: pictures with links over their nodes."""

import re

import pytest

from deepwiki.wiki.content import DiagramBlock, DiagramKind, Edge, Node, Origin
from deepwiki.wiki.models import WikiPage
from deepwiki.wiki.reading.drawing_areas import node_areas
from deepwiki.wiki.reading.drawings import drawn, figure_html, with_labels
from deepwiki.wiki.tests.wikis import PAGES, SamplePage, make_wiki

pytestmark = pytest.mark.django_db
NODES = (
    Node("a", "prices.py", "shop/prices.py", 4),
    Node("b", "mail.js", slug="mail"),
    Node("c", "elsewhere", "shop/none.py", 1),
)
EDGES = (Edge("a", "b", "uses"), Edge("b", "c"))


def diagram(kind=DiagramKind.IMPORTS, nodes=NODES, edges=EDGES):
    return DiagramBlock(kind, "Who uses <what>", nodes, edges)


@pytest.fixture
def show(client, repository, alice):
    """The page that holds these blocks."""
    client.force_login(alice)

    def show(*blocks):
        make_wiki(repository, (*PAGES, SamplePage("drawn", "Drawn", blocks=blocks)))
        return client.get(f"/r/{repository.pk}/wiki/drawn").content.decode()

    return show


@pytest.mark.integration
@pytest.mark.parametrize("kind", DiagramKind)
def test_every_node_has_its_place_in_the_picture(kind):
    drawing = drawn(diagram(kind))
    places = dict(node_areas(drawing.svg))
    assert sorted(places) == [0, 1, 2]
    for area in places.values():
        assert drawing.size.x <= area.x <= drawing.size.x + drawing.size.width
        assert drawing.size.y <= area.y <= drawing.size.y + drawing.size.height


@pytest.mark.integration
def test_a_node_leads_to_its_lines_or_its_page(show, repository):
    page = show(diagram())
    overlay = re.search(r'<svg viewBox="[^"]*"><a .*?</svg>', page, re.DOTALL)[0]
    assert 'data-path="shop/prices.py" data-start="4" data-end="4"' in overlay
    assert f'href="/r/{repository.pk}/wiki/mail"' in overlay
    assert "none.py" not in overlay
    assert overlay.count("<a ") == 2


@pytest.mark.integration
def test_a_picture_is_drawn_for_each_theme(show, client):
    page = show(diagram())
    light, dark = re.findall(r'<img src="([^"]+)" class="in-(?:light|dark)"', page)
    assert light != dark
    for address in (light, dark):
        reply = client.get(address)
        assert reply.status_code == 200
        assert reply.headers["Content-Type"] == "image/svg+xml"
    assert "#1d1b18" in client.get(light).content.decode()
    assert "#e6e2d9" in client.get(dark).content.decode()


@pytest.mark.integration
def test_what_it_shows_is_said_in_words(show):
    page = show(diagram())
    assert "→ uses" in page
    assert "What it shows" in page
    assert "Who uses &lt;what&gt;" in page
    assert "Who uses <what>" not in page


@pytest.mark.integration
@pytest.mark.parametrize(
    "block",
    [
        diagram(nodes=(), edges=()),
        diagram(edges=(Edge("a", "nowhere"),)),
        diagram(nodes=tuple(Node(str(n), f"node {n}" * 9) for n in range(400)), edges=()),
    ],
    ids=["no nodes", "an edge to nothing", "too large"],
)
def test_a_drawing_that_cannot_be_made_is_left_out_and_counted(show, block):
    page = show(block)
    assert "1 drawing could not be made and is left out." in page
    assert "<figure" not in page


@pytest.mark.integration
def test_a_file_has_its_drawings_within_it(show, client, repository):
    show(diagram())
    text = client.get(f"/r/{repository.pk}/wiki-export.html").content.decode()
    assert 'src="data:image/svg+xml;base64,' in text
    assert "/diagrams/" not in re.sub(r'download="[^"]*"|href="[^"]*"', "", text)
    assert WikiPage.objects.filter(slug="drawn").exists()


def test_edges_of_a_model_are_told_from_those_of_the_code():
    nodes = (Node("a", "A"), Node("b", "B"))
    for origin, count in ((Origin.MODEL, 1), (Origin.CODE, 0)):
        block = DiagramBlock(DiagramKind.CALLS, "T", nodes, (Edge("a", "b", "", origin),))
        drawing = drawn(block)
        assert (
            with_labels(figure_html(drawing, lambda node: "")).count("said by the model") == count
        )
