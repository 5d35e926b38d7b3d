"""The one place that runs git.

Every call has an argument list, a clean environment, its own process group that is killed whole, and limits on time,
memory and size. Only https (or an allow-listed host) is spoken; nothing is ever checked out, so that links, hooks,
filters, submodules and odd names in a repository stay data.
"""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from repos.sources.address import Address, check_revision
from repos.sources.errors import (
    AddressRefused,
    Broken,
    Moved,
    NoRevision,
    NotFound,
    RepositoryTooLarge,
    SourceError,
    Unreachable,
)
from repos.sources.git_process import MEMORY_KILOBYTES, _environment, _feed, _kill, _size
from repos.sources.network_policy import PinnedHost
from repos.sources.tree import TreeEntry

TREE_BYTES = 400_000_000
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
USERS = {"gitlab": "oauth2", "bitbucket": "x-token-auth", "azure": ""}
# What git prints -> what to say. The first that matches wins.
ANSWERS: list[tuple[str, type[SourceError], str]] = [
    (
        r"couldn't find remote ref|unknown revision|not our ref|no such ref|invalid refspec",
        NoRevision,
        "This repository has no such branch, tag or commit.",
    ),
    (
        r"error: (401|403|404)|not found|authentication failed|could not read username|access denied"
        r"|repository .* does not exist",
        NotFound,
        "There is no such repository, or it is private. Check the address, or add an access token that can read it.",
    ),
    (r"error: 30[1278]|redirect", Moved, "This repository has moved. Use its new address."),
    (
        r"file size limit|died of signal 25|invalid index-pack output|no space left|cannot allocate|out of memory",
        RepositoryTooLarge,
        "This repository is too large for this server.",
    ),
    (
        r"protocol .* not supported|transport .* not allowed",
        AddressRefused,
        "Only https addresses of git repositories can be used.",
    ),
    (
        r"could not resolve host|failed to connect|connection (refused|timed out|reset)|timed out|operation too slow|ssl"
        r"|certificate|error: 5\d\d",
        Unreachable,
        "The repository's host did not answer as it should. Try again later.",
    ),
]


@dataclass(frozen=True)
class Remote:
    """A remote that may be reached: its checked address, and what reaching it takes.

    `ca_file` is a bundle of trusted certificates in place of git's own, `proxy` an http(s) or socks address.
    """

    address: Address
    pinned: PinnedHost
    token: str = field(default="", repr=False)
    ca_file: str = ""
    proxy: str = ""

    def config(self) -> dict[str, str]:
        """Git's settings for this remote."""
        config = {f"protocol.{self.address.scheme}.allow": "always"}
        if self.pinned.addresses and ":" not in self.pinned.host:
            literal = ",".join(f"[{ip}]" if ":" in ip else ip for ip in self.pinned.addresses)
            config["http.curloptResolve"] = f"{self.pinned.host}:{self.pinned.port}:{literal}"
        if authorization := self.authorization():
            for exact in (
                self.address.url,
                f"{self.address.url}.git",
            ):  # git compares whole path parts
                config[f"http.{exact}.extraHeader"] = f"Authorization: {authorization}"
        if self.ca_file:
            config["http.sslCAInfo"] = self.ca_file
        if self.proxy:
            config["http.proxy"] = self.proxy
        return config

    def authorization(self) -> str:
        """The value of the Authorization header, empty without a token."""
        if not self.token:
            return ""
        user = USERS.get(self.address.kind, "x-access-token")
        return f"Basic {base64.b64encode(f'{user}:{self.token}'.encode()).decode()}"


class Git:
    """Git over one bare repository folder.

    `cancelled` is asked about ten times a second while git runs; when it says yes, git is killed and Interrupted
    raised.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seconds: int = 120,
        megabytes: int = 500,
        cancelled: Callable[[], bool] = bool,
    ) -> None:
        self.folder = folder
        self.seconds = seconds
        self.megabytes = megabytes
        self.cancelled = cancelled

    def fetch(
        self, remote: Remote, revision: str = "", *, depth: int = 1, files: bool = True
    ) -> str:
        """Fetch the last `depth` commits, with or without their files, into the bare folder, which is made when it is
        new; returns the last one's full id."""
        if not (self.folder / "HEAD").exists():
            self._run(["init", "--bare", "--quiet", str(self.folder)], inside=False)
        wanted = check_revision(revision) if revision else "HEAD"
        without = [] if files else ["--filter=tree:0"]
        self._ask(
            remote,
            [
                "fetch",
                "--quiet",
                *without,
                f"--depth={depth}",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-auto-gc",
                "--no-recurse-submodules",
                "--end-of-options",
            ],
            [f"+{wanted}:refs/deepwiki/fetched"],
        )
        return self.commit("refs/deepwiki/fetched")

    def commits_between(self, old: str, new: str) -> int | None:
        """How many commits lead from `old` to `new`, of those that are here; None when `old` is none of them."""
        if not COMMIT.fullmatch(old) or not COMMIT.fullmatch(new):
            return None
        try:
            self._run(["merge-base", "--is-ancestor", old, new])
            return int(self._run(["rev-list", "--count", "--end-of-options", f"{old}..{new}"]))
        except SourceError:
            return None

    def remote_commit(self, remote: Remote, revision: str = "") -> str:
        """The commit a branch or tag of the remote stands at now, without fetching it; empty when it does not say."""
        wanted = check_revision(revision) if revision else "HEAD"
        if COMMIT.fullmatch(wanted):
            if remote.token:  # it stands where it stands, but may we still read it?
                self._ask(
                    remote, ["ls-remote", "--quiet", "--end-of-options"], ["HEAD"], inside=False
                )
            return wanted
        refs = (
            ["HEAD"]
            if wanted == "HEAD"
            else [f"refs/heads/{wanted}", f"refs/tags/{wanted}", f"refs/tags/{wanted}^{{}}"]
        )
        out = self._ask(
            remote, ["ls-remote", "--quiet", "--end-of-options"], refs, inside=False
        ).decode("utf-8", "replace")
        found = {
            name: commit for commit, _, name in (line.partition("\t") for line in out.splitlines())
        }
        commit = next((found[ref] for ref in (refs[0], *reversed(refs)) if ref in found), "")
        return commit if COMMIT.fullmatch(commit) else ""

    def _ask(
        self, remote: Remote, command: list[str], refs: list[str], *, inside: bool = True
    ) -> bytes:
        """Run a command that talks to the remote, trying the address with and without `.git`.

        The token travels in git's environment only: never in an argument list, a file or an address.
        """
        address, config = remote.address, remote.config()
        url = address.url + ("" if address.kind == "azure" else ".git")
        moved: SourceError | None = None
        missing: SourceError | None = None
        for attempt in dict.fromkeys((url, address.url)):
            try:
                return self._run([*command, attempt, *refs], config=config, inside=inside)
            except NoRevision:
                raise
            except Moved as error:
                moved = (
                    error  # perhaps only from one spelling to the other: who follows it will see
                )
            except NotFound as error:
                missing = error
        raise moved or missing or NotFound("There is no such repository.")

    def commit(self, revision: str = "HEAD") -> str:
        """The full id of the commit `revision` names."""
        name = (
            self._run(
                ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
            )
            .decode()
            .strip()
        )
        if not COMMIT.fullmatch(name):
            raise NoRevision("This repository has no such branch, tag or commit.")
        return name

    def entries(self, commit: str) -> list[TreeEntry]:
        """Every file, link and submodule of a commit's tree."""
        out = self._run(
            ["ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", commit],
            limit=TREE_BYTES,
        )
        entries = []
        for record in out.split(b"\0"):
            head, tab, path = record.partition(b"\t")
            if not tab:
                continue
            mode, _, sha, size = head.split()
            entries.append(
                TreeEntry(
                    path.decode("utf-8", "surrogateescape"),
                    sha.decode(),
                    int(size) if size != b"-" else 0,
                    mode.decode(),
                )
            )
        return entries

    def read(self, entries: Iterable[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]:
        """The bytes of each entry, in order, through one `cat-file --batch`."""
        with tempfile.TemporaryFile() as errors:
            process = self._spawn(
                ["cat-file", "--batch", "--buffer"], {}, errors, stdin=subprocess.PIPE
            )
            assert process.stdin
            assert process.stdout
            wanted = list(entries)
            feeder = threading.Thread(
                target=_feed, args=(process, [entry.sha for entry in wanted]), daemon=True
            )
            feeder.start()
            try:
                for entry in wanted:
                    head = process.stdout.readline().split()
                    if len(head) != 3 or head[1] != b"blob":
                        raise Broken("This repository is damaged: a file's contents are missing.")
                    data = process.stdout.read(int(head[2]) + 1)[:-1]
                    if len(data) != int(head[2]):
                        raise Broken("This repository is damaged: a file's contents are cut off.")
                    if self.cancelled():
                        raise InterruptedError
                    yield entry, data
            finally:
                _kill(process)
                process.stdout.close()
                feeder.join(5)

    def _run(
        self,
        arguments: list[str],
        *,
        config: dict[str, str] | None = None,
        inside: bool = True,
        limit: int = 1_000_000,
    ) -> bytes:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = self._spawn(arguments, config or {}, errors, stdout=out, inside=inside)
            try:
                self._watch(process)
            finally:
                _kill(process)
            if out.tell() > limit or os.fstat(out.fileno()).st_size > limit:
                raise RepositoryTooLarge("This repository has too many files for this server.")
            if process.returncode != 0:
                errors.seek(0)
                raise self._explain(
                    errors.read(20_000).decode("utf-8", "replace"), process.returncode
                )
            out.seek(0)
            return out.read()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.seconds
        measured = time.monotonic()
        while True:
            try:
                process.wait(0.1)
                return
            except subprocess.TimeoutExpired:
                pass
            now = time.monotonic()
            if now > deadline:
                raise Unreachable("Fetching this repository took too long. Try again later.")
            if self.cancelled():
                raise InterruptedError
            if now - measured > 1:
                measured = now
                if _size(self.folder) > self.megabytes * 1_000_000:
                    raise RepositoryTooLarge(
                        f"This repository is larger than {self.megabytes} MB, the most this server fetches."
                    )

    def _explain(self, errors: str, code: int) -> SourceError:
        lowered = errors.lower()
        for pattern, kind, words in ANSWERS:
            if re.search(pattern, lowered):
                return kind(words)
        if code in (-signal.SIGXFSZ, 128 + signal.SIGXFSZ):
            return RepositoryTooLarge(
                f"This repository is larger than {self.megabytes} MB, the most this server fetches."
            )
        return Broken("This repository cannot be read.")

    def _spawn(
        self,
        arguments: list[str],
        config: dict[str, str],
        errors: object,
        *,
        stdout: object = subprocess.PIPE,
        stdin: object = subprocess.DEVNULL,
        inside: bool = True,
    ) -> subprocess.Popen[bytes]:
        # ulimit sets the limits without running Python between fork and exec, which threads make unsafe.
        # 512-byte blocks of file size; a memory limit that the system does not know is left out.
        limits = f'ulimit -v {MEMORY_KILOBYTES} 2>/dev/null; ulimit -f {self.megabytes * 2_048}; ulimit -c 0; exec "$@"'
        location = ["--git-dir", str(self.folder)] if inside else []
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            ["/bin/sh", "-c", limits, "git", "git", "--no-pager", *location, *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=errors,
            env=_environment(config),
            cwd="/",
            start_new_session=True,
        )
