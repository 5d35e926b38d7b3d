"""Postings: a search that reads them finds what comparing every chunk finds."""

import random

import pytest

from deepwiki.foundation.sql import copy_rows, execute, fetch_all, fetch_value
from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.access import OPERATOR_ID
from repos.index import drop_indexes, sizes, terms, writer
from repos.index.bulk import ANALYZE
from repos.indexing.code_tokens import sparse_text, term_id
from repos.models import Chunk, Document, Index, IndexJob, Posting, Repository, Term
from repos.search import Filters, SearchOptions, postings, search

pytestmark = pytest.mark.django_db
EVERY_CHUNK = 1 << 40
CHUNKS = 6_000
FEW_BLOCKS = 200  # that are scored, of 1,500; 4 x the root of the number of chunks beside
PER_FILE = 20
VOCABULARY = 3_000
WORDS = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)]
QUESTIONS = [" ".join(random.Random(n).sample(WORDS[: 10 + 8 * n], 1 + n % 6)) for n in range(16)]
CHUNK_COLUMNS = 'index_id, document_id, is_live, role, start, "end", symbol, words'


def words_of(chosen):
    """The words of a chunk, common ones more often: about 25 different ones."""
    numbers = {int(VOCABULARY * chosen.random() ** 4) for _ in range(30)}
    names = {n: WORDS[n] if n < len(WORDS) else f"rare{n}" for n in numbers}
    return {term_id(names[n]): 0.2 + 2 * chosen.random() for n in numbers}


def add_files(index, count, seed, *, is_live=True):
    """Files of PER_FILE generated chunks each."""
    chosen = random.Random(seed)
    rows = []
    for n in range(count):
        document = Document.objects.create(
            index=index,
            path=f"pkg{n % 4}/m{seed}_{n}.py",
            role="code",
            lines=1,
            size=1,
            is_live=is_live,
        )
        for line in range(PER_FILE):
            words = sparse_text(words_of(chosen))
            rows.append((index.pk, document.pk, is_live, "code", line + 1, line + 1, "", words))
    copy_rows("repos_chunk", CHUNK_COLUMNS, rows)


@pytest.fixture
def large():
    """Make a repository of generated chunks; of a part of CHUNKS each, where there are several."""

    def large(share=1, **fields):
        number = Repository.objects.count()
        repository = Repository.objects.create(
            kind="local", url=f"/r/{number}", name=f"r{number}", **fields
        )
        index = Index.objects.create(repository=repository, commit="", format=writer.FORMAT)
        add_files(index, round(CHUNKS * share / PER_FILE), seed=100 * number)
        index.chunks = Chunk.objects.filter(index=index).count()
        index.save()
        terms.renew(index.pk)
        repository.current_index = index
        repository.save()
        execute(ANALYZE)  # in the transaction of the test
        return repository

    return large


FILES, FUNCTIONS = 60, 5
NAMES = WORDS[:16]


def text_of(number):
    """A module of functions long enough for a chunk each."""
    chosen = random.Random(number)
    lines = []
    for place in range(FUNCTIONS):
        lines += [f"def {chosen.choice(NAMES)}_{number}_{place}():"]
        lines += [f"    {word}()" for word in chosen.choices(NAMES, k=20)]
        lines += ["    # " + "-" * chosen.randint(1, 60) for _ in range(50)]
    return "\n".join(lines)


@pytest.fixture
def corpus(index_folder, tmp_path):
    """Index a folder of generated modules by name; returns its repository."""

    def corpus(name, start=0, files=FILES):
        write_files(
            tmp_path / name, {f"pkg{n % 5}/m{n}.py": text_of(start + n) for n in range(files)}
        )
        return index_folder(tmp_path / name)

    return corpus


@pytest.fixture
def reading(monkeypatch):
    """Set how many chunks let postings be read, and how many blocks are scored."""

    def reading(min_chunks, min_blocks=postings.MIN_BLOCKS):
        monkeypatch.setattr(postings, "MIN_CHUNKS", min_chunks)
        monkeypatch.setattr(postings, "MIN_FILTERED_CHUNKS", min_chunks)
        monkeypatch.setattr(postings, "MIN_BLOCKS", min_blocks)

    return reading


def scores(repositories, question, limit=500, user_id=OPERATOR_ID, filters=None):
    """All candidates by words, each with its words' score."""
    options = SearchOptions(
        limit=limit, hybrid=False, with_text=False, filters=filters or Filters()
    )
    ids = [repository.pk for repository in repositories]
    hits = search(ids, question, user_id=user_id, options=options).passages
    return {(hit.repository_id, hit.path, hit.start): hit.words for hit in hits}


def best(found, count):
    return sorted((score for score in found.values() if score), reverse=True)[:count]


def above(found, least):
    return {place: score for place, score in found.items() if score > least}


def kept(repositories, reading, count, min_blocks=FEW_BLOCKS, **options):
    """The mean share of the exact best `count` scores that postings keep."""
    shares = []
    for question in QUESTIONS:
        reading(EVERY_CHUNK)
        exact = best(scores(repositories, question, **options), count)
        reading(0, min_blocks)
        found = best(scores(repositories, question, **options), count)
        if exact:
            shares.append(sum(score >= exact[-1] for score in found) / len(exact))
    assert shares
    return sum(shares) / len(shares)


def reindex(repository):
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == IndexJob.State.DONE, job.error
    repository.refresh_from_db()


def term_rows(index_id):
    return fetch_all(
        "SELECT term, count FROM repos_term WHERE index_id = %s ORDER BY term", [index_id]
    )


def test_where_nothing_is_cut_the_result_is_the_same(large, reading, monkeypatch):
    repository = large()
    monkeypatch.setattr(postings, "READ_FACTOR", 100.0)
    for question in QUESTIONS:
        reading(EVERY_CHUNK)
        exact = scores([repository], question)
        reading(0, min_blocks=100_000)
        found = scores([repository], question)
        assert best(found, 200) == best(exact, 200) != []
        last = min(
            score for score in exact.values() if score
        )  # of the passages with this score others may be left out
        assert above(found, last) == above(exact, last)


def test_most_of_the_best_is_kept_where_few_blocks_are_scored(large, reading):
    repository = large()
    assert kept([repository], reading, 20) >= 0.99
    assert kept([repository], reading, 200) >= 0.97


def test_several_repositories_are_scored_together(large, reading):
    repositories = [large(0.5), large(0.4), large(0.1), large(0.01)]
    assert kept(repositories, reading, 20) >= 0.99
    assert kept(repositories, reading, 200) >= 0.97
    found = scores(repositories, WORDS[0])
    assert len({repository for repository, _, _ in found}) >= 3


def test_a_repository_that_may_not_be_read_gives_nothing(large, reading, people):
    reading(0)
    public, private = large(0.1), large(0.1, is_private=True, added_by=people["alice"])
    for name, readable in (("alice", {public.pk, private.pk}), ("bob", {public.pk})):
        found = scores([public, private], WORDS[0], user_id=people[name].pk)
        assert {repository for repository, _, _ in found} == readable


def test_filters_leave_files_out_of_what_is_scored(large, reading):
    repository = large()
    filters = Filters(included_dirs=["pkg3"])
    assert kept([repository], reading, 20, filters=filters) >= 0.99
    found = scores([repository], QUESTIONS[0], filters=filters)
    assert {path.partition("/")[0] for _, path, _ in found} == {"pkg3"}


def test_after_updates_as_much_is_kept(large, reading):
    repository = large()
    index = repository.current_index
    for seed in range(1, 4):
        replaced = list(
            Document.objects.filter(index=index).order_by("?").values_list("pk", flat=True)[:10]
        )
        add_files(index, 10, seed, is_live=False)
        terms.update(index.pk, replaced)
        Document.objects.filter(pk__in=replaced).delete()
        for model in (Document, Chunk):
            model.objects.filter(index=index).update(is_live=True)
    assert Posting.objects.filter(place__gte=Posting.FIRST_ADDED).exists()
    assert kept([repository], reading, 20) >= 0.99
    assert kept([repository], reading, 200) >= 0.97
    changed = term_rows(index.pk)
    terms.renew(index.pk)
    assert term_rows(index.pk) == changed


def test_an_indexed_change_is_found_and_what_it_removed_is_not(corpus, reading, tmp_path):
    repository = corpus("a")
    for n in range(10):
        write_files(tmp_path / "a", {f"pkg{n % 5}/m{n}.py": text_of(5_000 + n)})
    (tmp_path / "a/pkg1/m11.py").unlink()
    write_files(tmp_path / "a", {"new.py": "def zebra_crossing():\n    return 1\n"})
    reindex(repository)
    reading(0)
    assert [path for _, path, _ in scores([repository], "zebra crossing")] == ["new.py"]
    assert "pkg1/m11.py" not in {path for _, path, _ in scores([repository], NAMES[0])}
    added = Posting.objects.filter(place__gte=Posting.FIRST_ADDED)
    assert added.exists()
    changed = term_rows(repository.current_index_id)
    terms.renew(repository.current_index_id)
    assert term_rows(repository.current_index_id) == changed
    assert not added.exists()


def test_many_updates_of_one_file_are_followed_by_postings_made_anew(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(terms, "MIN_ADDED", 20)
    repository = corpus("a")
    added = Posting.objects.filter(place__gte=Posting.FIRST_ADDED)
    counts = []
    for n in range(12):
        write_files(tmp_path / "a", {"pkg0/m0.py": text_of(7_000 + n)})
        reindex(repository)
        counts.append(added.count())
    total = Posting.objects.count()
    assert counts[0] > 0
    assert max(counts) <= max(20, 0.2 * total) + counts[0]
    assert 0 in counts


def test_a_term_with_few_blocks_keeps_them_in_its_own_row(corpus):
    repository = corpus("a")
    short = Term.objects.filter(index=repository.current_index, blocks__isnull=False)
    long = Term.objects.filter(index=repository.current_index, blocks__isnull=True)
    assert max(len(term.blocks) for term in short) <= 32
    ids = set(Posting.objects.values_list("term", flat=True))
    assert ids == set(long.values_list("term", flat=True)) != set()


def test_an_index_of_the_format_before_is_compared_whole(corpus, reading, monkeypatch):
    monkeypatch.setattr(writer, "FORMAT", Index.LOOKUP_FORMAT - 1)
    repository = corpus("a")
    Term.objects.update(blocks=None)
    Posting.objects.all().delete()
    other = corpus("b", start=1_000)
    other.current_index.format = Index.LOOKUP_FORMAT
    other.current_index.save()
    terms.renew(other.current_index_id)
    reading(EVERY_CHUNK)
    exact = scores([repository, other], NAMES[3])
    reading(0, min_blocks=100_000)
    found = scores([repository, other], NAMES[3])
    assert best(found, 200) == best(exact, 200)
    assert {pk for pk, _, _ in exact} == {repository.pk, other.pk}


def test_an_index_whose_postings_are_lost_is_compared_whole(corpus, reading):
    repository = corpus("a")
    reading(EVERY_CHUNK)
    exact = best(scores([repository], NAMES[3]), 200)
    Term.objects.update(blocks=None)
    Posting.objects.all().delete()
    reading(0)
    assert best(scores([repository], NAMES[3]), 200) == exact != []


def test_postings_count_as_bytes_of_the_index_and_go_with_it(corpus):
    repository = corpus("a")
    before = sizes()[repository.current_index_id]
    blocks = fetch_value("SELECT sum(2 * size) FROM repos_posting")
    Posting.objects.all().delete()
    assert sizes()[repository.current_index_id] < before - blocks
    terms.renew(repository.current_index_id)
    drop_indexes(repository)
    assert not Posting.objects.exists() and not Term.objects.exists()


def test_postings_of_many_parts_are_those_of_one(corpus, monkeypatch):
    repository = corpus("a")
    index_id = repository.current_index_id
    rows = "SELECT term, place, base, size, weight, blocks FROM repos_posting ORDER BY 1, 2"
    whole = fetch_all(rows), term_rows(index_id)
    monkeypatch.setattr(terms, "CHUNKS_PER_PART", 50)
    terms.renew(index_id)
    assert (fetch_all(rows), term_rows(index_id)) == whole
