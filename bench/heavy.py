"""What takes long: the built-in embedders on a real repository, a web server beside them, and a very large repository."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from bench.index import copy_of, search_ms
from bench.setting import serve

ROOT = Path(__file__).resolve().parent.parent
LARGE_BYTES = 200_000_000


def measure_local(source: Path) -> dict[str, object]:
    """Index with the built-in embedders in a process of its own, and ask a web server for its health meanwhile."""
    from repos.models import Embedding, Repository

    results: dict[str, object] = {}
    environment = {**os.environ, "DEEPWIKI_EMBEDDER": "local", "DEEPWIKI_TEST_STATIC": "1"}
    port, server = serve("deepwiki.server", env=environment)
    with copy_of(source) as folder:
        _health(port)  # it has started
        health = _Health(port)
        began = time.perf_counter()
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "index_repo", str(folder)], cwd=ROOT, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        peak = 0
        while worker.poll() is None:
            peak = max(peak, _memory(worker.pid))
            name = "local: seconds to the first answer by words"
            repository = Repository.objects.filter(url=str(folder.resolve()), current_index__isnull=False).first()
            if repository is not None and name not in results:
                results[name] = round(time.perf_counter() - began, 1)
            if repository is not None and "local: seconds to the main vectors" not in results:
                main = Embedding.objects.filter(index=repository.current_index_id, embedder__contains="MiniLM").count()
                if main >= repository.current_index.chunks:
                    results["local: seconds to the main vectors"] = round(time.perf_counter() - began, 1)
            time.sleep(0.2)
        results["local: seconds to all vectors"] = round(time.perf_counter() - began, 1)
        results["local: peak memory of the indexing process, MiB"] = peak
        results |= health.end()
        repository = Repository.objects.select_related("current_index").get(url=str(folder.resolve()))
        results["local: chunks"] = repository.current_index.chunks
        os.environ["DEEPWIKI_EMBEDDER"] = "local"
        results["local: search median ms, question's vector included"] = _search_ms(folder)
    server.terminate()
    server.wait(40)
    return results


def measure_memory(source: Path) -> dict[str, object]:
    """Peak memory of a process that indexes 200 MB of text, made of copies that differ."""
    with copy_of(source) as folder, tempfile.TemporaryDirectory(prefix="bench-large-") as place:
        large, size, number = Path(place) / "large", 0, 0
        while size < LARGE_BYTES:
            number += 1
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.stat().st_size < 900_000 and size < LARGE_BYTES:
                    target = large / f"copy{number}" / path.relative_to(folder)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    data = path.read_bytes() + f"\n# copy {number}\n".encode()
                    target.write_bytes(data)
                    size += len(data)
        environment = {**os.environ, "DEEPWIKI_INDEX_FILES": "1000000"}
        began = time.perf_counter()
        worker = subprocess.Popen([sys.executable, "manage.py", "index_repo", str(large)], cwd=ROOT, env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        peak = 0
        while worker.poll() is None:
            peak = max(peak, _memory(worker.pid))
            time.sleep(0.1)
        said = worker.stdout.read().strip() if worker.stdout else ""
    return {
        "memory: 200 MB of text, peak MiB": peak,
        "memory: seconds": round(time.perf_counter() - began),
        "memory: said": said,
    }


class _Health:
    """Asks /healthz some twenty times a second until told to end."""

    def __init__(self, port: int) -> None:
        self.port, self.took, self._ended = port, [], threading.Event()  # type: tuple[int, list[float], threading.Event]
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        while not self._ended.wait(0.05):
            began = time.perf_counter()
            _health(self.port)
            self.took.append((time.perf_counter() - began) * 1000)

    def end(self) -> dict[str, object]:
        self._ended.set()
        self._thread.join()
        return {"healthz beside indexing: slowest ms": round(max(self.took)),
                "healthz beside indexing: median ms": round(statistics.median(self.took), 1)}  # fmt: skip


def _health(port: int) -> None:
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def _search_ms(folder: Path) -> float:
    from django.conf import settings

    from repos.models import Repository

    settings.EMBEDDER = "local"
    return search_ms(Repository.objects.get(url=str(folder.resolve())))


def _memory(pid: int) -> int:
    try:
        return psutil.Process(pid).memory_info().rss >> 20
    except psutil.NoSuchProcess:
        return 0
