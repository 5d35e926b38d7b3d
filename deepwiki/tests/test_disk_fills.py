"""The disk under `make run` and its own database fills, and room is made again."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from deepwiki.testing.fixtures import write_files
from deepwiki.testing.waiting import wait_until
from deepwiki.tests.test_run import OURS, checkouts, ended, port, processes_in, read_until, start

__all__ = ["checkouts", "port"]
pytestmark = [pytest.mark.alone, pytest.mark.acceptance]
MEGABYTE = 1_000_000
RESERVE = 40  # megabytes that indexing leaves to the database, a segment of its log among them
LEFT = 30 * MEGABYTE  # while the checkout is to be indexed


@pytest.fixture
def disk(open_folders):
    """A small disk of its own."""
    folder = open_folders()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300m,mode=0755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"a small disk cannot be mounted here: {error}")
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def pocket(open_folders):
    folder = open_folders()
    write_files(folder, {"zebra.py": "def zebra():\n    return 'striped'\n"})
    return folder


class Site:
    """What runs in `home`, and a person who asks by the API."""

    def __init__(self, home, disk, port, token):
        self.home, self.disk, self.port, self.token = home, disk, port, token

    def ask(self, folder, question):
        """The status and the text of an answer without a model."""
        asked = {
            "repo_url": str(folder),
            "type": "local",
            "provider": "search-only",
            "messages": [{"role": "user", "content": question}],
        }
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self.get("/chat/completions/stream", json.dumps(asked).encode(), headers)

    def get(self, path, body=None, headers=None):
        request = urllib.request.Request(f"http://localhost:{self.port}{path}", body, headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def fill(self, leave=0):
        """Fill the disk except for so many bytes."""
        with (
            (self.disk / "ballast").open("ab", buffering=0) as ballast,
            contextlib.suppress(OSError),
        ):
            while shutil.disk_usage(self.disk).free > leave:
                ballast.write(b"x" * 65_536)

    def make_room(self):
        (self.disk / "ballast").unlink()


def manage(home, settings, *arguments):
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"DEEPWIKI_EMBEDDER": "none", **settings}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_it_answers_meanwhile_and_goes_on_once_there_is_room(checkouts, disk, pocket, port):
    home = checkouts()
    settings = {
        "DATA_DIR": str(disk),
        "DEEPWIKI_DISK_RESERVE_MEGABYTES": str(RESERVE),
        "DEEPWIKI_REQUESTS_PER_MINUTE": "1000",
    }
    process = start(home, port, **settings)
    try:
        read_until(process, "Ctrl-C")
        created = manage(home, settings, "create_token", "admin")
        site = Site(home, disk, port, re.search(r"dw_\S+", created.stdout).group())
        assert manage(home, settings, "index_repo", str(pocket)).returncode == 0
        assert "striped" in site.ask(pocket, "zebra?")[1]

        site.fill(leave=LEFT)  # by others: indexing stops
        failed = manage(home, settings, "index_repo", str(home))
        assert failed.returncode == 1
        assert "almost full" in failed.stdout + failed.stderr
        assert "striped" in site.ask(pocket, "the zebra?")[1]

        site.fill()  # to the last byte
        assert site.get("/healthz")[0] == site.get("/accounts/login/")[0] == 200
        for number in range(5):  # each is answered, or refused in words
            status, text = site.ask(pocket, f"zebra number {number}?")
            assert status in (200, 429, 503), text
            assert "striped" in text or "detail" in json.loads(text)

        site.make_room()
        wait_until(lambda: "striped" in site.ask(pocket, "zebra again?")[1], 60)
        done = manage(home, settings, "index_repo", str(home))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "test_disk_fills.py" in site.ask(home, "Where does the disk fill?")[1]
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGINT)
        assert ended(process) == 0
    assert processes_in(home) == []
