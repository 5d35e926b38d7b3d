"""Indexing: whole or invisible, once for everybody, unchanged things untouched."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deepwiki.testing.fixtures import FILES, write_files
from repos import jobs
from repos.access import OPERATOR_ID
from repos.embedders.fake import FakeEmbedder
from repos.index import vectors, writer
from repos.jobs import removals
from repos.models import Chunk, Document, Embedding, Index, IndexJob, Repository, Term
from repos.search import SearchOptions, search
from repos.services import add, find_or_add
from repos.sources import parse_address
from repos.sources.errors import NotFound

pytestmark = pytest.mark.django_db


def reindex(repository, **kwargs):
    return jobs.run(jobs.request(repository, start=False, **kwargs)[0].pk)


def paths(repository, question="discount", **kwargs):
    return [
        p.path for p in search([repository.pk], question, user_id=OPERATOR_ID, **kwargs).passages
    ]


def test_an_index_knows_its_files_chunks_lines_and_commit(repository):
    index = repository.current_index
    assert index.state == Index.State.READY
    assert index.files == len(FILES)
    assert (
        index.chunks
        == Chunk.objects.filter(index=index).count()
        == Embedding.objects.filter(index=index).count()
    )
    document = Document.objects.get(index=index, path="shop/prices.py")
    assert document.text == FILES["shop/prices.py"]
    assert len(index.commit) == 40


def test_an_index_knows_its_main_languages_also_after_changes(repository, folder):
    assert repository.current_index.languages == ["python", "javascript"]
    write_files(folder, {"web/app.ts": "export const a = 1;\n" * 500, "notes.md": "text\n" * 900})
    reindex(repository)
    repository.refresh_from_db()
    assert repository.current_index.languages == ["typescript", "python", "javascript"]


def test_term_counts_are_those_of_the_chunks_also_after_changes(repository, folder):
    def recount():
        counts = {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT words::text FROM repos_chunk WHERE index_id = %s",
                [repository.current_index_id],
            )
            for (words,) in cursor:
                for pair in words[1 : words.index("}")].split(","):
                    counts[int(pair.split(":")[0])] = counts.get(int(pair.split(":")[0]), 0) + 1
        return counts

    def stored():
        return dict(
            Term.objects.filter(index=repository.current_index_id).values_list("term", "count")
        )

    assert stored() == recount()
    write_files(folder, {"shop/prices.py": "def brand_new_function():\n    return 1\n"})
    (folder / "shop/mail.js").unlink()
    assert reindex(repository).state == IndexJob.State.DONE
    assert stored() == recount()


def test_a_second_run_without_changes_writes_nothing(repository):
    before = set(Chunk.objects.values_list("pk", flat=True))
    job = reindex(repository)
    assert job.result["unchanged"]
    assert set(Chunk.objects.values_list("pk", flat=True)) == before


def test_one_changed_file_leaves_the_others_untouched(repository, folder):
    kept = set(Chunk.objects.exclude(document__path="shop/mail.js").values_list("pk", flat=True))
    write_files(folder, {"shop/mail.js": "export function brandNewMailer() { return 1 }\n"})
    job = reindex(repository)
    assert (job.result["written"], job.result["removed"]) == (1, 1)
    assert kept <= set(Chunk.objects.values_list("pk", flat=True))
    assert paths(repository, "brandNewMailer")[0] == "shop/mail.js"
    assert "sendReceipt" not in Document.objects.get(path="shop/mail.js").text


def test_a_removed_file_is_gone_with_its_chunks(repository, folder):
    (folder / "shop/prices.py").unlink()
    reindex(repository)
    assert "shop/prices.py" not in paths(repository)
    assert not Document.objects.filter(path="shop/prices.py").exists()


def test_another_embedder_builds_beside_and_never_mixes(repository, settings):
    settings.EMBEDDER_MODEL = "other"
    old = repository.current_index_id
    reindex(repository)
    repository.refresh_from_db()
    assert repository.current_index_id != old
    assert set(Embedding.objects.values_list("embedder", flat=True)) == {"fake/other"}
    assert not Index.objects.filter(pk=old).exists()


@pytest.mark.django_db(transaction=True)
def test_until_the_new_vectors_are_there_the_old_index_answers(
    repository, folder, settings, monkeypatch
):
    old, answered = (
        repository.current_index_id,
        paths(repository, options=SearchOptions(hybrid=False)),
    )
    assert answered[0] == "shop/prices.py"
    write_files(folder, {"new.py": "discount = 'zebra'\n"})
    settings.EMBEDDER_MODEL = (
        "other"  # its vectors cannot be compared with the old ones: meanwhile words answer
    )
    seen = []

    def watching(self, texts):
        fresh = Repository.objects.get(pk=repository.pk)
        seen.append((fresh.current_index_id, paths(fresh), paths(fresh, "zebra")))
        connections.close_all()  # of the thread that embeds
        raise InterruptedError

    monkeypatch.setattr(FakeEmbedder, "embed", watching)
    job, _ = jobs.request(repository, start=False)
    jobs.run(job.pk)
    monkeypatch.undo()
    assert seen == [(old, answered, [])]
    repository.refresh_from_db()
    assert repository.current_index_id == old
    IndexJob.objects.filter(pk=job.pk).update(heartbeat_at="2000-01-01T00:00Z")
    assert jobs.run(job.pk).state == IndexJob.State.DONE
    assert paths(repository, "zebra")[0] == "new.py"


def test_a_text_is_never_embedded_twice(repository, monkeypatch):
    def forbidden(self, texts):
        raise AssertionError("embedded again")

    monkeypatch.setattr(FakeEmbedder, "embed", forbidden)
    job = reindex(repository, force=True)
    assert job.state == IndexJob.State.DONE
    assert (
        Embedding.objects.filter(index=job.repository.current_index).count() == job.result["chunks"]
    )


@pytest.mark.parametrize("step", ["write", "switch", "write_vectors"])
def test_a_build_that_is_killed_leaves_the_old_index_and_the_next_run_finishes(
    repository, folder, monkeypatch, step
):
    old = paths(repository)
    write_files(
        folder,
        {
            "shop/prices.py": "def discount_anew():\n    return 'discount'\n",
            "new.py": "discount = 'zebra'\n",
        },
    )

    def killed(*args, **kwargs):
        raise SystemExit

    monkeypatch.setattr(vectors if step == "write_vectors" else writer, step, killed)
    job, _ = jobs.request(repository, start=False)
    with pytest.raises(SystemExit):
        jobs.run(job.pk)
    monkeypatch.undo()
    assert paths(repository) == old
    assert not [p for p in paths(repository, "zebra") if p == "new.py"]
    IndexJob.objects.filter(pk=job.pk).update(heartbeat_at="2000-01-01T00:00Z")
    assert jobs.run(job.pk).state == IndexJob.State.DONE
    assert paths(repository, "zebra")[0] == "new.py"
    assert not Document.objects.filter(is_live=False).exists()


@pytest.mark.django_db(transaction=True)
def test_words_answer_before_the_vectors_are_there(folder, monkeypatch):
    repository = add(parse_address(str(folder), "local"), None)
    found = []

    def looking(self, texts):
        fresh = Repository.objects.get(pk=repository.pk)
        found.append(
            (fresh.current_index.state, search([fresh.pk], "discount", user_id=OPERATOR_ID).mode)
        )
        connections.close_all()  # of the thread that embeds
        raise InterruptedError

    monkeypatch.setattr(FakeEmbedder, "embed", looking)
    jobs.run(jobs.request(repository, start=False)[0].pk)
    assert found == [("lexical", "words")]


def test_deleting_a_repository_leaves_nothing(repository, alice):
    from chat.models import Conversation

    Conversation.objects.create(user=alice, repository=repository, title="x")
    repository.delete()
    for table in (Repository, Index, Document, Chunk, Embedding, Term, IndexJob, Conversation):
        assert table.objects.count() == 0


def in_admin(client, people, repository):
    client.force_login(people["carol"])
    chosen = {"action": "delete_selected", "_selected_action": [str(repository.pk)], "post": "yes"}
    assert client.post("/admin/repos/repository/", chosen).status_code == 302


DELETIONS = {
    "the repository": lambda client, people, repository: repository.delete(),
    "a queryset": lambda client, people, repository: Repository.objects.filter(
        pk=repository.pk
    ).delete(),
    "its owner": lambda client, people, repository: people["alice"].delete(),
}


@pytest.mark.parametrize("delete", DELETIONS.values(), ids=DELETIONS.keys())
def test_deleting_loads_nothing_of_an_index_and_leaves_nothing_of_it(
    delete, client, people, index_folder, folder
):
    repository = index_folder(folder, owner_id=people["alice"].pk, private=True)
    with CaptureQueriesContext(connection) as queries:
        delete(client, people, repository)
    assert_nothing_is_left()
    statements = [query["sql"] for query in queries.captured_queries]
    assert len(statements) < 40
    assert [sql for sql in statements if 'FROM "repos_index"' in sql or names_contents(sql)] == []


def test_one_removed_in_the_admin_is_hidden_and_goes_when_its_days_are_over(
    client, people, index_folder, folder
):
    repository = index_folder(folder, owner_id=people["alice"].pk, private=True)
    with CaptureQueriesContext(connection) as queries:
        in_admin(client, people, repository)
        assert not Repository.objects.readable_by(people["alice"]).exists()
        assert Repository.objects.update(removed_at=timezone.now() - 2 * removals.KEPT) == 1
        removals.delete_removed()
    assert_nothing_is_left()
    assert [
        query["sql"] for query in queries.captured_queries if names_contents(query["sql"])
    ] == []


def assert_nothing_is_left():
    for table in (Repository, Index, Document, Chunk, Embedding, Term, IndexJob):
        assert table.objects.count() == 0


def names_contents(sql):
    contents = (Document, Chunk, Embedding, Term)
    return any(f'"{model._meta.db_table}"' in sql for model in contents)


def test_the_index_a_repository_shows_goes_and_the_repository_stays(repository):
    Index.objects.all().delete()
    repository.refresh_from_db()
    assert repository.current_index is None
    assert Chunk.objects.count() == 0


def test_a_repository_deleted_while_it_is_indexed_ends_quietly(folder, monkeypatch):
    repository = add(parse_address(str(folder), "local"), None)
    real = writer.write

    def delete_then_write(*args):
        result = real(*args)
        Repository.objects.get(pk=repository.pk).delete()
        return result

    monkeypatch.setattr(writer, "write", delete_then_write)
    jobs.run(jobs.request(repository, start=False)[0].pk)
    assert Repository.objects.count() == 0
    assert Document.objects.count() == 0


def test_a_failed_job_says_why_and_can_be_tried_again(tmp_path):
    (tmp_path / "empty").mkdir()
    repository = add(parse_address(str(tmp_path / "empty"), "local"), None)
    job = reindex(repository)
    assert (job.state, job.error) == ("failed", "This folder holds no files.")
    write_files(tmp_path / "empty", {"a.py": "x = 1\n"})
    assert reindex(repository).state == IndexJob.State.DONE


def test_an_error_has_a_code_beside_its_message(repository, folder, alice, settings, monkeypatch):
    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr(writer, "write", broken)
    write_files(folder, {"a.py": "x = 1\n"})
    job = reindex(repository)
    assert job.error_code == "internal" and job.error_parameters["incident"] in job.error
    monkeypatch.undo()
    assert (reindex(repository).error_code, job.repository.jobs.first().error_parameters) == (
        "",
        {},
    )
    settings.TOKEN_KEYS = ["old-key"]
    private = add(parse_address("https://x.example.org/a/b"), alice.pk, token="tok-1")
    settings.TOKEN_KEYS = ["new-key"]
    assert reindex(private).error_code == "wrong_key"


def test_cancelled_and_paused_jobs_stop_and_a_paused_one_goes_on(repository, folder):
    write_files(folder, {"a.py": "x = 1\n"})
    job, _ = jobs.request(repository)
    jobs.pause(job)
    assert jobs.run(job.pk).state == IndexJob.State.PAUSED
    jobs.resume(job)
    assert jobs.run(job.pk).state == IndexJob.State.DONE
    job, _ = jobs.request(repository)
    jobs.cancel(job)
    assert jobs.run(job.pk).state == IndexJob.State.CANCELLED


def test_a_job_whose_runner_died_is_taken_over(repository):
    job, _ = jobs.request(repository)
    IndexJob.objects.filter(pk=job.pk).update(state="running", heartbeat_at="2000-01-01T00:00Z")
    assert jobs.rescue() == 1
    assert jobs.run(job.pk).state == IndexJob.State.DONE


def test_a_repository_that_keeps_killing_its_worker_is_given_up(repository):
    job, _ = jobs.request(repository)
    IndexJob.objects.filter(pk=job.pk).update(crash_count=4)
    job = jobs.run(job.pk)
    assert job.state == IndexJob.State.FAILED
    assert "administrator" in job.error


@pytest.mark.django_db(transaction=True)
def test_ten_people_asking_at_once_get_one_repository_and_one_job(folder, settings, alice):
    settings.LOCAL_ROOTS = [folder.parent.resolve()]
    together = threading.Barrier(10)

    def ask(_):
        together.wait()
        try:
            return find_or_add(alice, str(folder), kind="local").pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        ids = set(pool.map(ask, range(10)))
    assert len(ids) == 1
    assert IndexJob.objects.count() == 1


@pytest.mark.parametrize("text", ["/etc", "/", "/etc/passwd", "/proc/self", "/nowhere/at/all"])
def test_a_folder_nobody_opened_cannot_be_named_and_nothing_tells_whether_it_exists(alice, text):
    with pytest.raises(NotFound, match="There is no such repository"):
        find_or_add(alice, text, kind="local")


def test_a_link_out_of_an_opened_folder_leads_nowhere(alice, tmp_path, settings):
    settings.LOCAL_ROOTS = [(tmp_path / "open").resolve()]
    (tmp_path / "open").mkdir()
    (tmp_path / "open/out").symlink_to("/etc")
    with pytest.raises(NotFound):
        find_or_add(alice, str(tmp_path / "open/out"), kind="local")
    with pytest.raises(NotFound):
        find_or_add(alice, str(tmp_path / "open/../../etc"), kind="local")


def test_a_runner_that_was_replaced_makes_nothing_visible(repository, folder, monkeypatch):
    write_files(folder, {"new.py": "zebra = 1\n"})
    job, _ = jobs.request(repository, start=False)
    real = writer.write

    def replaced(*args):
        IndexJob.objects.filter(pk=job.pk).update(claim_number=99)  # somebody claimed it after us
        return real(*args)

    monkeypatch.setattr(writer, "write", replaced)
    jobs.run(job.pk)
    monkeypatch.undo()
    assert "new.py" not in paths(repository, "zebra")
    assert IndexJob.objects.get(pk=job.pk).state == IndexJob.State.RUNNING


def test_a_waiting_job_whose_message_was_lost_is_sent_again(repository):
    from procrastinate.contrib.django.models import ProcrastinateJob

    job, _ = jobs.request(repository, start=False)
    IndexJob.objects.filter(pk=job.pk).update(created_at="2000-01-01T00:00Z")
    jobs.rescue()
    jobs.rescue()
    assert ProcrastinateJob.objects.count() == 1


def test_a_public_repository_outlives_the_person_who_added_it(alice, db):
    public = find_or_add(alice, "https://github.com/pallets/flask")
    private = find_or_add(alice, "https://github.com/alice/secret", token="ghp_verysecret123456")
    alice.delete()
    assert list(Repository.objects.values_list("pk", flat=True)) == [public.pk]
    assert private.pk


def test_a_question_without_a_revision_never_gets_the_row_of_one(alice, db):
    tagged = find_or_add(alice, "https://github.com/pallets/flask", revision="v1")
    default = find_or_add(alice, "https://github.com/pallets/flask")
    assert tagged.pk != default.pk
    assert find_or_add(alice, "https://github.com/pallets/flask", revision="v1").pk == tagged.pk


def test_indexing_works_with_the_cursors_of_debug_mode(repository, folder):
    (folder / "surcharge.py").write_text("def surcharge(): return 1\n")
    with CaptureQueriesContext(connection):
        reindex(repository)
    assert "surcharge.py" in paths(repository, "surcharge")
