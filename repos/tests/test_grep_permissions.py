"""Who may not read a repository finds nothing in it, as if it did not exist."""

import uuid

import pytest

from deepwiki.testing.fixtures import write_files
from repos.search.grep import GrepOptions, grep

pytestmark = pytest.mark.django_db


@pytest.fixture
def repository(index_folder, tmp_path, people):
    write_files(tmp_path / "r", {"a.py": "def needle():\n    return 1\n"})
    repository = index_folder(tmp_path / "r")
    repository.is_private, repository.added_by = True, people["alice"]
    repository.save()
    return repository


def count(repositories, user_id, pattern="needle", **options):
    found = grep(repositories, pattern, user_id=user_id, options=GrepOptions(**options))
    return found.file_count, found.read


@pytest.mark.parametrize("pattern", ["needle", "."])
@pytest.mark.parametrize("symbols", [(), ("needle",)])
def test_a_private_repository_is_searched_for_its_owner_alone(repository, people, pattern, symbols):
    options = {"pattern": pattern, "symbols": symbols}
    assert count([repository.pk], people["alice"].pk, **options) == (1, 1)
    for user in (people["bob"].pk, None):
        assert count([repository.pk], user, **options) == (0, 0)


def test_an_unknown_repository_gives_nothing(people):
    assert count([uuid.uuid4()], people["alice"].pk) == (0, 0)
