"""A wiki is checked and kept fresh at one commit, though its index is changed in place meanwhile."""

import pytest

from deepwiki.testing.fixtures import write_files
from deepwiki.wiki.ledger.claim_files import ClaimFiles
from deepwiki.wiki.ledger.page_claims import check_page
from deepwiki.wiki.refresh.refresher import Refresher
from deepwiki.wiki.tests import test_refresh
from deepwiki.wiki.tests.test_recheck import FILES as CLAIM_FILES
from deepwiki.wiki.tests.test_recheck import PRICES
from deepwiki.wiki.tests.test_refresh import ScriptedModel, rewriting
from repos import jobs
from repos.access import OPERATOR_ID
from repos.models import Repository
from repos.search import take_snapshot

pytestmark = pytest.mark.django_db
FILES = CLAIM_FILES
PATH = "shop/prices.py"
stale = test_refresh.stale


def update(repository, root, files):
    """Read the changed files into the same index."""
    write_files(root, files)
    jobs.run(jobs.request(repository, start=False)[0].pk)
    assert Repository.objects.get(pk=repository.pk).current_index == repository.current_index


def test_claims_are_checked_in_the_files_of_the_snapshot(app, tmp_path):
    snapshot = take_snapshot(app.pk, OPERATOR_ID)
    text, given = f"Sums `{PATH}:L4-L5`.", {PATH: [(1, 99)]}
    before = check_page(text, given, snapshot)
    update(app, tmp_path / "app", {PATH: "# new\n" + PRICES, "shop/new.py": "n = 1\n"})
    assert check_page(text, given, snapshot) == before
    files = ClaimFiles(snapshot)
    files.read([PATH])
    assert files.hashes(PATH).count == PRICES.count("\n")
    assert not files.has("shop/new.py")
    now = ClaimFiles(take_snapshot(app.pk, OPERATOR_ID))
    assert now.has("shop/new.py")


def test_a_page_is_patched_with_the_lines_of_the_snapshot(stale, tmp_path):
    snapshot = take_snapshot(stale.repository_id, OPERATOR_ID)
    later = "# later\n" + PRICES.replace("sum(", "min(")
    update(stale.repository, tmp_path / "app", {PATH: later})
    model = ScriptedModel(rewriting(f"Prices are maxima `{PATH}:L5-L6`."))
    Refresher(stale, snapshot, model).refresh()
    assert "return max(" in model.asked[0] and "return min(" not in model.asked[0]
