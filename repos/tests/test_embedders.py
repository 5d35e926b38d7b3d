"""The remote embedder, on the wire."""

import time

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


def test_a_service_that_is_not_there_is_said_so_and_a_question_does_not_wait_for_it():
    gone = OpenAICompatible("openai", "fake", "sk-test", "http://127.0.0.1:9/v1", 16)
    began = time.monotonic()
    with pytest.raises(EmbedderError):
        gone.embed_question("how?")
    assert time.monotonic() - began < 5
    gone._client.close()
