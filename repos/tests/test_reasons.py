"""Why a hit was found is told: by its words, or by what links it to another hit."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.search import SearchOptions, search

pytestmark = pytest.mark.django_db

FILES = {
    "pkg/refunds.py": "def refund_order():\n    return ledger_entry()\n",
    "pkg/helper.py": "def ledger_entry():\n    return 1\n",
    "pkg/forms.py": "def paper_form():\n    return 'a receipt'\n",
    "pkg/shop.py": "def main_loop():\n    return paper_form()\n",
    "tests/test_refunds.py": "def test_nothing():\n    assert 1\n",
    "docs/notes.md": "An order can be refunded.\n",
    **{f"pkg/filler{n}.py": f"def unrelated{n}():\n    return {n}\n" for n in range(6)},
}


@pytest.fixture
def reasons(index_folder, tmp_path):
    """Ask; returns the reason of each file's best hit, and the file that led to it."""
    write_files(tmp_path / "r", FILES)
    repository = index_folder(tmp_path / "r")

    def ask(question, *, hybrid=False):
        options = SearchOptions(hybrid=hybrid)
        passages = search([repository.pk], question, user_id=OPERATOR_ID, options=options).passages
        return {p.path: (p.reason, p.via) for p in reversed(passages)}

    return ask


def test_a_hit_tells_which_link_led_to_it(reasons):
    found = reasons("how is an order refunded?")
    assert found["pkg/refunds.py"] == ("words", "")
    assert found["pkg/helper.py"] == ("used", "pkg/refunds.py")
    assert found["tests/test_refunds.py"] == ("test", "pkg/refunds.py")
    assert found["docs/notes.md"] == ("words", "")


def test_a_user_of_the_best_file_says_so(reasons):
    assert reasons("receipts")["pkg/shop.py"] == ("uses", "pkg/forms.py")


def test_a_definition_of_a_name_in_the_question_says_so(reasons):
    assert reasons("where is refund_order?")["pkg/refunds.py"] == ("defined", "")
    assert reasons("what does a ledger entry hold?")["pkg/helper.py"] == ("defined", "")
    assert reasons("what is in pkg/helper.py?")["pkg/helper.py"] == ("named", "")


def test_vectors_are_told_from_words(reasons):
    assert reasons("order refund", hybrid=True)["pkg/refunds.py"][0] == "both"
