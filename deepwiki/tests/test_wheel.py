"""The wheel: installed into an empty environment outside the checkout, it serves a page."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from urllib.request import urlopen

import pytest

from deepwiki.testing.ports import reserved_port
from deepwiki.testing.servers import stop
from deepwiki.testing.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of an environment with our wheel; what it needs comes from this one."""
    folder = tmp_path_factory.mktemp("installed")
    folder.chmod(0o755)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(ROOT),
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(folder),
    )
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    wheel = next(folder.glob("deepwiki-*.whl"))
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "-q",
        str(wheel),
    )
    packages = next((folder / "venv").glob("lib/python*/site-packages"))
    (packages / "needed.pth").write_text(sysconfig.get_paths()["purelib"])
    yield folder / "venv" / "bin" / "deepwiki"
    shutil.rmtree(folder, ignore_errors=True)


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def surroundings(home, **extra):
    """No checkout, no settings of this machine."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), **extra}


def test_an_installed_wheel_serves_pages_with_their_styles(installed, open_folder):
    with reserved_port() as port:
        environment = surroundings(
            open_folder, DEEPWIKI_EMBEDDER="fake", DEEPWIKI_OLLAMA_DISCOVERY="false"
        )
        command = [installed, "up", "--port", str(port), "--data-dir", str(open_folder / "data")]
        process = subprocess.Popen(
            command, cwd=open_folder, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            wait_until(lambda: "DeepWiki is at" in process.stdout.readline(), 120)
            page = urlopen(f"http://localhost:{port}/accounts/login/", timeout=60).read().decode()
            assert "password" in page
            style = page.split('rel="stylesheet"')[1].split('href="')[1].split('"')[0]
            assert urlopen(f"http://localhost:{port}{style}", timeout=60).status == 200
            report = run(
                installed,
                "doctor",
                "database",
                "migrations",
                "static",
                "worker",
                "--json",
                cwd=open_folder,
                env={**environment, "DATA_DIR": str(open_folder / "data")},
            )
            assert json.loads(report)["state"] == "ok"
        finally:
            stop(process, 60)
            process.stdout.close()


def test_its_help_names_its_commands(installed, tmp_path):
    shown = run(installed, "--help", cwd=tmp_path, env=surroundings(tmp_path))
    assert {"up", "ask", "search", "index", "wiki", "doctor", "token", "mcp"} <= set(shown.split())
