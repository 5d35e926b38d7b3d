"""An index made by the release before goes on answering with the vectors it has, and is rebuilt."""

import numpy as np
import pytest

from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.access import OPERATOR_ID
from repos.embedders.multilingual_use import MultilingualUSE
from repos.index import writer
from repos.models import Chunk, Embedding, Index, IndexJob
from repos.search import SearchOptions, search
from repos.search.question_vector import OTHER_SCRIPT_WEIGHT, WEIGHT, embed_question
from repos.services import add
from repos.sources import parse_address

pytestmark = pytest.mark.django_db
FILES = {
    "reader.py": "def slurp(name):\n    return bytes_of(name)\n",
    "weather.py": "def forecast(town):\n    return sunshine_in(town)\n",
}
FORMER = ["local/all-MiniLM-L6-v2", "local/use-multilingual-v3"]
JAPANESE = "天気予報はどこですか"


@pytest.fixture(scope="module")
def whole_vectors():
    """Of the whole texts that the release before embedded, by path."""
    whole = {"reader.py": "read a file", "weather.py": "what the weather will be"}
    return dict(zip(whole, MultilingualUSE().embed([*whole.values()]), strict=True))


@pytest.fixture
def former(tmp_path, settings, whole_vectors):
    """A repository as the release before left it: two embedders, whole texts, an older format."""
    settings.EMBEDDER = "local"
    write_files(tmp_path / "first", FILES)
    repository = add(parse_address(str(tmp_path / "first"), "local"), None)
    jobs.run(jobs.request(repository, start=False)[0].pk)
    repository.refresh_from_db()
    index = repository.current_index
    Embedding.objects.filter(index=index).delete()
    for chunk in Chunk.objects.filter(index=index).select_related("document"):
        vector = whole_vectors[chunk.document.path]
        for key, values in zip(FORMER, (np.ones(384), vector), strict=True):
            Embedding.objects.create(
                index=index,
                chunk=chunk,
                embedder=key,
                digest=chunk.document.path.encode().ljust(32),
                vector=values.tolist(),
            )
    Index.objects.update(embedders=FORMER, format=writer.FORMAT - 1)
    return repository


def found(repository, question, **options):
    hits = search(
        [repository.pk], question, user_id=OPERATOR_ID, options=SearchOptions(**options)
    ).passages
    return [hit.path for hit in hits]


def test_it_is_asked_by_meaning_with_the_vectors_it_has(former):
    vector = embed_question(JAPANESE, [former.pk])
    assert (vector.embedder, vector.dimension) == (FORMER[1], 512)
    assert found(former, JAPANESE)[0] == "weather.py"
    assert found(former, "slurp")[0] == "reader.py"


def test_it_answers_until_the_new_one_beside_it_has_its_vectors(former):
    old = former.current_index_id
    job, _ = jobs.request(former)
    assert jobs.run_next().phase == IndexJob.Phase.VECTORS
    former.refresh_from_db()
    assert former.current_index_id == old
    assert found(former, JAPANESE)[0] == "weather.py"
    while jobs.run_next_slice():
        pass
    former.refresh_from_db()
    index = former.current_index
    assert index.pk != old
    assert (index.state, index.format) == (Index.State.READY, writer.FORMAT)
    assert index.embedders == [MultilingualUSE.key]
    assert set(Embedding.objects.values_list("embedder", flat=True)) == {MultilingualUSE.key}
    assert found(former, JAPANESE)[0] == "weather.py"


def test_beside_a_new_index_it_answers_by_words(former, index_folder, tmp_path):
    write_files(tmp_path / "second", FILES)
    second = index_folder(tmp_path / "second")
    assert embed_question(JAPANESE, [second.pk]).embedder == MultilingualUSE.key
    both = [former.pk, second.pk]
    assert embed_question(JAPANESE, both) is None
    hits = search(both, "slurp forecast", user_id=OPERATOR_ID).passages
    assert {hit.repository_id for hit in hits} == set(both)


def test_padded_vectors_are_never_compared_with_unpadded_ones(former, settings):
    settings.EMBEDDER = "minilm"
    assert embed_question("what will the weather be", [former.pk]) is None
    assert found(former, "forecast")[0] == "weather.py"


@pytest.mark.parametrize(
    ("question", "weight"),
    [
        ("How are blueprints registered?", WEIGHT),
        ("¿Cómo se registran los blueprints?", WEIGHT),
        ("蓝图是如何注册到 Flask 的？", OTHER_SCRIPT_WEIGHT),
        ("ブループリントはどのように登録されますか", OTHER_SCRIPT_WEIGHT),
        ("Как регистрируются чертежи?", OTHER_SCRIPT_WEIGHT),
    ],
)
def test_vectors_weigh_more_in_a_script_that_code_is_not_written_in(former, question, weight):
    assert embed_question(question, [former.pk]).weight == weight


def test_what_speaks_english_only_weighs_the_same_in_every_script(index_folder, settings, tmp_path):
    settings.EMBEDDER = "minilm"
    write_files(tmp_path / "one", FILES)
    repository = index_folder(tmp_path / "one")
    assert embed_question(JAPANESE, [repository.pk]).weight == WEIGHT
