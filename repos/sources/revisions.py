"""Names of branches, tags and commits, and the one rule for what such a name means.

A branch counts before a tag of the same name, as at git hosts and in `git clone
--branch`; `refs/tags/name` names the tag. Fetching, comparing with the remote and local
repositories all go by `candidate_refs`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from repos.sources.errors import BadAddress
from repos.sources.host_pages import NamedRevision

HEAD = "HEAD"
BRANCHES = "refs/heads/"
TAGS = "refs/tags/"
REF_FOLDERS = ("refs/", BRANCHES, TAGS)
# git-check-ref-format, without what could be an option or an expression.
REVISION = re.compile(
    r"(?![-/])(?!.*(\.\.|//|@\{|\.lock(/|$)|(^|/)[.]))[^\x00-\x20\x7f~^:?*\[\\]{1,200}(?<![./])"
)
BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
COMMIT_ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")  # SHA-1 or SHA-256
SHORT_ID = re.compile(r"[0-9a-f]{4,63}")
FOREIGN_PREFIX = re.compile(r"(?:refs/)?(?:remotes/)?origin/")  # a clone's name of a branch


def check_revision(text: str) -> str:
    """The name of a branch, tag or commit, without `refs/heads/`.

    Raises BadAddress if it cannot be one.
    """
    if not _is_revision(text):
        raise BadAddress("bad_revision")
    name = text.removeprefix(BRANCHES)
    if is_commit_id(text.lower()):
        return text.lower()
    if name.startswith("refs/") or not _is_revision(name):
        return text  # a branch whose own name could be taken for something else
    return name


def is_commit_id(text: str) -> bool:
    """Whether it is a whole commit id."""
    return COMMIT_ID.fullmatch(text) is not None


def is_short_id(text: str) -> bool:
    """Whether it may be the beginning of a commit id."""
    return SHORT_ID.fullmatch(text) is not None


def candidate_refs(name: str) -> tuple[str, ...]:
    """The refs a name may stand for, the first that exists counts; HEAD for an empty one."""
    if name in ("", HEAD):
        return (HEAD,)
    if name.startswith("refs/") and not name.startswith("refs/remotes/"):
        return (name,)
    names = [name]
    if match := FOREIGN_PREFIX.match(name):
        names.append(name[match.end() :])
    return tuple(prefix + each for each in names if each for prefix in (BRANCHES, TAGS))


def possible_names(revision: NamedRevision) -> Iterator[str]:
    """The names of revisions that a pasted address may mean, the longest first."""
    text = revision.text
    while text and f"{text}/" not in REF_FOLDERS:
        if _is_revision(text):
            yield check_revision(text)
        if not revision.has_path:
            return
        text = text.rpartition("/")[0]


def _is_revision(text: str) -> bool:
    return bool(REVISION.fullmatch(text)) and text != "@" and not _has_bad_characters(text)


def _has_bad_characters(text: str) -> bool:
    return not BAD_CATEGORIES.isdisjoint(map(unicodedata.category, text))
