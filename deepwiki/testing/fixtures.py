"""Fixtures: a fixed cast, a small repository, a model that answers, a real server.

alice owns things; bob is another ordinary person, who must not see them; carol is staff.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deepwiki.testing.ports import close_waiting, listener
from deepwiki.testing.servers import Live, Servers, child_environment, stop

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


@pytest.fixture(scope="session")
def password_hashes() -> dict[str, str]:
    """Each person's password as it is stored: `alice-pass-1` for alice. Hashed once, since that takes 0.3 s each."""
    from django.contrib.auth.hashers import make_password

    return {name: make_password(f"{name}-pass-1") for name in ("alice", "bob", "carol")}


@pytest.fixture
def people(db: None, password_hashes: dict[str, str]) -> dict[str, Any]:
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    return {
        name: users.create(
            username=name, password=password, is_staff=name == "carol", is_superuser=name == "carol"
        )
        for name, password in password_hashes.items()
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


@pytest.fixture(scope="session")
def open_folders() -> Iterator[Callable[[], Path]]:
    """Make folders, with spaces in their paths, that every user can enter: PostgreSQL does not run as root.

    Those of pytest are closed to others, and closed again by each pytest that is started meanwhile.
    """
    made: list[Path] = []

    def make() -> Path:
        folder = Path(tempfile.mkdtemp(prefix="a folder with spaces ", dir=os.environ["DATA_DIR"]))
        folder.chmod(0o755)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_folder(open_folders: Callable[[], Path]) -> Path:
    """One of them."""
    return open_folders()


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
def app(request: pytest.FixtureRequest, index_folder: Callable[..., Any], tmp_path: Path) -> Any:
    """The files of the module's FILES, indexed."""
    write_files(tmp_path / "app", request.module.FILES)
    return index_folder(tmp_path / "app")


@pytest.fixture
def repository(index_folder: Callable[..., Any], folder: Path) -> Any:
    """The small project, indexed, readable by everyone signed in."""
    return index_folder(folder)


@pytest.fixture
def public_repository(repository: Any) -> Any:
    """The small project as if fetched from a public host: strangers may read it, too."""
    from repos.models import Repository

    Repository.objects.filter(pk=repository.pk).update(
        kind="github", url="https://github.com/shop/pocket", host_is_public=True
    )
    return Repository.objects.select_related("current_index").get(pk=repository.pk)


@pytest.fixture(scope="session")
def model_listener() -> Iterator[socket.socket]:
    """Where models listen: the same place in every test, so that servers which know it can be used again."""
    with listener() as listening:
        yield listening


@pytest.fixture
def model(model_listener: socket.socket) -> Iterator[Any]:
    """A model on loopback; `provider=openai, model=fake?...` reaches it."""
    from chat.testing.openai_server import OpenAIServer

    close_waiting(model_listener)  # of a server that an earlier test has used
    with OpenAIServer(listener=model_listener.dup()) as server:
        yield server


@pytest.fixture
async def closed_providers() -> AsyncIterator[None]:
    """Whatever providers the test sets up are closed afterwards, in the test's event loop."""
    from chat import services

    yield
    await services.providers().close()


@pytest.fixture
async def with_model(model: Any, settings: Any, closed_providers: None) -> Any:
    """The loopback model, set up as the OpenAI provider of this process."""
    from chat import services

    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    services.providers.cache_clear()
    return model


@pytest.fixture(autouse=True)
def fresh_providers() -> Iterator[None]:
    """No test sees the providers of another."""
    yield
    if "chat.services" in sys.modules:
        from chat import services

        services.providers.cache_clear()


@pytest.fixture(scope="session")
def servers(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The server processes of this session."""
    servers = Servers(tmp_path_factory.mktemp("servers"))
    yield servers
    servers.give_back_all()
    servers.stop_idle()


@pytest.fixture
def live(servers: Servers, transactional_db: None) -> Iterator[Callable[..., Live]]:
    """Real servers over the test database: `live(OPENAI_BASE_URL=…)`.

    `own=True` gives one that no other test has used, `kind="uvicorn"` the same application under another server,
    `worker=True` a worker beside it. What was written to the log is shown with a test that fails.
    """
    taken: list[tuple[Live, int]] = []
    workers: list[subprocess.Popen[bytes]] = []

    def start(
        kind: str = "daphne", own: bool = False, worker: bool = False, **environment: str
    ) -> Live:
        live = servers.take(kind, environment, own=own)
        taken.append((live, live.log.stat().st_size))
        if worker:
            command = [sys.executable, "manage.py", "worker"]
            environment = child_environment(live.port, environment)
            workers.append(subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL))
        return live

    yield start
    for worker in workers:
        stop(worker)
    servers.give_back_all()
    for live, position in taken:
        sys.stdout.write(live.log.read_bytes()[position:].decode(errors="replace"))
