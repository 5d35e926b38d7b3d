"""What completes a question: files and symbols of what is asked, repositories that may be read."""

import html
import re

import pytest
from django.urls import reverse

from deepwiki.testing.fixtures import write_files
from repos.models import Repository

pytestmark = pytest.mark.django_db
NAMED = re.compile(r'data-text="([^"]*)"')


@pytest.fixture
def complete(client, repository, alice):
    """The texts that are suggested for what is typed."""
    client.force_login(alice)

    def complete(typed, **query):
        url = reverse("completions", args=[repository.pk])
        reply = client.get(url, {"q": typed} | query)
        assert reply.status_code == 200
        return [html.unescape(text) for text in NAMED.findall(reply.content.decode())]

    return complete


@pytest.fixture
def others(index_folder, tmp_path, people):
    """`own/stable`, which everybody reads, and `own/secret`, which is bob's."""
    found = {}
    for name in ("stable", "secret"):
        write_files(tmp_path / name, {f"{name}.py": f"def count_{name}():\n    return 7\n"})
        found[name] = index_folder(tmp_path / name)
        Repository.objects.filter(pk=found[name].pk).update(name=f"own/{name}")
    secret = Repository.objects.filter(pk=found["secret"].pk)
    secret.update(is_private=True, added_by=people["bob"])
    return found


def test_symbols_are_found_by_their_beginning_and_within_a_scope(complete):
    assert complete("apply")[0] == "`apply_discount`"
    assert complete("total")[0] == "`PriceList.total_of`"
    assert complete("pricelist.")[:2] == ["`PriceList.__init__`", "`PriceList.total_of`"]
    assert complete("apply.total") == []


def test_files_are_found_by_characters_of_their_path(complete):
    assert "`shop/prices.py`" in complete("prices")
    assert complete("shprc")[0] == "`shop/prices.py`"


def test_what_holds_the_text_as_it_stands_comes_before_what_holds_its_characters(complete):
    found = complete("disc")
    assert found[0] == "`apply_discount`"


def test_nothing_typed_lists_files_and_no_symbols(complete):
    found = complete("")
    assert "`README.md`" in found
    assert "`apply_discount`" not in found


def test_of_several_repositories_each_path_names_its_own(complete, others):
    both = complete("stable", also=str(others["stable"].pk))
    assert "`own/stable:stable.py`" in both
    assert "`count_stable`" in both


def test_what_a_person_may_not_read_is_suggested_nowhere(complete, others):
    assert complete("secret", also=str(others["secret"].pk)) == []
    assert complete("secret", of="repositories") == []
    assert complete("stable", of="repositories") == ["own/stable"]


def test_a_repository_that_is_asked_already_is_not_suggested_again(complete, others):
    stable = str(others["stable"].pk)
    assert complete("stable", of="repositories", also=stable) == []


def test_what_is_no_id_is_left_out(complete):
    assert complete("apply", also="no id")[0] == "`apply_discount`"


def test_a_repository_without_an_index_suggests_nothing(complete, repository):
    Repository.objects.filter(pk=repository.pk).update(current_index=None)
    assert complete("apply") == []
