"""Git over bare repositories. No other module runs git.

Only https (or an allowed http host) is spoken and nothing is ever checked out: links,
hooks, filters, submodules and odd names in a repository stay data.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from repos.sources.blobs import read_blob, write_requests
from repos.sources.errors import Moved, NoRevision, NotFound, SourceError
from repos.sources.git_process import Cancelled, GitCommand, GitRunner, kill
from repos.sources.remote import Remote
from repos.sources.remote_refs import (
    ListRefs,
    Ref,
    commits_beginning,
    find_ref,
    first_existing,
    missing_ref,
    missing_revision,
)
from repos.sources.revisions import (
    HEAD,
    candidate_refs,
    check_revision,
    is_commit_id,
    is_short_id,
)
from repos.sources.tree import Contents, Entries, TreeEntry
from repos.sources.tree_listing import tree_entries

TREE_BYTES = 100_000_000  # the most that `ls-tree` may print
FETCHED_REF = "refs/deepwiki/fetched"
ALL_BRANCHES = "+refs/heads/*:refs/deepwiki/heads/*"
CLONED_BRANCHES = "refs/remotes/origin/"
SHA256_CHARS = 64  # of a commit's id
FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-gc",
    "--no-recurse-submodules",
)
WITHOUT_FILES = "--filter=tree:0"
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
        ref = self.resolve(remote, revision)
        self._init(ref.commit)
        command = [*FETCH, f"--depth={depth}"]
        if not files:
            command.append(WITHOUT_FILES)
        command.append("--end-of-options")
        self._remote_output(remote, command, [f"+{ref.name}:{FETCHED_REF}"], writes=True)
        return self.commit(FETCHED_REF)

    def resolve(self, remote: Remote, revision: str = "") -> Ref:
        """The ref that `revision` stands for at the remote; the default branch's if empty.

        Raises NoRevision, and Broken if the repository is empty.
        """
        name = revision_name(revision)
        if is_commit_id(name):
            return Ref(name, name)
        list_refs = self._refs_of(remote)
        ref = find_ref(list_refs, name)
        if ref is None and is_short_id(name.lower()):
            ref = self._expand(remote, name.lower())
        if ref is None:
            raise missing_ref(list_refs, name)
        return ref

    def first_existing(self, remote: Remote, names: Iterable[str]) -> str:
        """The first of `names` that is a branch or tag of the remote, empty if none is."""
        return first_existing(self._refs_of(remote), names)

    def commits_between(self, old: str, new: str) -> int | None:
        """The number of commits after `old` up to `new`.

        None if `old` is not a known ancestor of `new`.
        """
        if not is_commit_id(old) or not is_commit_id(new):
            return None
        try:
            return self._count_commits(old, new)
        except SourceError:
            return None

    def remote_commit(self, remote: Remote, revision: str = "", known: str = "") -> str:
        """The commit of a remote revision, without its files; empty if there is none.

        `known` is the commit that the beginning of an id stood for before. The remote is
        asked in any case: it may have become private.
        """
        name = revision_name(revision)
        if is_commit_id(name):
            self._refs_of(remote)([HEAD])
        if is_short_id(name.lower()) and known.startswith(name.lower()):
            ref = find_ref(self._refs_of(remote), name)
            return ref.commit if ref is not None else known
        try:
            return self.resolve(remote, revision).commit
        except NoRevision:
            return ""

    def commit(self, revision: str = HEAD) -> str:
        """The full id of the commit that a ref or an id of this repository names."""
        commit = self._output(*REV_PARSE, f"{revision}^{{commit}}")
        if not is_commit_id(commit):
            raise NoRevision
        return commit

    def local_commit(self, revision: str = "") -> str:
        """The commit that `revision` stands for in this repository; HEAD's if empty.

        By the same rule as at a remote; branches of the remote it was cloned from come
        last. Raises NoRevision, and Broken if the repository is empty.
        """
        name = revision_name(revision)
        refs = [*candidate_refs(name), f"{CLONED_BRANCHES}{name}"]
        if is_short_id(name.lower()) or is_commit_id(name):
            refs.append(name.lower())
        for ref in refs:
            with contextlib.suppress(SourceError):
                return self.commit(ref)
        is_empty = not self._output("for-each-ref", "--count=1")
        raise missing_revision(name, is_empty=is_empty)

    def entries(self, commit: str) -> list[TreeEntry]:
        """Every file, link and submodule of a commit's tree.

        Raises RepositoryTooLarge for more than MAX_ENTRIES.
        """
        return list(tree_entries(self._listing(commit)))

    def _listing(self, commit: str) -> bytes:
        command = GitCommand([*LS_TREE, commit], too_large="too_many_files")
        return self.runner.output(command, TREE_BYTES)

    def read(self, entries: Entries) -> Contents:
        """The bytes of each entry, in order, through one `cat-file --batch`."""
        entries = list(entries)
        with self._cat_file([entry.sha for entry in entries]) as stdout:
            for entry in entries:
                data = read_blob(stdout)
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
            writer = threading.Thread(target=write_requests, args=arguments, daemon=True)
            writer.start()
            try:
                yield process.stdout
            finally:
                kill(process)
                process.stdout.close()
                writer.join(5)

    def _refs_of(self, remote: Remote) -> ListRefs:
        """Lists refs of a remote."""

        def list_refs(patterns: Sequence[str]) -> bytes:
            return self._remote_output(remote, LS_REMOTE, patterns, in_repository=False)

        return list_refs

    def _expand(self, remote: Remote, short_id: str) -> Ref | None:
        """The commit whose id begins so: of a branch or tag, else of any branch's history."""
        commits = commits_beginning(self._refs_of(remote), short_id)
        if len(commits) > 1:
            raise NoRevision("ambiguous_commit")
        if commits:
            (commit,) = commits
        else:
            commit = self._commit_in_history(remote, short_id)
        if not commit:
            return None
        return Ref(commit, commit)

    def _commit_in_history(self, remote: Remote, short_id: str) -> str:
        """The commit of any branch whose id begins so, empty if there is none.

        Fetches all commits without their files, into a folder of its own: git takes the
        files of commits it has for granted.
        """
        head = find_ref(self._refs_of(remote), HEAD)
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as folder:
            history = Git(
                Path(folder),
                seconds=self.runner.seconds,
                megabytes=self.runner.megabytes,
                cancelled=self.runner.cancelled,
            )
            history._init(head.commit if head else "")
            command = [*FETCH, WITHOUT_FILES, "--end-of-options"]
            history._remote_output(remote, command, [ALL_BRANCHES], writes=True)
            try:
                return history.commit(short_id)
            except SourceError:
                return ""

    def _init(self, commit: str) -> None:
        """Create the repository folder unless it exists, for ids like `commit`."""
        if (self.folder / "HEAD").exists():
            return
        object_format = "sha256" if len(commit) == SHA256_CHARS else "sha1"
        arguments = [*INIT, f"--object-format={object_format}", str(self.folder)]
        self.runner.output(GitCommand(arguments, in_repository=False, writes=True))

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
        writes: bool = False,
    ) -> bytes:
        """The output of a command that takes an address, tried with each spelling of it.

        The token travels in git's environment only: never in an argument, file or address.
        """
        config = remote.config()
        moved: SourceError | None = None
        missing: SourceError | None = None
        for url in remote.urls():
            command = GitCommand([*arguments, url, *refs], config, in_repository, writes=writes)
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
    return check_revision(revision or HEAD)
