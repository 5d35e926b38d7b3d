"""`make run`, as a person starts and stops it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from deepwiki.testing.ports import port_of, reserved_port

pytestmark = pytest.mark.acceptance
ROOT = Path(__file__).resolve().parents[2]
OURS = ("DATA_DIR", "DJANGO_SETTINGS_MODULE", "DATABASE_URL")


@pytest.fixture(scope="module")
def checkouts(open_folders):
    """Make checkouts of their own, in a path with spaces."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    def make():
        home = open_folders()
        for name in listed.stdout.splitlines():
            if (ROOT / name).is_file():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, home / name)
        return home

    return make


@pytest.fixture
def home(checkouts):
    return checkouts()


@pytest.fixture(scope="module")
def used_home(checkouts):
    """A checkout that the tests of this module share: it is new to the first of them only."""
    return checkouts()


@pytest.fixture
def port():
    with reserved_port() as port:
        yield port


def start(home, port=8000, **extra):
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"PORT": str(port), "DEEPWIKI_EMBEDDER": "none", **extra}
    return subprocess.Popen(
        [sys.executable, "-m", "deepwiki.run"],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process, words):
    """What it writes, up to the line with these words."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def status(port):
    with urllib.request.urlopen(f"http://localhost:{port}/readyz") as response:
        return response.status


def ended(process):
    process.communicate(timeout=40)
    return process.returncode


def processes_in(home):
    found = []
    for entry in Path("/proc").iterdir() if Path("/proc").exists() else []:
        if entry.name.isdigit():
            try:
                command = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
                where = os.readlink(entry / "cwd")
            except OSError:
                continue
            if str(home) in command or where == str(home):
                found.append(command)
    return found


def test_it_starts_from_nothing_serves_and_leaves_no_process(used_home, port):
    first = start(used_home, port)
    said = read_until(first, "Ctrl-C")
    assert f"http://localhost:{port}" in said
    password = re.search(r"password (\S+)", said).group(1)
    assert len(password) > 10
    assert status(port) == 200
    first.send_signal(signal.SIGINT)
    assert ended(first) == 0
    assert processes_in(used_home) == []

    second = start(used_home, port, DEEPWIKI_WEB_PROCESSES="2")
    said = read_until(second, "Ctrl-C")
    assert "password" not in said
    # Two web processes on one port: each takes its share, none a request of the other's.
    if sys.platform == "linux":
        assert sum("deepwiki.server" in command for command in processes_in(used_home)) == 2
    assert {status(port) for _ in range(12)} == {200}
    second.send_signal(signal.SIGTERM)
    assert ended(second) == 0
    assert processes_in(used_home) == []


def test_two_checkouts_run_side_by_side(used_home, home):
    with reserved_port() as one, reserved_port() as other:
        running = [start(used_home, one), start(home, other)]
        try:
            for process in running:
                read_until(process, "Ctrl-C")
            assert [status(port) for port in (one, other)] == [200, 200]
        finally:
            for process in running:
                process.terminate()
            for process in running:
                ended(process)
    assert [processes_in(place) for place in (used_home, home)] == [[], []]


def test_a_taken_port_is_one_line(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(home, port_of(taken))
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out.strip().splitlines() == [
        f"DeepWiki cannot start: port {taken_port(out)} is taken. Choose another: PORT={taken_port(out) + 1} make run"
    ]


def taken_port(out):
    return int(re.search(r"port (\d+) is taken", out).group(1))


def test_a_host_that_is_none_of_this_machines_is_one_line(home):
    process = start(home, HOST="203.0.113.1")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert (
        out.strip()
        == "DeepWiki cannot start: HOST must be an address of this machine, not '203.0.113.1'."
    )


def test_no_git_is_one_line(home, tmp_path):
    process = start(home, PATH=str(tmp_path))
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "git is missing" in out
    assert len(out.strip().splitlines()) == 1


def test_a_broken_dotenv_is_one_line(home):
    (home / ".env").write_text("PORT=8000\nthis is = not 'closed\n")
    process = start(home)
    out, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "line 2" in out
    assert len(out.strip().splitlines()) == 1


def test_an_unusable_data_folder_is_one_line(home):
    process = start(home, DATA_DIR="/dev/null/data")
    out, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "DATA_DIR" in out
    assert len(out.strip().splitlines()) == 1
