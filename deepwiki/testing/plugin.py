"""pytest plugin: a database of its own, no outside network, and the fixtures every test may use.

Loaded before Django's settings are read, so that nothing of the machine's environment reaches them.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DATA_DIR = Path(tempfile.mkdtemp(prefix="deepwiki-tests-"))
DATA_DIR.chmod(0o755)
KEPT = {"DEEPWIKI_TEST_DATABASE_URL", "DEEPWIKI_CHROMIUM"}
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
os.environ["DEEPWIKI_CACHE_SECONDS"] = "0"  # a test asks the same question twice and means it
os.environ["DEEPWIKI_OLLAMA_DISCOVERY"] = "false"  # a developer's own Ollama must not answer
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # fixtures use the ORM while a browser's loop runs
if "DEEPWIKI_TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["DEEPWIKI_TEST_DATABASE_URL"]

pytest_plugins = ["deepwiki.testing.fixtures"]

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


def pytest_unconfigure(config: pytest.Config) -> None:
    from deepwiki.postgres import release

    release()
    shutil.rmtree(DATA_DIR, ignore_errors=True)
