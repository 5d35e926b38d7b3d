"""What a name means at a remote: its branches and tags as `git ls-remote` lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from repos.sources.errors import Broken, NoRevision, RepositoryTooLarge, SourceError
from repos.sources.revisions import BRANCHES, HEAD, TAGS, candidate_refs, is_commit_id

ListRefs = Callable[[Sequence[str]], bytes]  # patterns -> output of ls-remote; all if none
MAX_NAMES = 20  # that are looked up at once
PEELED = "^{}"  # the commit of an annotated tag


@dataclass(frozen=True)
class Ref:
    """A branch, tag or HEAD by its full name, or a commit by its id, and its commit."""

    name: str
    commit: str


def find_ref(list_refs: ListRefs, name: str) -> Ref | None:
    """The ref that `name` stands for, None if the remote has none."""
    return next(_refs(list_refs, [name]), (name, None))[1]


def first_existing(list_refs: ListRefs, names: Iterable[str]) -> str:
    """The first of `names` that stands for a branch or tag, empty if none does."""
    shortest = list(names)[-MAX_NAMES:]
    return next(_refs(list_refs, shortest), ("", None))[0]


def commits_beginning(list_refs: ListRefs, short_id: str) -> set[str]:
    """The commits that branches and tags stand at whose id begins so."""
    try:
        commits = _commits_by_ref(list_refs([]))
    except RepositoryTooLarge:
        return set()
    peeled = {ref.removesuffix(PEELED) for ref in commits if ref.endswith(PEELED)}
    return {
        commit
        for ref, commit in commits.items()
        if ref not in peeled and commit.startswith(short_id)
    }


def missing_ref(list_refs: ListRefs, name: str) -> SourceError:
    """The error for a remote without the ref: it is empty, or has others."""
    return missing_revision(name, is_empty=_is_empty(list_refs))


def missing_revision(name: str, *, is_empty: bool) -> SourceError:
    """The error for a repository without a revision of this name."""
    if is_empty:
        return Broken("empty_repository")
    if name in ("", HEAD):
        return NoRevision("no_default_branch")
    return NoRevision()


def _is_empty(list_refs: ListRefs) -> bool:
    """Whether the remote has no branch and no tag."""
    try:
        return not list_refs([f"{BRANCHES}*", f"{TAGS}*"]).strip()
    except RepositoryTooLarge:
        return False


def _refs(list_refs: ListRefs, names: Sequence[str]) -> Iterator[tuple[str, Ref]]:
    """The refs that exist, each with the name that stands for it, in the names' order."""
    candidates = {name: candidate_refs(name) for name in names}
    refs = [ref for name in names for ref in candidates[name]]
    patterns = [*refs, *(ref + PEELED for ref in refs if ref.startswith(TAGS))]
    if not patterns:
        return
    commits = _commits_by_ref(list_refs(patterns))
    for name in names:
        for ref in candidates[name]:
            commit = _commit_of(commits, ref)
            if is_commit_id(commit):
                yield name, Ref(ref, commit)
                break


def _commit_of(commits: Mapping[str, str], ref: str) -> str:
    return commits.get(ref + PEELED) or commits.get(ref, "")


def _commits_by_ref(output: bytes) -> dict[str, str]:
    commits: dict[str, str] = {}
    for line in output.decode("utf-8", "replace").split("\n"):
        commit, _, ref = line.partition("\t")
        commits[ref] = commit
    return commits
