"""200 citations that a model made up: none of them reaches a reader as verified."""

import random
import re

import pytest

from deepwiki.wiki.ledger.page_claims import check_page, store_claims
from deepwiki.wiki.models import PageClaim, PageVersion
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki
from repos.access import OPERATOR_ID
from repos.search import take_snapshot

pytestmark = pytest.mark.django_db
LINES = 60
FILES = {
    f"shop/{name}.py": "".join(f"{name}_{number} = {number}\n" for number in range(1, LINES + 1))
    for name in ("prices", "mail", "cart")
}
GIVEN = {"shop/prices.py": [(10, 19), (21, 29)], "shop/mail.py": [(1, 5)]}
TRUE = ["shop/prices.py:L10-L19", "shop/prices.py:L21", "shop/mail.py:L2-L5"]


def planted():
    """Ten of each kind of wrong citation, and the same again with other numbers."""
    chance = random.Random(0)
    for _ in range(20):
        start = chance.randint(21, 27)
        yield f"shop/prices.py:L{start}-L{chance.randint(31, LINES)}"  # partly given
        yield f"shop/prices.py:L{chance.randint(30, LINES)}"  # not given
        yield f"shop/prices.py:L{start}-L{chance.randint(LINES + 1, 9_999_999)}"  # beyond the end
        yield f"shop/cart.py:L{chance.randint(1, 30)}"  # a file that was not given
        yield f"shop/none{chance.randint(1, 99)}.py:L1-L3"  # no such file
        yield f"shop/prices.py:L{chance.randint(20, 29)}-L{chance.randint(10, 19)}"  # swapped
        yield f"shop/prices.py:L{chance.randint(10, 19)}-L{chance.randint(20, 29)}"  # over the gap
        first = chance.choice(
            ["./../shop", "shop/./", "shop//", "SHOP", "/etc/../shop", "\u0455hop"]
        )
        yield f"{first}/prices.py:L{chance.randint(10, 19)}"  # other spellings of the path
        yield f"shop/mail.py:L0-L{chance.randint(1, 5)}"
        yield f"shop/prices.py:L{chance.randint(10, 19)}{chance.randint(100, 999)}"  # more digits


def test_no_planted_citation_reaches_a_reader_as_verified(client, alice, app):
    wrong = list(planted())
    assert len(wrong) == 200
    sentences = [f"Sentence {n} says so `{cited}`." for n, cited in enumerate([*TRUE, *wrong])]
    make_wiki(app, [SamplePage("prices", "Prices", "\n\n".join(sentences))])
    version = PageVersion.objects.get()
    PageVersion.objects.update(made_by=PageVersion.Author.MODEL)
    checked = check_page(version.text, GIVEN, take_snapshot(app.pk, OPERATOR_ID))
    store_claims(version, checked)
    verified = PageClaim.objects.filter(state="verified").values_list("path", "start_line")
    assert list(verified) == [("shop/prices.py", 10), ("shop/prices.py", 21), ("shop/mail.py", 2)]
    client.force_login(alice)
    html = client.get(f"/r/{app.pk}/wiki/prices").content.decode()
    prose = html.split('<div class="prose" data-part="body">')[1].split('<nav class="neighbours"')[
        0
    ]
    assert len(re.findall(r'<a class="cite" [^>]*data-start=', prose)) == len(TRUE)
    assert prose.count("<p>Sentence") == len(sentences)
    markdown = client.get(f"/r/{app.pk}/wiki/prices.md").content.decode()
    assert markdown.count("(not verified)") == len(wrong)
