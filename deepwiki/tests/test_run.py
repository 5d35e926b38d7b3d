"""`make run`, as a person starts and stops it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from deepwiki.testing.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path_factory):
    """A checkout of its own, in a path with spaces."""
    home = tmp_path_factory.mktemp("a place with spaces")
    for part in [home, *home.parents[:2]]:
        part.chmod(0o755)
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    for name in names.stdout.splitlines():
        if (ROOT / name).is_file():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, home / name)
    return home


def start(home, port, **extra):
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DATA_DIR", "DJANGO_SETTINGS_MODULE", "DATABASE_URL")
    }
    environment |= {"PORT": str(port), "DEEPWIKI_EMBEDDER": "none", **extra}
    return subprocess.Popen(
        [sys.executable, "-m", "deepwiki.run"],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(process, words, seconds=60):
    lines = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        line = process.stdout.readline()
        lines.append(line)
        if words in line or not line:
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
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                where = os.readlink(entry / "cwd")
            except OSError:
                continue
            if str(home) in command or where == str(home):
                found.append(command)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_from_nothing_serves_and_leaves_no_process(home, number):
    port = free_port()
    first = start(home, port)
    said = until(first, "Ctrl-C")
    assert f"http://localhost:{port}" in said
    password = re.search(r"password (\S+)", said).group(1)
    assert len(password) > 10
    assert status(port) == 200
    first.send_signal(number)
    assert ended(first) == 0
    assert processes_in(home) == []

    began = time.monotonic()
    second = start(home, port, DEEPWIKI_WEB_PROCESSES="2")
    said = until(second, "Ctrl-C")
    assert "password" not in said
    assert time.monotonic() - began < 15
    # Two web processes on one port: each takes its share, none a request of the other's.
    if sys.platform == "linux":
        assert sum("deepwiki.server" in command for command in processes_in(home)) == 2
    assert {status(port) for _ in range(12)} == {200}
    second.send_signal(number)
    assert ended(second) == 0
    assert processes_in(home) == []


def test_two_checkouts_run_side_by_side(home, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "copy"
    other.parent.chmod(0o755)
    shutil.copytree(home, other)
    ports = [free_port(), free_port()]
    running = [start(home, ports[0]), start(other, ports[1])]
    try:
        for process in running:
            until(process, "Ctrl-C")
        for port in ports:
            assert status(port) == 200
    finally:
        for process in running:
            process.terminate()
        for process in running:
            ended(process)


def test_a_taken_port_is_one_line(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(home, taken.getsockname()[1])
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out.strip().splitlines() == [
        f"DeepWiki cannot start: port {taken_port(out)} is taken. Choose another: PORT={taken_port(out) + 1} make run"
    ]


def taken_port(out):
    return int(re.search(r"port (\d+) is taken", out).group(1))


def test_a_host_that_is_none_of_this_machines_is_one_line(home):
    process = start(home, free_port(), HOST="203.0.113.1")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out.strip() == "DeepWiki cannot start: HOST must be an address of this machine, not '203.0.113.1'."


def test_no_git_is_one_line(home, tmp_path):
    process = start(home, free_port(), PATH=str(tmp_path))
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "git is missing" in out
    assert len(out.strip().splitlines()) == 1


def test_a_broken_dotenv_is_one_line(home):
    (home / ".env").write_text("PORT=8000\nthis is = not 'closed\n")
    process = start(home, free_port())
    out, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "line 2" in out
    assert len(out.strip().splitlines()) == 1


def test_an_unusable_data_folder_is_one_line(home):
    process = start(home, free_port(), DATA_DIR="/dev/null/data")
    out, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "DATA_DIR" in out
    assert len(out.strip().splitlines()) == 1
