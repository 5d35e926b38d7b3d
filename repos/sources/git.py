"""Git over bare repositories. No other module runs git.

Only https (or an allowed http host) is spoken and nothing is ever checked out: links,
hooks, filters, submodules and odd names in a repository stay data.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from repos.sources.errors import Broken, Moved, NoRevision, NotFound, SourceError
from repos.sources.git_process import Cancelled, GitCommand, GitRunner, kill
from repos.sources.remote import Remote
from repos.sources.revisions import check_revision
from repos.sources.tree import Contents, Entries, TreeEntry

TREE_BYTES = 400_000_000  # the most that `ls-tree` may print
FETCHED_REF = "refs/deepwiki/fetched"
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")  # SHA-1 or SHA-256
FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-gc",
    "--no-recurse-submodules",
)
INIT = ("init", "--bare", "--quiet")
LS_REMOTE = ("ls-remote", "--quiet", "--end-of-options")
LS_TREE = ("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options")
REV_PARSE = ("rev-parse", "--verify", "--quiet", "--end-of-options")


class Git:
    """One bare repository folder.

    Every method raises the SourceError family, and InterruptedError once `cancelled()`
    is true; git is killed then.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seconds: int = 120,
        megabytes: int = 500,
        cancelled: Cancelled = bool,
    ) -> None:
        self.folder = folder
        self.runner = GitRunner(folder, seconds, megabytes, cancelled)

    def fetch(
        self, remote: Remote, revision: str = "", *, depth: int = 1, files: bool = True
    ) -> str:
        """Fetch the last `depth` commits, with or without their files.

        Creates the repository folder if needed. Returns the newest commit's full id.
        """
        self._init()
        name = revision_name(revision)
        command = [*FETCH, f"--depth={depth}"]
        if not files:
            command.append("--filter=tree:0")
        command.append("--end-of-options")
        self._remote_output(remote, command, [f"+{name}:{FETCHED_REF}"])
        return self.commit(FETCHED_REF)

    def commits_between(self, old: str, new: str) -> int | None:
        """The number of commits after `old` up to `new`.

        None if `old` is not a known ancestor of `new`.
        """
        if not _is_commit_id(old) or not _is_commit_id(new):
            return None
        try:
            return self._count_commits(old, new)
        except SourceError:
            return None

    def remote_commit(self, remote: Remote, revision: str = "") -> str:
        """The commit of a remote branch or tag, without fetching; empty if there is none."""
        name = revision_name(revision)
        if _is_commit_id(name):
            if remote.token:  # the commit is known, but the token may have been revoked
                self._remote_output(remote, LS_REMOTE, ["HEAD"], in_repository=False)
            return name
        refs = _candidate_refs(name)
        output = self._remote_output(remote, LS_REMOTE, refs, in_repository=False)
        return _first_commit(output.decode("utf-8", "replace"), refs)

    def commit(self, revision: str = "HEAD") -> str:
        """The full id of the commit `revision` names."""
        commit = self._output(*REV_PARSE, f"{revision}^{{commit}}")
        if not _is_commit_id(commit):
            raise NoRevision
        return commit

    def entries(self, commit: str) -> list[TreeEntry]:
        """Every file, link and submodule of a commit's tree."""
        output = self.runner.output(GitCommand([*LS_TREE, commit]), TREE_BYTES)
        return _tree_entries(output)

    def read(self, entries: Entries) -> Contents:
        """The bytes of each entry, in order, through one `cat-file --batch`."""
        entries = list(entries)
        with self._cat_file([entry.sha for entry in entries]) as stdout:
            for entry in entries:
                data = _read_blob(stdout)
                if self.runner.cancelled():
                    raise InterruptedError
                yield entry, data

    @contextlib.contextmanager
    def _cat_file(self, shas: list[str]) -> Iterator[IO[bytes]]:
        """The output of `cat-file --batch` for these ids."""
        command = GitCommand(["cat-file", "--batch", "--buffer"])
        with tempfile.TemporaryFile() as errors:
            process = self.runner.start(command, stdin=subprocess.PIPE, stderr=errors)
            assert process.stdin
            assert process.stdout
            # Requests are written in a thread: both pipes are bounded.
            arguments = (process.stdin, shas)
            writer = threading.Thread(target=_write_requests, args=arguments, daemon=True)
            writer.start()
            try:
                yield process.stdout
            finally:
                kill(process)
                process.stdout.close()
                writer.join(5)

    def _init(self) -> None:
        """Create the repository folder unless it exists."""
        if not (self.folder / "HEAD").exists():
            command = GitCommand([*INIT, str(self.folder)], in_repository=False)
            self.runner.output(command)

    def _count_commits(self, old: str, new: str) -> int:
        """See `commits_between`. Raises SourceError if `old` is no ancestor of `new`."""
        self._output("merge-base", "--is-ancestor", old, new)
        return int(self._output("rev-list", "--count", "--end-of-options", f"{old}..{new}"))

    def _output(self, *arguments: str) -> str:
        """The output of a command in this repository, without white space around it."""
        return self.runner.output(GitCommand(arguments)).decode().strip()

    def _remote_output(
        self,
        remote: Remote,
        arguments: Sequence[str],
        refs: Sequence[str],
        *,
        in_repository: bool = True,
    ) -> bytes:
        """The output of a command that takes an address, tried with each spelling of it.

        The token travels in git's environment only: never in an argument, file or address.
        """
        config = remote.config()
        moved: SourceError | None = None
        missing: SourceError | None = None
        for url in remote.urls():
            command = GitCommand([*arguments, url, *refs], config, in_repository)
            try:
                return self.runner.output(command)
            except NoRevision:
                raise
            except Moved as error:
                moved = error  # perhaps only to the other spelling; `moved_to` finds out
            except NotFound as error:
                missing = error
        raise moved or missing or NotFound("no_repository")


def revision_name(revision: str) -> str:
    """`revision` as git takes it; the default branch's if empty. Raises BadAddress."""
    return check_revision(revision or "HEAD")


def _is_commit_id(text: str) -> bool:
    return COMMIT.fullmatch(text) is not None


def _candidate_refs(name: str) -> list[str]:
    """The refs a branch or tag may stand for; the last one is a tag's commit."""
    if name == "HEAD":
        return ["HEAD"]
    return [f"refs/heads/{name}", f"refs/tags/{name}", f"refs/tags/{name}^{{}}"]


def _first_commit(output: str, refs: list[str]) -> str:
    """The commit in `ls-remote`'s output: of the branch, else of the tag."""
    commits = _commits_by_ref(output)
    candidates = (commits.get(ref, "") for ref in (refs[0], *reversed(refs)))
    commit = next(filter(None, candidates), "")
    if not _is_commit_id(commit):
        return ""
    return commit


def _commits_by_ref(output: str) -> dict[str, str]:
    commits: dict[str, str] = {}
    for line in output.splitlines():
        commit, _, ref = line.partition("\t")
        commits[ref] = commit
    return commits


def _tree_entries(output: bytes) -> list[TreeEntry]:
    """The entries in the output of `ls-tree -z`."""
    return [_tree_entry(record) for record in output.split(b"\0") if b"\t" in record]


def _tree_entry(record: bytes) -> TreeEntry:
    """A line of `ls-tree -l`: mode, type, id, size (`-` for submodules), tab, path."""
    head, _, path = record.partition(b"\t")
    mode, _, sha, size = head.split()
    return TreeEntry(
        path=path.decode("utf-8", "surrogateescape"),
        sha=sha.decode(),
        size=_size(size),
        mode=mode.decode(),
    )


def _size(digits: bytes) -> int:
    if digits.isdigit():
        return int(digits)
    return 0


def _write_requests(stdin: IO[bytes], shas: list[str]) -> None:
    # OSError: the reader has stopped and killed git.
    with contextlib.suppress(OSError):
        stdin.write(_requests(shas))
        stdin.close()


def _requests(shas: list[str]) -> bytes:
    """The input of `cat-file --batch`: an id a line."""
    return "".join(f"{sha}\n" for sha in shas).encode()


def _read_blob(stdout: IO[bytes]) -> bytes:
    """One answer of `cat-file --batch`: id, type, size, newline, contents, newline."""
    head = stdout.readline().split()
    if len(head) != 3 or head[1] != b"blob":
        raise Broken("blob_missing")
    size = int(head[2])
    data = stdout.read(size + 1)[:-1]
    if len(data) != size:
        raise Broken("blob_truncated")
    return data
