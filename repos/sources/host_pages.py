"""Pages of git hosts: which repository, and which revision, an address of a page names.

A rule describes one form of page. Words such as `tree` or `actions` mean a page only
where a rule places them, never anywhere in a path: repositories are called that, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

COMMIT = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"  # SHA-1 or SHA-256
ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)
# Headings of a repository's own page, and lines of a file.
ANCHOR = re.compile(r"(readme\b.*|user-content-.*|tab-.*|L\d.*|lines-\d.*|n?\d+|egg=.*)", re.I)


@dataclass(frozen=True)
class NamedRevision:
    """The revision a pasted address names, as it stands there; empty if it names none.

    has_path    a path may follow it: `feature/x/src/a.py`
    is_optional it may be the heading of a page instead: `#installation`
    path        the file or folder of the page, where it stands apart from the revision
    """

    text: str = ""
    has_path: bool = False
    is_optional: bool = False
    path: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether it is a revision and nothing else, whatever refs the host has."""
        return not self.is_optional and not (self.has_path and "/" in self.text)

    def path_behind(self, revision: str) -> str:
        """The file or folder of the page if `revision` is the one meant; empty if none."""
        path = self.path
        if self.has_path and self.text.startswith(f"{revision}/"):
            path = self.text.removeprefix(f"{revision}/")
        path = path.strip("/")
        return path if path.isprintable() else ""


NO_REVISION = NamedRevision()


@dataclass(frozen=True)
class PastedUrl:
    """The path of an address as typed (percent-encoded), its query and its fragment."""

    path: str
    query: str = ""
    fragment: str = ""

    def parameter(self, name: str) -> str:
        """The first value of a query parameter, empty if there is none."""
        pairs = parse_qsl(self.query, max_num_fields=50)
        return next((value for key, value in pairs if key == name), "")


@dataclass(frozen=True)
class PageRule:
    """One form of page.

    `pattern` matches a whole percent-encoded path without slashes around it. Its groups:
    `ref` a revision, `tail` a revision that a path may follow, and those that
    `repository`, the path of the repository, names.
    `revision` makes a revision of `ref`. Where `parameters` are given, the query must
    contain one of them; `fragment` must match the fragment. `lowercase` tells that the
    repository's own address is written in lower case.
    """

    pattern: str
    repository: str = "{repo}"
    revision: str = "{ref}"
    parameters: tuple[str, ...] = ()
    fragment: str = ""
    lowercase: bool = False

    def match(self, url: PastedUrl) -> re.Match[str] | None:
        """The match of a page of this form, else None."""
        if self.parameters and not any(map(url.parameter, self.parameters)):
            return None
        if self.fragment and not re.match(self.fragment, url.fragment):
            return None
        return re.fullmatch(self.pattern, url.path)

    def repository_path(self, match: re.Match[str]) -> str:
        """The percent-encoded path of the page's repository."""
        path = self.repository.format_map(_groups(match))
        if self.lowercase:
            return path.lower()
        return path

    def named_revision(self, match: re.Match[str]) -> NamedRevision:
        """The revision in the page's path."""
        groups = _groups(match)
        path = unquote(groups.get("path", ""))
        if groups.get("ref"):
            return NamedRevision(self.revision.format(ref=unquote(groups["ref"])), path=path)
        tail = groups.get("tail", "")
        first, _, rest = tail.partition("/")
        if ENCODED_SLASH.search(first):  # its slashes are encoded: here it ends
            return NamedRevision(unquote(first), path=unquote(rest))
        return NamedRevision(unquote(tail), has_path=bool(rest), path=path)


@dataclass(frozen=True)
class RevisionParameter:
    """A query parameter that names a revision.

    `prefixes` replaces the first characters of its value: `GBmain` is the branch main.
    """

    name: str
    prefixes: Mapping[str, str] | None = None

    def named_revision(self, url: PastedUrl) -> NamedRevision:
        value = url.parameter(self.name)
        if self.prefixes is None:
            return NamedRevision(value)
        for prefix, replacement in self.prefixes.items():
            if value.startswith(prefix):
                return NamedRevision(replacement + value.removeprefix(prefix))
        return NO_REVISION


def fragment_revision(url: PastedUrl) -> NamedRevision:
    """The revision behind `#` of a repository's address, as package managers write it."""
    text = unquote(url.fragment)
    if not text or ANCHOR.fullmatch(text) or url.parameter("tab"):
        return NO_REVISION
    is_clone_address = url.path.lower().endswith(".git")
    return NamedRevision(text, is_optional=not is_clone_address)


def _groups(match: re.Match[str]) -> dict[str, str]:
    return {name: text or "" for name, text in match.groupdict().items()}
