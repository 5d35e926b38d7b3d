"""An answer without a model: where a name is defined, who uses it, its tests, documents."""

import pytest

from chat.core.errors import NoSuchRepository
from chat.core.prompt import PromptPassage
from chat.providers.search_only import SHOWN_OF_GROUP
from chat.services.retrieval import RepositoryRetriever
from chat.tests.test_match_reasons import answer, order
from chat.tools.named_places import asked_names, with_named_places
from chat.tools.repository import RepositoryAtCommit
from deepwiki.testing.fixtures import write_files
from repos.jobs import request, run
from repos.models import Repository
from repos.search import Filters, take_snapshot

FILES = {
    "shop/prices.py": (
        '"""Prices."""\n\n\ndef apply_discount(amount):\n    """Ten percent off."""\n    return amount * 0.9\n'
    ),
    "shop/cart.py": (
        "from shop.prices import apply_discount\n\n\nclass Cart:\n    def total(self):\n"
        "        amount = 1\n        return apply_discount(amount)\n"
    ),
    "tests/test_prices.py": (
        "from shop.prices import apply_discount\n\n\ndef test_discount():\n    assert apply_discount(200) == 180\n"
    ),
    "docs/prices.md": "# Prices\n\nA discount is given by `apply_discount`.\n",
}


@pytest.fixture
def repository(index_folder, tmp_path):
    write_files(tmp_path / "shop", FILES)
    return index_folder(tmp_path / "shop")


@pytest.fixture
def readable(repository, people):
    def readable(filters=None):
        person = people["alice"].pk
        snapshot = take_snapshot(repository.pk, person)
        name = repository.name
        return RepositoryAtCommit(repository, snapshot, name, "", person, filters or Filters())

    return readable


def hit(path, start=1, end=3, **values):
    return PromptPassage(path, start, end, "x", **values)


@pytest.mark.django_db
def test_a_names_definition_callers_and_tests_come_before_the_hits(readable):
    other = hit("docs/prices.md", role="docs", match_reason="words")
    found = with_named_places(readable(), "Where is apply_discount used?", [other])
    assert [(p.path, p.start, p.end, p.match_reason, p.symbol) for p in found] == [
        ("shop/prices.py", 4, 6, "defined", "apply_discount"),
        ("shop/cart.py", 5, 7, "uses", "Cart.total"),
        ("tests/test_prices.py", 4, 5, "test", "test_discount"),
        ("docs/prices.md", 1, 3, "words", ""),
    ]
    assert found[1].text == FILES["shop/cart.py"].split("\n", 4)[4].rstrip("\n")
    assert (found[1].via, found[0].language) == ("shop/prices.py", "python")


@pytest.mark.django_db
def test_a_hit_that_begins_in_lines_that_are_shown_is_left_out(readable):
    again = hit("shop/prices.py", 4, 6, match_reason="defined", symbol="apply_discount")
    found = with_named_places(readable(), "discounts", [again])
    assert [p.path for p in found].count("shop/prices.py") == 1
    assert len(found) == 3


@pytest.mark.django_db
def test_the_name_of_a_file_is_no_name_of_code(repository, readable, tmp_path):
    write_files(tmp_path / "shop", {"a.json": "{}\n", "a.py": "def json():\n    pass\n"})
    run(request(repository, start=False)[0].pk)
    repository.refresh_from_db()
    assert with_named_places(readable(), "What is in a.json?", []) == []
    [found] = with_named_places(readable(), "What is b.json?", [])
    assert (found.path, found.match_reason) == ("a.py", "defined")


@pytest.mark.django_db
def test_the_places_stay_inside_the_filters(readable):
    found = with_named_places(readable(Filters(excluded_dirs=["tests"])), "apply_discount()", [])
    assert {p.path for p in found} == {"shop/prices.py", "shop/cart.py"}


@pytest.mark.django_db
def test_who_may_not_read_any_more_gets_no_places(readable, repository, people):
    at_commit = readable()
    Repository.objects.filter(pk=repository.pk).update(is_private=True, added_by=people["bob"])
    with pytest.raises(NoSuchRepository):
        with_named_places(at_commit, "apply_discount", [])


@pytest.mark.django_db(transaction=True)
async def test_retrieval_for_an_answer_without_a_model_begins_with_the_names(repository, people):
    retriever = RepositoryRetriever(repository.pk, people["alice"].pk, names_first=True)
    [retrieved] = [item async for item in retriever.retrieve("Where is apply_discount used?", 20)]
    text = await answer(*retrieved.passages)
    assert order(
        text,
        "### Defined here\n\n1. `shop/prices.py:L4-L6` `apply_discount`",
        "### Used here\n\n2. `shop/cart.py:L5-L7` `Cart.total`",
        "### Tests\n\n3. `tests/test_prices.py:L4-L5`",
        "### Documents",
        "`docs/prices.md",
    )


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What calls Session.send and max_retries?", ["Session.send", "max_retries"]),
        ("why does send() fail", ["send"]),
        ("Session::send or other#thing", ["Session.send", "other.thing"]),
        ("how are orders priced", []),
        ("`Order` is what", ["Order"]),
        ("Cart.send or pay() or Order.send", ["Cart.send", "pay"]),
        ("prices, e.g. of orders, i.e. x.pay", ["x.pay"]),
    ],
)
def test_names_are_those_that_a_question_spells(question, names):
    assert [asked.dotted for asked in asked_names(question, [])] == names


def test_a_name_that_is_said_in_words_is_that_of_a_hit_which_defines_it():
    hits = [hit("a.py", symbol="PriceList.total_of", match_reason="defined")]
    assert [asked.dotted for asked in asked_names("total of a price list", hits)] == [
        "PriceList.total_of"
    ]


async def test_of_each_group_only_some_are_shown_and_the_others_cited():
    uses = [hit(f"u{n}.py", match_reason="uses", role="code") for n in range(9)]
    text = await answer(hit("a.py", match_reason="defined", role="code"), *uses)
    assert text.count("```") == 2 * (1 + SHOWN_OF_GROUP["used"])
    assert "- `u8.py:L1-L3`" in text


async def test_what_only_has_the_words_is_not_said_to_use_the_name():
    passages = hit("a.py", match_reason="defined"), hit("b.py", match_reason="words", role="code")
    assert order(await answer(*passages), "### Defined here", "### In the code", "`b.py")
