"""What a database of the release before keeps when it is migrated."""

import pytest
from django.core.management import call_command
from django.db import connection

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.models import Chunk, Index, IndexJob, Repository
from repos.search import search
from repos.sources import parse_address

BEFORE = "0010_field_names"
BEFORE_RESPELLING = "0016_chunk_columns"
ACTIONS = """
SELECT conrelid::regclass::text, attname, confdeltype::text
FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND conkey = ARRAY[attnum]
WHERE contype = 'f' AND (confrelid = 'repos_index'::regclass OR conrelid = ANY(%s::regclass[]))
"""


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def found(repository):
    """What a search compares of each hit; the links are not kept by a migration backwards."""
    result = search([repository.pk], "zebra_3", user_id=OPERATOR_ID)
    return [(p.document_id, p.start, p.words, p.cosine, p.named) for p in result.passages]


@pytest.mark.django_db
def test_the_database_deletes_an_index_with_all_that_refers_to_it():
    tables = ["repos_index", "repos_document", "repos_chunk", "repos_embedding", "repos_term"]
    tables += ["repos_name", "repos_link", "repos_identifiers"]
    actions = {(table, column): action for table, column, action in rows(ACTIONS, tables)}
    assert actions.pop(("repos_repository", "current_index_id")) == "n"  # SET NULL
    assert len(actions) >= 12
    assert set(actions.values()) == {"c"}  # CASCADE


@pytest.mark.django_db(transaction=True)
def test_an_index_made_before_goes_on_answering_and_uses_its_graph(
    index_folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(Index, "HNSW_MIN_CHUNKS", 1)
    write_files(
        tmp_path / "r", {f"m{n}.py": f"def zebra_{n}():\n    return {n}\n" for n in range(5)}
    )
    repository = index_folder(tmp_path / "r")
    before = found(repository)
    chunks = set(Chunk.objects.values_list("pk", flat=True))
    job = IndexJob.objects.create(repository=repository, state="failed", error="It broke.")
    try:
        call_command("migrate", "repos", BEFORE, verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    assert Index.objects.get().hnsw_embedders == ["fake/hashing"]
    assert set(Chunk.objects.values_list("pk", flat=True)) == chunks
    assert found(repository) == before
    job.refresh_from_db()
    assert (job.error, job.error_code, job.error_parameters) == ("It broke.", "", {})


@pytest.mark.django_db(transaction=True)
def test_a_stored_address_takes_the_spelling_that_it_has_when_typed():
    old = "https://gitlab.example.org/Team/Tool"
    make = Repository.objects.create
    changed = make(kind="gitlab", url=old, name="Team/Tool")
    twin = make(kind="github", url="https://github.com/a/b", name="a/b")
    kept = make(kind="github", url="https://www.github.com/a/b", name="a/b")
    plain = make(kind="git", url="https://git.example.org/Team/Tool", name="Team/Tool")
    try:
        call_command("migrate", "repos", BEFORE_RESPELLING, verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    urls = dict(Repository.objects.values_list("pk", "url"))
    assert urls[changed.pk] == "https://gitlab.example.org/team/tool"
    assert urls[twin.pk] == "https://github.com/a/b"
    assert urls[kept.pk] == "https://www.github.com/a/b"
    assert urls[plain.pk] == "https://git.example.org/Team/Tool"
    assert parse_address("https://gitlab.example.org/TEAM/tool.GIT").url == urls[changed.pk]
