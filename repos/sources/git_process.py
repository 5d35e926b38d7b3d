"""Runs git: clean environment, own process group, limits on time, memory and size."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from repos.sources.errors import RepositoryTooLarge, SourceError, Unreachable
from repos.sources.git_errors import OVER_LIMIT_STATUSES, error_from_output

Cancelled = Callable[[], bool]  # polled; true once the work is to end

MEMORY_KILOBYTES = 4_000_000
BYTES_PER_MEGABYTE = 1_048_576
BLOCK_BYTES = 512  # as `ulimit -f` counts
OUTPUT_BYTES = 1_000_000
ERROR_BYTES = 20_000  # that are read
MAX_ERROR_BYTES = 1_000_000
POLL_SECONDS = 0.1
MEASURE_SECONDS = 1
VERSION_SECONDS = 5
PASSED_VARIABLES = (
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
)
FIXED_VARIABLES = {
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
}
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


@dataclass(frozen=True)
class GitCommand:
    """Arguments of git and settings for this call.

    `in_repository` is false for commands that need no repository folder. Only one that
    `writes` may make files as large as the repository; others are ended as soon as their
    output exceeds its limit, with the error `too_large`. `work_tree` is the folder of
    the checkout, for commands that look at it, in its `folder` only if given.
    """

    arguments: Sequence[str]
    config: Mapping[str, str] = field(default_factory=dict)
    in_repository: bool = True
    writes: bool = False
    too_large: str = "too_large"
    work_tree: Path | None = None
    folder: Path | None = None


@dataclass(frozen=True)
class GitRunner:
    """Runs commands on the repository in `folder`.

    `seconds` limits one command, `megabytes` the size of `folder` and of each file in it.
    `cancelled` is called about ten times a second.
    """

    folder: Path
    seconds: int
    megabytes: int
    cancelled: Cancelled

    def output(self, command: GitCommand, max_bytes: int = OUTPUT_BYTES) -> bytes:
        """The standard output of a command.

        Raises the SourceError family, and InterruptedError if cancelled.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            file_bytes = None if command.writes else max(max_bytes, ERROR_BYTES)
            process = self.start(command, stdout=out, stderr=errors, file_bytes=file_bytes)
            try:
                self._wait(process, errors)
            finally:
                kill(process)
            if _size_of(out) > max_bytes or _is_over_limit(process, command):
                raise RepositoryTooLarge(command.too_large)
            if process.returncode != 0:
                raise self._error(errors, process.returncode)
            out.seek(0)
            return out.read()

    def start(
        self,
        command: GitCommand,
        *,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.PIPE,
        stderr: IO[bytes],
        file_bytes: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own; end it with `kill`.

        `file_bytes` limits each file it writes, its output among them; by default the
        size of the repository does.
        """
        if file_bytes is None:
            file_bytes = self.megabytes * BYTES_PER_MEGABYTE
        return subprocess.Popen(
            self._command_line(command, file_bytes),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=environment(command.config),
            cwd="/",
            start_new_session=True,
        )

    def _command_line(self, command: GitCommand, file_bytes: int) -> list[str]:
        git = ["git", "--no-pager"]
        if command.work_tree is not None:
            folder = command.folder or command.work_tree
            git += ["-C", str(folder), "--work-tree", str(command.work_tree)]
        if command.in_repository:
            git += ["--git-dir", str(self.folder)]
        return ["/bin/sh", "-c", _script(file_bytes), "git", *git, *command.arguments]

    def _wait(self, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        """Until the process ends, its time is over, it grows too large or is cancelled.

        A host's messages are errors, too: many of them end it.
        """
        deadline = time.monotonic() + self.seconds
        next_measurement = time.monotonic() + MEASURE_SECONDS
        while not _has_ended(process):
            now = time.monotonic()
            if now > deadline:
                raise Unreachable("timeout")
            if _size_of(errors) > MAX_ERROR_BYTES:
                raise Unreachable("host_failed")
            if self.cancelled():
                raise InterruptedError
            if now > next_measurement:
                next_measurement = now + MEASURE_SECONDS
                self._check_size()

    def _error(self, errors: IO[bytes], status: int) -> SourceError:
        errors.seek(0)
        text = errors.read(ERROR_BYTES).decode("utf-8", "replace")
        return error_from_output(text, status, self.megabytes)

    def _check_size(self) -> None:
        if folder_bytes(self.folder) > self.megabytes * 1_000_000:
            raise RepositoryTooLarge("over_limit", megabytes=self.megabytes)


def installed_version() -> str:
    """The version of git, such as 2.43.0. Raises SourceError where it does not run."""
    runner = GitRunner(Path("/"), VERSION_SECONDS, 1, bool)
    output = runner.output(GitCommand(("version",), in_repository=False))
    return output.decode("utf-8", "replace").split()[2]


def _script(file_bytes: int) -> str:
    """A shell script that runs its arguments under limits.

    The shell sets them: Python code between fork and exec is not thread-safe. A system
    without a memory limit ignores that line.
    """
    return (
        f"ulimit -v {MEMORY_KILOBYTES} 2>/dev/null;"
        f" ulimit -f {file_bytes // BLOCK_BYTES + 1}; ulimit -c 0;"
        ' exec "$@"'
    )


def environment(config: Mapping[str, str]) -> dict[str, str]:
    """Git's environment: PATH and proxies, no system or user configuration, no prompts.

    `config` extends CONFIG; both travel in variables, never in arguments or files.
    """
    passed = {name: os.environ[name] for name in PASSED_VARIABLES if name in os.environ}
    path = os.environ.get("PATH", os.defpath)
    settings = _config_variables({**CONFIG, **config})
    return {**passed, **FIXED_VARIABLES, "PATH": path, **settings}


def _config_variables(config: Mapping[str, str]) -> dict[str, str]:
    """Settings as git reads them from its environment (git-config, GIT_CONFIG_COUNT)."""
    variables = {"GIT_CONFIG_COUNT": str(len(config))}
    for number, (key, value) in enumerate(config.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def kill(process: subprocess.Popen[bytes]) -> None:
    """End git and every helper it started: they share its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def folder_bytes(folder: Path) -> int:
    """The size of all files under `folder`; those removed meanwhile count nothing."""
    total = 0
    for path, _, names in os.walk(folder):
        total += sum(_file_bytes(Path(path, name)) for name in names)
    return total


def _file_bytes(path: Path) -> int:
    """The size of a file; 0 if it cannot be read."""
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _size_of(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _is_over_limit(process: subprocess.Popen[bytes], command: GitCommand) -> bool:
    """Whether a command that writes no files was ended by the limit on its output."""
    return not command.writes and process.returncode in OVER_LIMIT_STATUSES


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True
