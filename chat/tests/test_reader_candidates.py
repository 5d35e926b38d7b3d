"""Names that several definitions bear: the surest first, with how many there are."""

import re

import pytest
from django.urls import reverse

from chat.web.reader.names import MOST_COUNTED, count
from deepwiki.testing.fixtures import write_files

pytestmark = pytest.mark.django_db
FILES = {
    "shop/cart.py": "def save(cart):\n    return cart\n",
    "shop/user.py": "def save(user):\n    return user\n",
    "shop/order.py": "def save(order):\n    return order\n",
    "app.py": "from shop.user import save\n\n\ndef run():\n    return save(1)\n",
    "other/late.py": "def late(thing):\n    return thing.save()\n",
}


@pytest.fixture
def part(client, index_folder, tmp_path, alice):
    """The text of a part about `save` on a line of a file."""
    write_files(tmp_path / "r", FILES)
    repository = index_folder(tmp_path / "r")
    client.force_login(alice)

    def part(which, path, line):
        url = reverse(f"code-{which}", args=[repository.pk])
        html = client.get(url, {"path": path, "line": line, "name": "save"}).content.decode()
        return " ".join(re.sub(r"<[^>]+>", " ", html).split())

    return part


def test_the_card_lists_the_surest_first_and_says_which_of_how_many(part):
    card = part("name", "app.py", "5")
    assert card.index("shop/user.py:1 · function · certain · 1 of 3") < card.index(" · 2 of 3")
    assert " · possible · 2 of 3" in card


def test_the_list_of_definitions_says_their_number(part):
    listed = part("definitions", "other/late.py", "2")
    assert "This name has 3 definitions, the likeliest first." in listed
    assert re.findall(r"(\d) of 3", listed) == ["1", "2", "3"]


def test_uses_and_callers_say_which_definition_is_meant(part):
    meant = "One of 3 definitions of this name is meant: shop/user.py:1"
    used = part("references", "app.py", "5")
    assert meant in used and used.index("app.py 2 · certain") < used.index(
        "other/late.py 1 · possible"
    )
    assert meant in part("callers", "app.py", "5")


def test_uses_of_a_name_that_may_mean_any_say_so(part):
    used = part("references", "other/late.py", "2")
    assert "This name has 3 definitions: these are the uses of all." in used


def test_a_name_with_one_definition_says_no_number(part, client):
    assert " of 1" not in part("name", "nowhere.py", "1")
    card = part("name", "shop/cart.py", "1")
    assert "certain · 1 of 3" in card


def test_beyond_those_counted_stands_a_plus_sign():
    assert (count(MOST_COUNTED - 1), count(MOST_COUNTED)) == ("59", "60+")
