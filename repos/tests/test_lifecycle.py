"""What happens to repositories over time: pushes, schedules, lost access, limits, people in a queue."""

import hashlib
import hmac
import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from deepwiki.testing.fixtures import write_files
from repos import jobs, services
from repos.access import OPERATOR_ID
from repos.index import hnsw, removal, writer
from repos.jobs import claims, maintenance
from repos.models import Embedding, Index, IndexJob, Repository
from repos.search import Filters, SearchOptions, search
from repos.services import add
from repos.sources import parse_address
from repos.testing import make_repository, run_git

pytestmark = pytest.mark.django_db


def run(repository):
    return jobs.run(jobs.request(repository, start=False)[0].pk)


def indexed(host, name="team/tool", **kwargs):
    make_repository(host.root / name, {"a.py": "def zebra():\n    return 1\n"})
    repository = add(parse_address(f"{host.url}/{name}", "git"), **{"person_id": None, **kwargs})
    assert run(repository).state == IndexJob.State.DONE
    return Repository.objects.get(pk=repository.pk)


def found(repository, question="zebra", user_id=OPERATOR_ID):
    return [p.path for p in search([repository.pk], question, user_id=user_id).passages]


# --- looking again ----------------------------------------------------------------------------------------------------


def test_a_remote_that_stands_where_it_stood_is_asked_but_not_fetched(host):
    repository = indexed(host)
    before = len(host.seen)
    assert run(repository).result["unchanged"]
    assert len(host.seen) - before <= 2  # the refs, and no pack
    make_repository(host.root / "team/tool", {"b.py": "def quagga():\n    return 2\n"})
    job = run(repository)
    assert (job.result["unchanged"], job.result["written"]) == (False, 1)
    assert found(repository, "quagga")[0] == "b.py"


def test_an_index_knows_how_many_commits_it_has_gone_on(host):
    repository = indexed(host)
    run_git(host.root / "team/tool", "config", "uploadpack.allowFilter", "true")
    first = repository.current_index.commit
    for steps in (1, 3):
        before = Repository.objects.get(pk=repository.pk).current_index.commit
        for number in range(steps):
            make_repository(
                host.root / "team/tool",
                {"a.py": f"def zebra():\n    return {steps * 10 + number}\n"},
            )
        run(repository)
        index = Repository.objects.get(pk=repository.pk).current_index
        assert index.commits_since(before) == steps
    assert index.commits_since(first) == 4
    assert index.commits_since("unknown") is None


def test_repositories_in_use_are_refreshed_when_due_and_others_are_left_alone(host, settings):
    repository = indexed(host)
    assert maintenance.refresh_due() == 0
    IndexJob.objects.update(created_at=timezone.now() - timedelta(hours=25))
    settings.REFRESH_HOURS = 0
    assert maintenance.refresh_due() == 0
    settings.REFRESH_HOURS = 24
    Repository.objects.update(used_at=timezone.now() - timedelta(days=60))
    assert maintenance.refresh_due() == 0
    Repository.objects.update(used_at=timezone.now())
    assert maintenance.refresh_due() == 1
    assert maintenance.refresh_due() == 0
    assert repository.jobs.unfinished().count() == 1


def test_a_token_taken_back_at_the_host_ends_the_reading_here(host, alice):
    host.token = "first-token-1"
    repository = indexed(host, person_id=alice.pk, token="first-token-1")
    assert found(repository, user_id=alice.pk) == ["a.py"]
    host.token = "another-one-2"
    IndexJob.objects.update(created_at=timezone.now() - timedelta(hours=25))
    Repository.objects.update(used_at=timezone.now() - timedelta(days=60))
    assert maintenance.refresh_due() == 1
    job = jobs.run_next()
    assert (job.state, "private" in job.error) == (IndexJob.State.FAILED, True)
    assert found(repository, user_id=alice.pk) == []
    assert Embedding.objects.count() == 0


def test_a_private_repository_pinned_to_a_commit_is_asked_for_too(host, alice):
    host.token = "first-token-1"
    commit = make_repository(host.root / "team/tool", {"a.py": "def zebra():\n    return 1\n"})
    repository = add(
        parse_address(f"{host.url}/team/tool", "git"),
        alice.pk,
        token="first-token-1",
        revision=commit,
    )
    assert run(repository).state == IndexJob.State.DONE
    host.token = "another-one-2"
    assert run(repository).state == IndexJob.State.FAILED
    assert found(repository, user_id=alice.pk) == []


def test_a_push_while_it_is_indexed_means_another_look_afterwards(repository, folder, monkeypatch):
    real = writer.write

    def pushed_meanwhile(*args):
        jobs.request(repository)
        return real(*args)

    monkeypatch.setattr(writer, "write", pushed_meanwhile)
    write_files(folder, {"new.py": "zebra = 1\n"})
    assert run(repository).state == IndexJob.State.DONE
    monkeypatch.undo()
    assert repository.jobs.unfinished().count() == 1
    assert jobs.run_next().result["unchanged"]
    assert repository.jobs.unfinished().count() == 0


def test_a_rebuild_asked_for_while_it_runs_is_a_rebuild_afterwards(repository, folder, monkeypatch):
    real = writer.write

    def forced_meanwhile(*args):
        monkeypatch.undo()
        jobs.request(repository, force=True)
        return real(*args)

    monkeypatch.setattr(writer, "write", forced_meanwhile)
    write_files(folder, {"new.py": "zebra = 1\n"})
    run(repository)
    assert jobs.run_next().result["written"] == 6


def test_a_long_silent_step_is_no_death(repository, monkeypatch):
    monkeypatch.setattr(claims, "HEARTBEAT_SECONDS", 0.05)
    beats, third = [], threading.Event()
    real = claims.renew

    def watched(job):
        beats.append(job.pk)
        if len(beats) == 3:
            third.set()
        return real(job)

    monkeypatch.setattr(claims, "renew", watched)
    with claims.heartbeat(repository.jobs.first()):
        assert third.wait(60)


def test_a_branch_that_is_gone_leaves_the_old_index_standing(host, alice):
    make_repository(host.root / "r", {"a.py": "def zebra():\n    return 1\n"}, branch="work")
    repository = add(parse_address(f"{host.url}/r", "git"), alice.pk, revision="work", private=True)
    run(repository)
    (host.root / "r/.git/refs/heads/work").rename(host.root / "r/.git/refs/heads/other")
    (host.root / "r/.git/HEAD").write_text("ref: refs/heads/other\n")
    assert "no such branch" in run(repository).error
    assert found(repository, user_id=alice.pk) == ["a.py"]


# --- webhooks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", ["5000001", "-1", "many"])
def test_a_body_that_says_it_is_too_large_or_no_number_is_refused_unread(
    client, repository, length
):
    reply = client.post(
        f"/webhooks/{repository.pk}",
        data=b"{}",
        content_type="application/json",
        headers={"content-length": length},
    )
    assert (reply.status_code, reply.json()) == (413, {"detail": "This is too large."})


def push(client, repository, secret, style, payload=None, event="push", **headers):
    body = json.dumps(payload or {"ref": "refs/heads/main"}).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = {
        "github": {"X-GitHub-Event": event, "X-Hub-Signature-256": f"sha256={digest}"},
        "gitea": {"X-Gitea-Event": event, "X-Gitea-Signature": digest},
        "gitlab": {"X-Gitlab-Event": f"{event.title()} Hook", "X-Gitlab-Token": secret},
    }[style]
    return client.post(
        f"/webhooks/{repository.pk}",
        data=body,
        content_type="application/json",
        headers={**given, **headers},
    )


@pytest.mark.parametrize("style", ["github", "gitlab", "gitea"])
def test_a_signed_push_queues_one_refresh(client, repository, style):
    secret = services.new_webhook_secret(repository)
    for _ in range(3):
        response = push(client, repository, secret, style)
        assert (response.status_code, response.json()) == (202, {"queued": True})
    assert repository.jobs.unfinished().count() == 1


@pytest.mark.parametrize("style", ["github", "gitlab", "gitea"])
def test_a_wrong_signature_an_unknown_repository_and_one_without_a_secret_look_alike(
    client, repository, style
):
    answers = [
        push(client, repository, "anything", style),
        push(client, Repository(pk=uuid.uuid4()), "anything", style),
    ]
    services.new_webhook_secret(repository)
    answers.append(push(client, repository, "wrong", style))
    answers.append(
        client.post(f"/webhooks/{repository.pk}", data=b"{}", content_type="application/json")
    )
    assert {(a.status_code, a.content) for a in answers} == {(404, answers[0].content)}
    assert repository.jobs.unfinished().count() == 0


def test_other_branches_and_other_events_queue_nothing(client, repository):
    secret = services.new_webhook_secret(repository)
    other = {"ref": "refs/heads/feature", "repository": {"default_branch": "main"}}
    assert push(client, repository, secret, "github", other).json() == {"queued": False}
    assert push(client, repository, secret, "github", event="issues").json() == {"queued": False}
    assert push(
        client,
        repository,
        secret,
        "gitlab",
        {"ref": "refs/heads/x", "project": {"default_branch": "y"}},
    ).json() == {"queued": False}
    mine = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}
    assert push(client, repository, secret, "github", mine).json() == {"queued": True}


def test_only_those_who_manage_a_repository_may_make_its_secret_and_it_is_shown_once(
    client, repository, people
):
    client.force_login(people["bob"])
    assert client.post(f"/r/{repository.pk}/webhook").status_code == 404
    client.force_login(people["carol"])
    shown = client.post(f"/r/{repository.pk}/webhook").content.decode()
    repository.refresh_from_db()
    assert repository.webhook_secret in shown
    assert repository.webhook_secret not in repository.webhook_secret_encrypted
    assert (
        repository.webhook_secret not in client.get(f"/r/{repository.pk}/status").content.decode()
    )


# --- limits -----------------------------------------------------------------------------------------------------------


def test_room_is_made_by_the_longest_unused_and_never_by_one_in_use(
    index_folder, folder, tmp_path, settings
):
    first = index_folder(folder)
    write_files(tmp_path / "other", {"b.py": "x = 'quagga'\n" * 50})
    second = index_folder(tmp_path / "other")
    Repository.objects.filter(pk=first.pk).update(used_at=timezone.now() - timedelta(days=3))
    Repository.objects.filter(pk=second.pk).update(used_at=timezone.now() - timedelta(days=2))
    total = sum(removal.sizes().values())
    assert total > 1000
    assert maintenance.make_room() == []
    settings.INDEX_MEGABYTES = 1
    assert maintenance.make_room() == []
    settings.INDEX_MEGABYTES = (total - 100) / 1_000_000
    assert maintenance.make_room() == [first.name]
    settings.INDEX_MEGABYTES = 0.0001
    jobs.request(second)
    assert maintenance.make_room() == []
    IndexJob.objects.all().delete()
    Repository.objects.update(used_at=timezone.now())
    assert maintenance.make_room() == []
    assert found(second, "quagga") == ["b.py"]


def test_one_person_with_many_repositories_does_not_keep_another_waiting(alice, bob):
    def ask(person, number):
        return jobs.request(
            add(parse_address(f"https://x.example.org/{person}/{number}"), None), person.pk
        )[0]

    hers = [ask(alice, number) for number in range(4)]
    his = ask(bob, 0)
    assert [job.pk for job in jobs.waiting()] == [hers[0].pk, his.pk, *(job.pk for job in hers[1:])]
    assert (jobs.position(his), jobs.position(hers[-1])) == (1, 4)
    IndexJob.objects.filter(pk=hers[0].pk).update(state="running", started_at=timezone.now())
    assert jobs.waiting()[0].pk == his.pk


def test_a_file_that_vanished_is_named_and_the_others_go_on(folder, monkeypatch):
    real = writer.begin

    def begin(*args, **kwargs):
        (folder / "shop/mail.js").unlink()
        return real(*args, **kwargs)

    monkeypatch.setattr(writer, "begin", begin)
    repository = add(parse_address(str(folder), "local"), None)
    job = run(repository)
    assert job.state == IndexJob.State.DONE
    assert job.failures == {"shop/mail.js": "it could not be read"}
    assert "shop/prices.py" in found(repository, "discount")


def test_secrets_are_sealed_anew_with_the_newest_key(alice, settings, capsys):
    settings.TOKEN_KEYS = ["old-key"]
    repository = add(parse_address("https://x.example.org/a/b"), alice.pk, token="tok-1")
    secret = services.new_webhook_secret(repository)
    settings.TOKEN_KEYS = ["new-key", "old-key"]
    call_command("reseal_secrets")
    settings.TOKEN_KEYS = ["new-key"]
    repository.refresh_from_db()
    assert (repository.token, repository.webhook_secret) == ("tok-1", secret)
    settings.TOKEN_KEYS = ["third-key"]
    with pytest.raises(SystemExit):
        call_command("reseal_secrets")
    assert "cannot be read" in capsys.readouterr().err


# --- large indexes ----------------------------------------------------------------------------------------------------


def finished(index_ids):
    """Which of these indexes have a graph, by the database and by their rows alike."""
    names = {hnsw.name_of(pk, "fake/hashing"): pk for pk in index_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid"
            " WHERE indisvalid AND relname = ANY(%s)",
            [list(names)],
        )
        existing = {names[name] for (name,) in cursor.fetchall()}
    recorded = Index.objects.filter(pk__in=index_ids, hnsw_embedders=["fake/hashing"])
    assert existing == set(recorded.values_list("pk", flat=True))
    return tuple(sorted(existing))


@pytest.mark.django_db(transaction=True)
def test_a_large_index_is_searched_by_its_own_graph_within_the_same_rights(
    index_folder, tmp_path, monkeypatch, alice, bob
):
    monkeypatch.setattr(Index, "HNSW_MIN_CHUNKS", 100)
    for name in ("one", "two"):
        write_files(
            tmp_path / name,
            {
                f"pkg/m{n}.py": f"def {name}_handler_{n}(request):\n    return 'animal number {n} of {name}'\n"
                for n in range(150)
            },
        )
    mine = index_folder(tmp_path / "one", owner_id=alice.pk, private=True)
    public = index_folder(tmp_path / "two")
    assert finished([mine.current_index_id, public.current_index_id]) == (
        mine.current_index_id,
        public.current_index_id,
    )

    def look(user_id, **kwargs):
        return search(
            [mine.pk, public.pk],
            "which handler returns animal number 77",
            user_id=user_id,
            options=SearchOptions(limit=30, **kwargs),
        )

    assert {p.repository_id for p in look(alice.pk).passages} == {mine.pk, public.pk}
    assert {p.repository_id for p in look(bob.pk).passages} == {public.pk}
    assert any(p.cosine is not None for p in look(bob.pk).passages)
    only = look(alice.pk, filters=Filters(included_files=["m77.py"])).passages
    assert {p.path for p in only} == {"pkg/m77.py"}
    assert all(p.cosine is not None for p in only)
    old = public.current_index_id
    assert (
        jobs.run(jobs.request(public, start=False, force=True)[0].pk).state == IndexJob.State.DONE
    )
    assert finished([old]) == ()
    public.refresh_from_db()
    assert finished([public.current_index_id]) == (public.current_index_id,)
    mine.delete()
    hnsw.drop_orphans()
    assert finished([mine.current_index_id]) == ()
