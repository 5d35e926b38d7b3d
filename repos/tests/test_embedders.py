"""The remote embedder, on the wire."""

import numpy as np
import pytest

from repos.embedders import EmbedderError
from repos.embedders.openai_compatible import OpenAICompatible


@pytest.fixture
def remote(model):
    embedder = OpenAICompatible("openai", "fake", "sk-test", model.url, 16)
    yield embedder
    embedder._client.close()


def test_texts_become_unit_vectors_in_order(remote, model):
    vectors = remote.embed(["alpha", "beta", "  "])
    assert vectors.shape == (3, 16)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(remote.embed(["beta"])[0], vectors[1])
    assert all(text for text in model.requests[0]["input"])


def test_a_service_that_is_not_there_is_said_so():
    gone = OpenAICompatible("openai", "fake", "sk-test", "http://127.0.0.1:9/v1", 16)
    with pytest.raises(EmbedderError):
        gone.embed_question("how?")
    gone._client.close()


def test_a_question_is_not_sent_twice_to_a_service_in_trouble(model):
    busy = OpenAICompatible("openai", "fake?fault=500", "sk-test", model.url, 16)
    with pytest.raises(EmbedderError):
        busy.embed_question("how?")
    assert len(model.requests) == 1
    busy._client.close()


@pytest.mark.django_db(transaction=True)
def test_a_service_is_asked_for_several_batches_at_once_but_not_for_too_many(folder, model, settings):
    from deepwiki.testing.fixtures import write_files
    from repos import jobs
    from repos.models import Embedding
    from repos.services import add
    from repos.sources import parse_address

    write_files(folder, {f"pkg/m{n}.py": f"def handler_{n}():\n    return {n}\n" for n in range(600)})
    settings.EMBEDDER, settings.EMBEDDER_MODEL = "openai", "fake?first_ms=30&fault=first429"
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    repository = add(parse_address(str(folder), "local"), None)
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == "done", job.error
    assert Embedding.objects.filter(index__repository=repository).count() == job.result["chunks"]
    assert 2 <= model.most_embedding <= OpenAICompatible.concurrency
