"""Whatever a program writes for a repository names one, or none, and nothing else happens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.api.mcp.resource_addresses import page_address, parse_page_address
from chat.api.v1.model_names import parse_model_name
from chat.core.errors import NoSuchRepository
from chat.services.named_repositories import NamedRepository, find_named_repository
from chat.services.wiki_texts import WikiPageText
from repos.access.permissions import PersonId

pytestmark = pytest.mark.fuzz
PIECES = st.sampled_from(
    ["@", ":", "/", "//", "https://", "git@", "deepwiki/", ":research", "\0", "\ud800"]
)
WRITTEN = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=8).map("".join)


@given(WRITTEN)
def test_a_name_is_its_parts(text):
    named = NamedRepository.of(text)
    assert named.shown == text.strip() or named.shown == text.strip().removesuffix("@")


@given(WRITTEN)
def test_a_models_name_is_read_or_refused(text):
    named = parse_model_name(text)
    assert named is None or text.strip().lower().startswith("deepwiki")


@given(st.text(min_size=1).filter(lambda text: text.strip("/") == text), st.text(min_size=1))
def test_the_address_of_a_page_is_read_back(name, slug):
    if any("\ud800" <= character <= "\udfff" for character in name + slug):
        return
    address = page_address(WikiPageText(name, slug, "Title"))
    if len(address) <= 2_000:
        assert parse_page_address(address) == (name, slug)


@pytest.mark.django_db
@given(text=WRITTEN)
def test_what_is_written_finds_nothing_where_nothing_is(text):
    with pytest.raises(NoSuchRepository):
        find_named_repository(PersonId(1), text)
