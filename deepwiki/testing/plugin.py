"""pytest plugin: a database of its own, no outside network, and the fixtures every test may use.

Loaded before Django's settings are read, so that nothing of the machine's environment reaches them.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deepwiki.testing.fuzz import register_profiles

# Each worker of pytest-xdist has a folder, and so a database cluster, of its own. It lies inside the
# folder of the process that started the workers, which removes them all.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if WORKER:
    DATA_DIR = Path(os.environ["DATA_DIR"]) / WORKER
    DATA_DIR.mkdir(exist_ok=True)
else:
    DATA_DIR = Path(tempfile.mkdtemp(prefix="deepwiki-tests-"))
DATA_DIR.chmod(0o755)
# The parts of packaged fonts, which are named by what they hold, are made once for an environment.
FONTS = Path(sys.prefix) / "test-fonts"
FONTS.mkdir(exist_ok=True)
if not (DATA_DIR / "fonts").exists():
    (DATA_DIR / "fonts").symlink_to(FONTS)
KEPT = {
    "DEEPWIKI_TEST_API_SECONDS",
    "DEEPWIKI_TEST_DATABASE_URL",
    "DEEPWIKI_CHROMIUM",
    "DEEPWIKI_TEST_SLOW_BROWSER",
    "DEEPWIKI_TEST_SLOW_NETWORK",
}
FOREIGN = (
    "DEEPWIKI_",
    "OPENAI_",
    "OPENROUTER_",
    "AZURE_",
    "GOOGLE_",
    "OLLAMA_",
    "DATABASE_URL",
    "REDIS_URL",
    "PORT",
)
for name in [*os.environ]:
    if name.startswith(FOREIGN) and name not in KEPT:
        del os.environ[name]
os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["DEEPWIKI_EMBEDDER"] = "fake"
os.environ["DEEPWIKI_WIKI_AUTOMATIC"] = "false"  # tests that index are not about wikis
os.environ["DEEPWIKI_CACHE_SECONDS"] = "0"  # a test asks the same question twice and means it
os.environ["DEEPWIKI_OLLAMA_DISCOVERY"] = "false"  # a developer's own Ollama must not answer
os.environ["DEEPWIKI_MODEL_TITLES"] = "false"  # tests count the requests to models
os.environ["DEEPWIKI_MODEL_LISTS"] = (
    "false"  # the lists of test servers are what other tests ask for
)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # fixtures use the ORM while a browser's loop runs
if "DEEPWIKI_TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["DEEPWIKI_TEST_DATABASE_URL"]

register_profiles()  # before pytest loads the one that the command line names

KINDS = ("unit", "integration", "acceptance")
DATABASE = {"db", "transactional_db"}
PROCESSES = {"servers", "browser"}

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _is_near(address: Any) -> bool:
    return (
        not isinstance(address, tuple)
        or str(address[0]) in ("127.0.0.1", "::1", "localhost", "0.0.0.0")
        or str(address[0]).startswith("127.")
    )


def _guarded(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if not _is_near(address):
            raise PermissionError(
                f"tests do not leave this machine, and this one tried to reach {address[0]}"
            )
        return original(self, address)

    return connect


@pytest.fixture(autouse=True, scope="session")
def no_outside_network() -> Iterator[None]:
    """Every connection but to this machine is an error."""
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]
    yield
    socket.socket.connect, socket.socket.connect_ex = _connect, _connect_ex  # type: ignore[method-assign]


def pytest_configure(config: pytest.Config) -> None:
    # Else the first test that is a coroutine makes a loop for the time after it, which nobody closes.
    asyncio.set_event_loop(None)
    # After the plugins that are installed: of fixtures with the same name, the later one counts.
    for name in ("database", "fixtures", "second_try"):
        config.pluginmanager.import_plugin(f"deepwiki.testing.{name}")


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        item.add_marker(_kind_of(item))
    yield
    if WORKER:
        # Modules that take long first, so that the workers end at about the same time.
        items.sort(key=_place_of_modules(items).__getitem__)


def _place_of_modules(items: list[pytest.Item]) -> dict[pytest.Item, tuple[int, int]]:
    """For each test how soon its module comes: by the module's most expensive kind, then as collected."""
    kinds: dict[Path, int] = {}
    first: dict[Path, int] = {}
    for place, item in enumerate(items):
        kind = max(KINDS.index(mark.name) for mark in item.iter_markers() if mark.name in KINDS)
        kinds[item.path] = max(kinds.get(item.path, 0), kind)
        first.setdefault(item.path, place)
    return {item: (-kinds[item.path], first[item.path]) for item in items}


def _kind_of(item: pytest.Item) -> str:
    """The kind that shows in what a test uses, or the one it says it is where that is more."""
    fixtures = set(getattr(item, "fixturenames", ()))
    kinds = {kind for kind in KINDS if item.get_closest_marker(kind)} | {"unit"}
    if fixtures & PROCESSES:
        kinds.add("acceptance")
    if fixtures & DATABASE or item.get_closest_marker("django_db"):
        kinds.add("integration")
    return max(kinds, key=KINDS.index)


@pytest.fixture(autouse=True)
def no_process_in_a_unit_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that starts a process says which kind it is: that cannot be seen from outside."""
    if not request.node.get_closest_marker("unit"):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", _refuse)
        yield


def _refuse(self: object, args: object, *_: object, **__: object) -> None:
    raise AssertionError(f"mark this test as integration or acceptance: it starts {args}")


def pytest_unconfigure(config: pytest.Config) -> None:
    from deepwiki.postgres import Cluster, release

    release()
    if WORKER:
        return
    for left in DATA_DIR.glob("gw*"):  # by a worker that crashed
        Cluster(left).stop()
    shutil.rmtree(DATA_DIR, ignore_errors=True)
