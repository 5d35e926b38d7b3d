"""Diagrams are images at addresses of their own, which only this server can make."""

import re

import pytest

from chat.rendering import render
from chat.rendering.diagram_addresses import source_of
from chat.rendering.diagram_themes import DARK, LIGHT, in_theme

pytestmark = pytest.mark.integration  # a worker process draws
SOURCE = "flowchart LR\n  A[Call (x)] --> B\n"
TEXT = f"```mermaid\n{SOURCE}```\n"


@pytest.fixture
def address():
    return re.search(r'<img src="([^"]+)"', render(TEXT))[1]


def test_a_diagram_has_its_size_before_it_is_loaded():
    width, height = re.search(r'<img [^>]*width="(\d+)" height="(\d+)"', render(TEXT)).groups()
    assert int(width) > int(height) > 10


def test_the_address_is_the_same_each_time_and_far_shorter_than_the_drawing(address):
    assert address in render(f"Some text.\n\n{TEXT}")
    assert len(render(TEXT)) < 1_000


@pytest.mark.django_db
def test_anybody_who_has_the_address_gets_the_drawing_and_browsers_keep_it(client, address):
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content and b"Call" in answer.content
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.django_db
def test_there_is_a_picture_in_the_colours_of_each_theme(client, theme):
    found = re.search(rf'<img src="([^"]+)" class="in-{theme}"', render(TEXT))
    svg = client.get(found[1]).content.decode()
    assert (DARK["primaryColor"] in svg) == (theme == "dark")
    assert (LIGHT["primaryColor"] in svg) == (theme == "light")


@pytest.mark.django_db
def test_nobody_else_can_have_the_server_draw(client, address):
    _, _, key, data = address.split("/")
    other = re.search(r'src="([^"]+)"', render("```mermaid\nflowchart LR\n  X --> Y\n```"))[1]
    for wrong in (
        f"/diagrams/{'0' * len(key)}/{data}",
        f"/diagrams/{key}/{other.split('/')[-1]}",
        f"/diagrams/{key}/AAAA.svg",
    ):
        assert client.get(wrong).status_code == 404
    assert source_of(key, data.removesuffix(".svg")) == in_theme("light", SOURCE)


def test_a_text_cannot_pretend_to_be_a_diagram():
    for text in (
        '<img src="diagram:AAAA">',
        "![x](diagram:AAAA)",
        "[x](diagram:AAAA)",
        '`<img src="diagram:AAAA"`',
    ):
        html = render(text)
        assert "/diagrams/" not in html and "<img" not in html and 'href="diagram' not in html


def test_a_prefix_of_the_public_address_stands_in_front(settings):
    settings.FORCE_SCRIPT_NAME = "/wiki"
    assert '<img src="/wiki/diagrams/' in render(TEXT)
