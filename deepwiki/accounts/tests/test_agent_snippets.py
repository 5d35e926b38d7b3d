"""What a person copies into an editor when they have made a token."""

from html import unescape
from pathlib import Path

import pytest

from deepwiki.accounts.agent_snippets import agent_snippets

PROGRAMS = Path(__file__).resolve().parents[3] / "docs" / "programs.md"


def test_the_page_gives_what_the_documents_give(settings):
    settings.PUBLIC_URL = "https://deepwiki.example/"
    text = PROGRAMS.read_text("utf-8")
    assert [one.name for one in agent_snippets("dw_…") if one.text not in text] == []


@pytest.mark.django_db
def test_a_new_token_is_filled_in_once_where_an_agent_can_use_it(client, alice, settings):
    client.force_login(alice)
    made = client.post("/accounts/tokens/new", {"name": "a", "scopes": ["read"], "days": "7"})
    page, clear = unescape(made.content.decode()), made.context["clear"]
    snippets = made.context["snippets"]
    assert all(one.text in page for one in snippets)
    assert [one.name for one in snippets if clear not in one.text] == ["AGENTS.md"]
    assert clear not in client.get("/accounts/tokens/").content.decode()
    other = client.post("/accounts/tokens/new", {"name": "b", "scopes": ["manage"], "days": "7"})
    assert other.context["snippets"] == []
