"""An answer searches, reads its file and checks its citations at the commit at which it began."""

import pytest

from chat import services
from chat.core.citations import Citation
from chat.core.errors import NoSuchRepository
from chat.core.ports import Retrieved
from chat.core.request import parse
from chat.services.agent_tools import map_text
from chat.services.retrieval import RepositoryRetriever
from chat.tests.test_endpoints import ask
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.fixtures import write_files
from deepwiki.testing.waiting import wait_until_async
from repos import jobs
from repos.models import IndexHold

pytestmark = [pytest.mark.django_db(transaction=True)]
FILES = {
    "app.py": "def zebra():\n    return 1\n",
    "gone.py": "def zebra_gone():\n    return 2\n",
    **{f"m{n}.py": f"def other_{n}():\n    return {n}\n" for n in range(6)},
}


@pytest.fixture
def root(tmp_path):
    write_files(tmp_path / "r", FILES)
    return tmp_path / "r"


def change(repository, root, *, force=False):
    write_files(root, {"app.py": "# Changed.\n\n\ndef zebra():\n    return 9\n"})
    write_files(root, {"new.py": "def zebra_new():\n    return 3\n"})
    (root / "gone.py").unlink()
    jobs.run(jobs.request(repository, start=False, force=force)[0].pk)


async def retrieved(retriever, question="zebra"):
    (found,) = [
        item async for item in retriever.retrieve(question, 20) if isinstance(item, Retrieved)
    ]
    return found


def seen(found):
    checked = [found.check(Citation(path, 1, end)).found for path, end in CITATIONS]
    passages = sorted((p.path, p.start, p.end, p.text, p.commit) for p in found.passages)
    return passages, found.commit, found.file.text, checked


CITATIONS = [("app.py", 2), ("app.py", 5), ("gone.py", 2), ("new.py", 2)]


@pytest.mark.parametrize("force", [False, True])
async def test_all_rounds_of_an_answer_are_of_one_commit(index_folder, root, alice, force):
    repository = await in_thread(index_folder, root)
    retriever = RepositoryRetriever(repository.pk, alice.pk, file="app.py")
    first = seen(await retrieved(retriever))
    await in_thread(change, repository, root, force=force)
    assert seen(await retrieved(retriever)) == first
    assert first[3] == [True, False, True, False]
    other = seen(await retrieved(RepositoryRetriever(repository.pk, alice.pk, file="app.py")))
    assert (other[1] != first[1], other[3]) == (True, [True, True, False, True])


async def test_answers_about_one_state_of_an_index_share_what_citations_are_checked_with(
    index_folder, root, alice
):
    repository = await in_thread(index_folder, root)
    first = await retrieved(RepositoryRetriever(repository.pk, alice.pk))
    second = await retrieved(RepositoryRetriever(repository.pk, alice.pk), "another question")
    assert first.check is second.check
    await in_thread(change, repository, root, force=False)
    assert (await retrieved(RepositoryRetriever(repository.pk, alice.pk))).check is not first.check


async def test_equal_questions_before_and_after_an_update_share_no_search(
    index_folder, root, alice
):
    repository = await in_thread(index_folder, root)
    before = RepositoryRetriever(repository.pk, alice.pk, file="app.py")
    await retrieved(before)
    await in_thread(change, repository, root)
    after = RepositoryRetriever(repository.pk, alice.pk, file="app.py")
    assert (await retrieved(after)).file != (await retrieved(before)).file


async def test_a_permission_that_is_taken_back_ends_an_answer_between_its_rounds(
    index_folder, root, alice, bob
):
    repository = await in_thread(index_folder, root)
    retriever = RepositoryRetriever(repository.pk, bob.pk)
    await retrieved(retriever)
    repository.is_private, repository.added_by = True, alice
    await in_thread(repository.save)
    with pytest.raises(NoSuchRepository):
        await retrieved(retriever)


async def test_the_map_of_an_answer_is_of_its_commit(index_folder, root, alice):
    repository = await in_thread(index_folder, root)
    retriever = RepositoryRetriever(repository.pk, alice.pk)
    await retrieved(retriever)
    await in_thread(change, repository, root)
    snapshot = retriever.snapshot
    text = await in_thread(map_text, snapshot.index_id, snapshot.generation)
    assert "gone.py" in text and "1: def zebra()" in text and "new.py" not in text


def has_holds():
    return IndexHold.objects.exists()


async def no_holds():
    return not await in_thread(has_holds)


@pytest.mark.parametrize("ends", ["by itself", "stopped"])
async def test_the_snapshot_is_released_when_the_answer_ends(repository, alice, with_model, ends):
    model = "fake?text=zebra" if ends == "by itself" else "fake?tokens=5000&delay_ms=10"
    request = parse(ask(repository, model), services.request_limits())
    run = await services.ask(alice, request, lasting=True)

    async def began():
        return run.sources is not None

    await wait_until_async(began)
    if ends == "stopped":
        assert await in_thread(has_holds)
        run.stop()
    await wait_until_async(no_holds)
