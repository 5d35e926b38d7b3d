"""The revision that a request means: of its own field, of the address, or the default branch."""

import pytest
from django.core.management import call_command

from repos.models import Repository
from repos.services import find, find_for_operator, find_or_add
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


def test_the_operators_commands_take_pages_too(host, alice):
    page = f"{host.url}/o/r/src/branch/feature/x/src"
    call_command("index_repo", page, kind="gitea")
    repository = Repository.objects.get()
    assert (repository.revision, repository.current_index.files) == ("feature/x", 1)
    Repository.objects.create(kind="gitea", url=repository.url, name="o/r")
    assert find_for_operator(repository.url) == repository
