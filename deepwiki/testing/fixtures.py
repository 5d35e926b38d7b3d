"""Fixtures: a fixed cast, a small repository, a model that answers, a real server.

alice owns things; bob is another ordinary person, who must not see them; carol is staff.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deepwiki.testing.ports import free_port, listens

FILES = {
    "README.md": "# Pocket\n\nA tiny shop used by the tests. Orders are priced in `shop/prices.py`.\n",
    "shop/__init__.py": '"""The shop."""\n',
    "shop/prices.py": (
        '"""Prices."""\n\n\nclass PriceList:\n    """Prices by article."""\n\n    def __init__(self, prices):\n        self.prices = prices\n\n'
        '    def total_of(self, order):\n        """The sum an order costs, discount included."""\n'
        "        amount = sum(self.prices[a] * n for a, n in order.items())\n        return apply_discount(amount)\n\n\n"
        'def apply_discount(amount):\n    """Ten percent off above one hundred."""\n    return amount * 0.9 if amount > 100 else amount\n'
    ),
    "shop/mail.js": "export function sendReceipt(address, order) {\n  return post('/mail', { address, order });\n}\n",
    "tests/test_prices.py": "from shop.prices import apply_discount\n\n\ndef test_discount():\n    assert apply_discount(200) == 180\n",
}


@pytest.fixture(scope="session", autouse=True)
def no_session_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Nothing may still use the test database when it is dropped: threads return connections to a pool."""
    yield
    from django.db import connection

    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    return {
        "alice": users.create_user("alice", password="alice-pass-1"),
        "bob": users.create_user("bob", password="bob-pass-1"),
        "carol": users.create_superuser("carol", password="carol-pass-1"),
    }


@pytest.fixture
def alice(people: dict[str, Any]) -> Any:
    return people["alice"]


@pytest.fixture
def bob(people: dict[str, Any]) -> Any:
    return people["bob"]


@pytest.fixture
def carol(people: dict[str, Any]) -> Any:
    return people["carol"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small project on disk."""
    root = tmp_path / "pocket"
    write_files(root, FILES)
    return root


def write_files(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)


@pytest.fixture
def index_folder(db: None) -> Callable[..., Any]:
    """Index a folder at once; returns its Repository."""

    def index(root: Path, **kwargs: Any) -> Any:
        from repos import jobs
        from repos.models import IndexJob, Repository
        from repos.services import add
        from repos.sources import parse_address

        repository = add(parse_address(str(root), "local"), kwargs.pop("owner_id", None), **kwargs)
        job = jobs.run(jobs.request(repository, start=False)[0].pk)
        assert job.state == IndexJob.State.DONE, job.error
        return Repository.objects.select_related("current_index").get(pk=repository.pk)

    return index


@pytest.fixture
def repository(index_folder: Callable[..., Any], folder: Path) -> Any:
    """The small project, indexed, readable by everyone signed in."""
    return index_folder(folder)


@pytest.fixture
def model() -> Iterator[Any]:
    """A model on loopback; `provider=openai, model=fake?...` reaches it."""
    from chat.testing.openai_server import OpenAIServer

    with OpenAIServer() as server:
        yield server


@pytest.fixture
async def with_model(model: Any, settings: Any) -> AsyncIterator[Any]:
    """The loopback model, set up as the OpenAI provider of this process."""
    from chat import services

    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    services.providers.cache_clear()
    yield model
    await services.providers().close()
    services.providers.cache_clear()


@pytest.fixture(autouse=True)
def fresh_providers() -> Iterator[None]:
    """No test sees the providers of another."""
    yield
    if "chat.services" in sys.modules:
        from chat import services

        services.providers.cache_clear()


@dataclass
class Live:
    """A real server process over the test database."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


@pytest.fixture
def live(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Live]]:
    """Start real servers: `live(OPENAI_BASE_URL=…)`. Stopped at the end."""
    started: list[Live] = []

    def start(worker: bool = False, **environment: str) -> Live:
        live = start_server(tmp_path / f"server-{len(started)}.log", environment)
        started.append(live)
        if worker:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                env=child_environment(live.port, environment),
                stdin=subprocess.DEVNULL,
            )
            started.append(Live(live.url, process, live.log))
        return live

    yield start
    for item in started:
        stop(item.process)


def start_server(log: Path, environment: dict[str, str]) -> Live:
    port = free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "deepwiki.server", "--port", str(port)],
            env=child_environment(port, environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    if listens(port, process):
        return Live(f"http://localhost:{port}", process, log)
    raise AssertionError(f"the server did not start: {log.read_text()}")


def child_environment(port: int, extra: dict[str, str]) -> dict[str, str]:
    """The environment of a child that works on the test database."""
    from django.db import connection

    params = connection.get_connection_params()
    host, name = params.get("host", ""), connection.settings_dict["NAME"]
    url = os.environ.get("DATABASE_URL") or f"postgresql://deepwiki@/{name}?host={host}"
    if "DATABASE_URL" in os.environ:
        url = url.rsplit("/", 1)[0] + f"/{name}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "PORT": str(port),
        "DEEPWIKI_POOL_SIZE": "5",
        "DEEPWIKI_DEBUG": "false",
        "DEEPWIKI_TEST_STATIC": "1",
        **extra,
    }


def stop(process: subprocess.Popen[bytes], seconds: float = 15) -> int:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()
