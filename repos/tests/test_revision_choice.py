"""The revision that a request means: of its own field, of the address, or the default branch."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command

from deepwiki.testing.waiting import wait_until
from repos.jobs.revision_choice import MAX_LOOKUPS, choose_revision
from repos.models import Repository
from repos.services import find, find_for_operator, find_or_add
from repos.sources import parse_address
from repos.sources.errors import BadAddress
from repos.testing import GitHost, make_repository, run_git

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def host(tmp_path, settings):
    with GitHost(tmp_path / "served") as host:
        settings.CLONE_ALLOW = [host.netloc]
        make_repository(host.root / "o/r", {"src/a.py": "x\n"})
        run_git(host.root / "o/r", "branch", "feature/x")
        run_git(host.root / "o/r", "tag", "v1")
        yield host


@pytest.mark.parametrize(
    ("page", "revision"),
    [
        ("", ""),
        ("/src/branch/main", "main"),
        ("/src/branch/main/src/a.py#L3", "main"),
        ("/src/branch/feature/x", "feature/x"),
        ("/src/branch/feature/x/src/a.py", "feature/x"),
        ("/raw/branch/feature/x/src/a b.py", "feature/x"),
        ("/src/tag/v1/src", "v1"),
        ("/src/branch/gone/src/a.py", "gone"),
        ("#main", "main"),
        ("#installation", ""),
        (".git#dev", "dev"),
    ],
)
def test_a_page_names_the_revision_and_a_second_one_of_it_adds_no_row(host, alice, page, revision):
    text = f"{host.url}/o/r{page}"
    repository = find_or_add(alice, text, kind="gitea")
    assert (repository.url, repository.revision) == (f"{host.url}/o/r", revision)
    assert find_or_add(alice, text, kind="gitea") == repository
    if "installation" not in page:
        assert find(alice, text, "gitea") == repository


def test_pages_of_one_branch_are_one_row_and_known_ones_ask_nobody(host, alice):
    first = find_or_add(alice, f"{host.url}/o/r/src/branch/feature/x/src/a.py", kind="gitea")
    seen = len(host.seen)
    assert find_or_add(alice, f"{host.url}/o/r/src/branch/feature/x/b.md", kind="gitea") == first
    assert find_or_add(alice, f"{host.url}/O/R.git", kind="gitea", revision="feature/x") == first
    assert len(host.seen) == seen


def test_a_revision_in_its_own_field_counts_before_one_in_the_address(host, alice):
    text = f"{host.url}/o/r/src/branch/feature/x/src/a.py"
    assert find_or_add(alice, text, kind="gitea", revision="main").revision == "main"
    assert find_or_add(alice, text, kind="gitea", revision="refs/heads/main").revision == "main"


@pytest.mark.parametrize("page", ["/src/branch/-x", "/src/branch/a..b", "/src/branch/@{u}"])
def test_what_cannot_be_a_revision_is_refused_in_an_address_too(host, alice, page):
    with pytest.raises(BadAddress):
        find_or_add(alice, f"{host.url}/o/r{page}", kind="gitea")
    assert not Repository.objects.exists()


def test_a_host_that_does_not_answer_leaves_the_shortest_name(alice):
    repository = find_or_add(alice, "https://nowhere.invalid/o/r/src/branch/a/b/c", kind="gitea")
    assert repository.revision == "a"


def test_slow_hosts_do_not_take_the_threads_of_others(tmp_path, settings):
    with GitHost(tmp_path / "slow") as slow, ThreadPoolExecutor(3) as pool:
        settings.CLONE_ALLOW = [slow.netloc]
        make_repository(slow.root / "o/r", {"a.py": "x\n"})
        slow.gate.clear()
        address = parse_address(f"{slow.url}/o/r/src/branch/main/a.py", "gitea")
        waiting = [pool.submit(choose_revision, address, "") for _ in range(MAX_LOOKUPS)]
        wait_until(lambda: len(slow.seen) >= MAX_LOOKUPS)
        assert choose_revision(address, "") == "main"
        assert len(slow.seen) == MAX_LOOKUPS
        slow.gate.set()
        assert [future.result() for future in waiting] == ["main"] * MAX_LOOKUPS


def test_the_operators_commands_take_pages_too(host, alice):
    page = f"{host.url}/o/r/src/branch/feature/x/src"
    call_command("index_repo", page, kind="gitea")
    repository = Repository.objects.get()
    assert (repository.revision, repository.current_index.files) == ("feature/x", 1)
    Repository.objects.create(kind="gitea", url=repository.url, name="o/r")
    assert find_for_operator(repository.url) == repository
