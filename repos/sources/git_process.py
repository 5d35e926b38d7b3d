"""The environment and the end of git's processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

MEMORY_KILOBYTES = 4_000_000
CONFIG = {
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "http.followRedirects": "false",
    "credential.helper": "",
    "core.askPass": "",
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.fsckObjects": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "safe.directory": "*",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "transfer.bundleURI": "false",
    "core.packedGitLimit": "256m",
    "pack.threads": "1",
}


def _environment(config: dict[str, str]) -> dict[str, str]:
    """Nothing of ours but PATH and the proxies; no system or user configuration, no prompt."""
    settings = {**CONFIG, **config}
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for name in (
        "https_proxy",
        "HTTPS_PROXY",
        "http_proxy",
        "no_proxy",
        "NO_PROXY",
        "SSL_CERT_FILE",
    ):
        if name in os.environ:
            environment[name] = os.environ[name]
    for number, (key, value) in enumerate(settings.items()):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment


def _feed(process: subprocess.Popen[bytes], shas: list[str]) -> None:
    assert process.stdin
    try:
        process.stdin.write("".join(f"{sha}\n" for sha in shas).encode())
        process.stdin.close()
    except OSError:
        pass  # the reader has stopped, and killed git


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End git and every helper it started: they share its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _size(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_size
            except OSError:
                continue
    return total
