"""The remote embedder, on the wire."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from repos.embedders import EmbedderError
from repos.embedders.openai_compatible import OpenAICompatibleEmbedder


@pytest.fixture
def remote(model):
    embedder = OpenAICompatibleEmbedder("openai", "fake", "sk-test", model.url, 16)
    yield embedder
    embedder._client.close()


def test_texts_become_unit_vectors_in_order(remote, model):
    vectors = remote.embed(["alpha", "beta", "  "])
    assert vectors.shape == (3, 16)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(remote.embed(["beta"])[0], vectors[1])
    assert all(text for text in model.requests[0]["input"])


def test_a_service_that_is_not_there_is_said_so():
    gone = OpenAICompatibleEmbedder("openai", "fake", "sk-test", "http://127.0.0.1:9/v1", 16)
    with pytest.raises(EmbedderError):
        gone.embed_question("how?")
    gone._client.close()


class Service:
    """An embedding service that answers each request with the next of `answers`: (status, Retry-After)."""

    def __init__(self):
        self.answers, self.times = [], []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                service.times.append(time.monotonic())
                status, retry_after = service.answers.pop(0)
                vectors = [{"object": "embedding", "index": 0, "embedding": [3.0, 4.0]}]
                body = {
                    "object": "list",
                    "model": "m",
                    "data": vectors,
                    "usage": {"prompt_tokens": 1, "total_tokens": 1},
                }
                data = json.dumps(body if status == 200 else {"error": {"message": "no"}}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                if retry_after:
                    self.send_header("Retry-After", retry_after)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"


@pytest.fixture
def service():
    service = Service()
    yield service
    service.server.shutdown()
    service.server.server_close()


@pytest.fixture
def embedder(service):
    embedder = OpenAICompatibleEmbedder("openai", "m", "sk-test", service.url)
    yield embedder
    embedder._client.close()


def test_a_retry_waits_as_long_as_the_service_asks(service, embedder):
    service.answers = [(429, "0.4"), (200, "")]
    assert np.allclose(embedder.embed(["a"]), [[0.6, 0.8]])
    assert service.times[1] - service.times[0] >= 0.4


def test_a_service_that_asks_for_an_hour_is_not_waited_for(service, embedder):
    service.answers = [(429, "3600")]
    with pytest.raises(EmbedderError, match="not available") as caught:
        embedder.embed(["a"])
    assert (caught.value.code, len(service.times)) == ("unavailable", 1)


def test_a_service_that_fails_is_asked_four_times_and_for_a_question_once(service, embedder):
    service.answers = [(503, "0.01")] * 5
    with pytest.raises(EmbedderError, match="not available"):
        embedder.embed(["a"])
    assert len(service.times) == 4
    with pytest.raises(EmbedderError, match="in time"):
        embedder.embed_question("a")
    assert len(service.times) == 5


@pytest.mark.parametrize(
    ("status", "code"), [(401, "bad_key"), (404, "bad_request"), (400, "bad_request")]
)
def test_what_does_not_pass_is_not_retried(service, embedder, status, code):
    service.answers = [(status, "")]
    with pytest.raises(EmbedderError) as caught:
        embedder.embed(["a"])
    assert (caught.value.code, len(service.times)) == (code, 1)


def test_a_question_is_not_sent_twice_to_a_service_in_trouble(model):
    busy = OpenAICompatibleEmbedder("openai", "fake?fault=500", "sk-test", model.url, 16)
    with pytest.raises(EmbedderError):
        busy.embed_question("how?")
    assert len(model.requests) == 1
    busy._client.close()


@pytest.mark.django_db(transaction=True)
def test_a_service_is_asked_for_several_batches_at_once_but_not_for_too_many(
    folder, model, settings
):
    from deepwiki.testing.fixtures import write_files
    from repos import jobs
    from repos.models import Embedding
    from repos.services import add
    from repos.sources import parse_address

    write_files(
        folder, {f"pkg/m{n}.py": f"def handler_{n}():\n    return {n}\n" for n in range(600)}
    )
    settings.EMBEDDER, settings.EMBEDDER_MODEL = "openai", "fake?first_ms=30&fault=first429"
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    repository = add(parse_address(str(folder), "local"), None)
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == "done", job.error
    assert Embedding.objects.filter(index__repository=repository).count() == job.result["chunks"]
    assert 2 <= model.most_embedding <= OpenAICompatibleEmbedder.concurrency
