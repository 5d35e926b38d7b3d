"""Search follows links: each mechanism alone decides the order of small repositories.

The repositories hold the same words at the same places, so that without links the order is
another one.
"""

import uuid

import pytest

from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.access import OPERATOR_ID
from repos.models import Index, Name
from repos.search import Filters, SearchOptions, search

pytestmark = pytest.mark.django_db
FILLER = {f"pkg/filler{n}.py": f"def unrelated{n}():\n    return {n}\n" for n in range(6)}


@pytest.fixture
def hits(index_folder, tmp_path):
    """Index files and ask; returns the hits' files, best first."""

    def ask(files, question, **options):
        folder = tmp_path / uuid.uuid4().hex
        write_files(folder, {**FILLER, **files})
        repository = index_folder(folder)
        return found([repository], question, **options)

    return ask


def found(repositories, question, user_id=OPERATOR_ID, **options):
    result = search(
        [repository.pk for repository in repositories],
        question,
        user_id=user_id,
        options=SearchOptions(hybrid=False, **options),
    )
    return result.passages


def files_of(passages):
    return list(dict.fromkeys(passage.path for passage in passages))


def bonus_of(passages, path):
    return next(passage.links.bonus for passage in passages if passage.path == path)


SEED = "def refund_order():\n    return {call}()\n"


def test_a_file_whose_names_the_best_one_uses_is_found_without_its_words(hits):
    files = {
        "pkg/seed.py": SEED.format(call="ledger_entry"),
        "pkg/helper.py": "def ledger_entry():\n    return 1\n",
    }
    passages = hits(files, "how is an order refunded?")
    assert files_of(passages) == ["pkg/seed.py", "pkg/helper.py"]
    helper = passages[1]
    assert helper.links.used > helper.links.uses == 0
    assert helper.text.startswith("def ledger_entry")


def test_a_file_that_uses_the_names_of_the_best_one_is_found_without_its_words(hits):
    files = {
        "pkg/seed.py": SEED.format(call="int"),
        "pkg/shop.py": "def main_loop():\n    return refund_order\n",
    }
    passages = hits(files, "order refunds")
    assert files_of(passages)[0] == "pkg/seed.py"
    user = passages[1]
    assert user.path == "pkg/shop.py"
    assert user.links.uses > user.links.used == 0


def test_links_are_followed_two_steps(hits):
    files = {
        "pkg/seed.py": SEED.format(call="ledger_entry"),
        "pkg/helper.py": "def ledger_entry():\n    return write_row()\n",
        "pkg/storage.py": "def write_row():\n    return 1\n",
        "pkg/beyond.py": "def third_step():\n    return 1\n",
    }
    files["pkg/storage.py"] += "\n\ndef other():\n    return third_step()\n"
    passages = hits(files, "how is an order refunded?")
    assert set(files_of(passages)) == {"pkg/seed.py", "pkg/helper.py", "pkg/storage.py"}
    storage = next(passage for passage in passages if passage.path == "pkg/storage.py")
    assert storage.links.used_by_used > storage.links.used == 0


def test_of_two_names_the_one_that_the_question_says_leads_further(hits):
    files = {
        "pkg/seed.py": "def refund_order():\n    return ledger_entry(paper_form())\n",
        "pkg/a_form.py": "def paper_form():\n    return 1\n",
        "pkg/z_entry.py": "def ledger_entry():\n    return 1\n",
    }
    question = "refund order refund order ledger"
    passages = hits(files, question)
    by_path = {passage.path: passage.links for passage in passages}
    assert by_path["pkg/z_entry.py"].used > 2 * by_path["pkg/a_form.py"].used


def test_a_link_by_a_name_of_many_users_counts_less(hits):
    users = {f"pkg/user{n}.py": "x = ledger_entry\n" for n in range(12)}
    files = {
        "pkg/seed.py": "def refund_order():\n    return ledger_entry(paper_form())\n",
        "pkg/a_entry.py": "def ledger_entry():\n    return 1\n",
        "pkg/z_form.py": "def paper_form():\n    return 1\n",
        **users,
    }
    order = files_of(hits(files, "refund order", limit=40))
    assert order.index("pkg/z_form.py") < order.index("pkg/a_entry.py")


def test_an_identifier_of_the_question_leads_to_its_definition(hits):
    text = "# ledger entry ledger entry\n"
    files = {
        "pkg/a.py": text + "x = 'ledger entry'\n",
        "pkg/z.py": "# ledger entry of\n\n\ndef write_ledger():\n    pass\n\n\ndef ledgerEntry():\n    pass\n",
    }
    defined = hits(files, "where is ledgerEntry made? ledger entry")
    assert defined[0].path == "pkg/z.py"
    assert defined[0].links.defined == pytest.approx(0.4 + 0.2)
    assert defined[-1].links.defined == 0


def test_neighbouring_words_lead_to_the_name_that_they_make(hits):
    files = {
        "pkg/a.py": "# a test client is a client for a test\nx = 'test client'\n",
        "pkg/z.py": "class TestClient:\n    pass\n",
    }
    passages = hits(files, "what is a test client?")
    z = next(passage for passage in passages if passage.path == "pkg/z.py")
    assert z.links.defined == pytest.approx(0.2)
    a = next(passage for passage in passages if passage.path == "pkg/a.py")
    assert a.links.defined == 0


def test_a_definition_in_several_files_counts_a_part_for_each(hits):
    files = {f"pkg/m{n}.py": "def ledger_entry():\n    return 1\n" for n in range(4)}
    passages = hits(files, "what does ledger_entry do?")
    assert [passage.links.defined for passage in passages] == [pytest.approx(0.1)] * 4


def test_the_test_of_the_best_file_comes_with_it_and_the_code_of_the_best_test(hits):
    files = {
        "pkg/refunds.py": SEED.format(call="int"),
        "tests/test_refunds.py": "def test_nothing():\n    assert 1\n",
    }
    passages = hits(files, "how is an order refunded?")
    assert files_of(passages) == ["pkg/refunds.py", "tests/test_refunds.py"]
    assert passages[1].links.paired == pytest.approx(0.25)
    files = {
        "pkg/money.py": "def give_back():\n    return 1\n",
        "tests/test_money.py": "def test_refund_order():\n    assert 1\n",
    }
    assert files_of(hits(files, "refund order test"))[:2] == ["tests/test_money.py", "pkg/money.py"]


def test_a_name_that_many_code_files_have_pairs_none(hits):
    files = {f"pkg{n}/refunds.py": f"def thing{n}():\n    return {n}\n" for n in range(4)}
    files["tests/test_refunds.py"] = "def test_orders_of_shop():\n    assert 1\n"
    assert files_of(hits(files, "orders of the shop in a test")) == ["tests/test_refunds.py"]


def test_the_best_file_is_not_pushed_from_its_place_by_what_it_uses(hits):
    """Links alone would lift the helper over it: damping by the own score keeps the order."""
    files = {
        "pkg/seed.py": "def refund_order():\n    return order_ledger(order_ledger)\n",
        "pkg/helper.py": "# order\ndef order_ledger():\n    return 1\n",
    }
    passages = hits(files, "refund of an order")
    assert files_of(passages) == ["pkg/seed.py", "pkg/helper.py"]
    raw = passages[1].links.used + passages[1].links.used_by_used
    assert 0 < passages[1].links.bonus < raw


def test_two_passages_of_a_file_stand_before_the_further_ones(hits):
    body = "\n\n".join(
        f"def refund_order_{n}():\n" + "    refund = order = 1\n" * 40 for n in range(4)
    )
    files = {"pkg/big.py": body, "pkg/z.py": "# one refund of an order, further down\nx = 1\n"}
    order = [passage.path for passage in hits(files, "refund order")]
    assert order[:3] == ["pkg/big.py", "pkg/big.py", "pkg/z.py"]
    assert order[3:] == ["pkg/big.py"] * 2


def test_files_of_another_role_gain_less_unless_asked_for(hits):
    files = {
        "pkg/refunds.py": SEED.format(call="int"),
        "tests/test_refunds.py": "def test_nothing():\n    assert 1\n",
    }
    unasked = hits(files, "how is an order refunded?")
    asked = hits(files, "which test refunds an order?")
    assert bonus_of(unasked, "tests/test_refunds.py") == pytest.approx(0.8 * 0.25, rel=0.05)
    assert bonus_of(asked, "tests/test_refunds.py") == pytest.approx(0.25, rel=0.05)


LINKED = {
    "pkg/seed.py": SEED.format(call="ledger_entry"),
    "lib/helper.py": "def ledger_entry():\n    return write_row()\n",
    "pkg/storage.py": "def write_row():\n    return 1\n",
    "tests/test_seed.py": "def test_nothing():\n    assert refund_order\n",
}


def test_links_bring_no_file_that_a_filter_leaves_out(hits):
    question = "how is an order refunded?"
    assert set(files_of(hits(LINKED, question))) == set(LINKED)
    filters = Filters(excluded_dirs=["lib", "tests"])
    left = files_of(hits(LINKED, question, filters=filters))
    assert left == ["pkg/seed.py"]


def test_the_file_in_focus_is_where_links_start(hits):
    files = {
        "pkg/a.py": "def alpha_name():\n    return ledger_entry()\n",
        "pkg/b.py": "def gamma_name():\n    return paper_form()\n",
        "pkg/c_form.py": "def paper_form():\n    return 1\n",
        "pkg/d_entry.py": "def ledger_entry():\n    return 1\n",
    }
    order = files_of(hits(files, "name alpha gamma", file="pkg/a.py"))
    assert order[0] == "pkg/a.py"
    assert order.index("pkg/d_entry.py") < order.index("pkg/c_form.py")


def test_seeds_are_of_all_repositories_and_links_stay_in_theirs(index_folder, tmp_path):
    write_files(tmp_path / "one", {**FILLER, **LINKED})
    write_files(
        tmp_path / "two",
        {**FILLER, "pkg/other.py": "def ledger_entry():\n    return 2\n", "a.py": "x = 1\n"},
    )
    one, two = index_folder(tmp_path / "one"), index_folder(tmp_path / "two")
    passages = found([one, two], "how is an order refunded?")
    assert {passage.repository_id for passage in passages} == {one.pk}
    write_files(tmp_path / "two", {"b.py": SEED.format(call="ledger_entry")})
    jobs.run(jobs.request(two, start=False)[0].pk)
    passages = found([one, two], "how is an order refunded?")
    assert {(p.repository_id, p.path) for p in passages} >= {
        (one.pk, "lib/helper.py"),
        (two.pk, "pkg/other.py"),
    }


def test_links_of_a_repository_that_may_not_be_read_give_nothing(
    index_folder, tmp_path, alice, bob
):
    write_files(tmp_path / "own", {**FILLER, **LINKED})
    write_files(tmp_path / "open", {"x.py": "def refund_order():\n    return ledger_entry()\n"})
    private = index_folder(tmp_path / "own", owner_id=alice.pk, private=True)
    shared = index_folder(tmp_path / "open")
    question = "how does ledger_entry refund an order?"
    both = found([private, shared], question, user_id=alice.pk)
    assert {passage.repository_id for passage in both} == {private.pk, shared.pk}
    others = found([private, shared], question, user_id=bob.pk)
    assert {passage.repository_id for passage in others} == {shared.pk}
    assert {p.links.bonus for p in others} == {0}


def test_an_index_of_the_format_before_is_searched_without_links(index_folder, tmp_path):
    write_files(tmp_path / "old", {**FILLER, **LINKED})
    repository = index_folder(tmp_path / "old")
    Name.objects.all().delete()
    Index.objects.update(format=2)
    with_links = found([repository], "how is an order refunded?")
    from deepwiki.foundation.sql import execute

    execute("DELETE FROM repos_link")
    execute("UPDATE repos_document SET pair_key = ''")
    without = found([repository], "how is an order refunded?")
    assert files_of(with_links)[0] == files_of(without)[0] == "pkg/seed.py"
    assert {passage.links.bonus for passage in without} == {0}
    assert "lib/helper.py" not in files_of(without)
