"""File selection: which files of a tree are indexed, and their text.

Files left out are counted by reason. The rules, in order: what can never be read (links,
submodules, secrets), what people did not write (vendored, generated, lock files), what
the repository excludes (`.deepwikiignore`), what is no text, what is too large.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from repos.indexing.encodings import decode
from repos.sources.globs import GlobRules, PathMatcher
from repos.sources.tree import (
    LINK_MODE,
    SUBMODULE_MODE,
    VENDORED,
    Entries,
    TreeEntry,
    ignore_lines,
    printable,
)

__all__ = ["File", "Limits", "Skipped", "decode", "files", "reason_to_skip", "role", "select"]

LOCK_FILES = frozenset(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lockb poetry.lock "
    "pdm.lock uv.lock pipfile.lock cargo.lock composer.lock gemfile.lock go.sum podfile.lock "
    "pubspec.lock mix.lock flake.lock packages.lock.json gradle.lockfile".split()
)
TRANSLATIONS = frozenset("po pot xlf xliff".split())
BINARY = frozenset(
    "png jpg jpeg gif bmp ico icns webp avif tif tiff psd svgz pdf doc docx xls xlsx ppt pptx "
    "odt ods zip gz tgz bz2 xz zst 7z rar tar jar war ear class pyc pyo so dylib dll exe o a "
    "lib obj bin dat db sqlite sqlite3 woff woff2 ttf otf eot mp3 mp4 m4a ogg wav flac avi mov "
    "mkv webm wasm node pack idx npy npz pkl pickle parquet onnx pt pth h5 whl egg deb rpm dmg "
    "iso img mo gmo".split()
)
GENERATED = re.compile(
    r"(\.min\.(js|css|mjs)|\.(map|snap)|[._]pb2?(_grpc)?\.(py|pyi|go|cc|h|rb|dart)"
    r"|_pb2(_grpc)?\.pyi?|\.g\.dart|\.designer\.cs|\.generated\.\w+|[-.]bundle\.js)$",
    re.IGNORECASE,
)
SECRET = re.compile(
    r"^(\.env(\..+)?|\.netrc|_netrc|\.npmrc|\.pypirc|\.htpasswd|\.pgpass|\.git-credentials"
    r"|\.dockercfg|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?"
    r"|secrets?\.(ya?ml|json|toml|env)|.*\.(pem|key|p12|pfx|jks|keystore|ppk|kdbx|asc|gpg))$",
    re.IGNORECASE,
)
NOT_SECRET = re.compile(r"^\.env\.(example|sample|template|dist|defaults?)$", re.IGNORECASE)
TEST = re.compile(
    r"(^|/)(tests?|testing|specs?|__tests__|fixtures|testdata)/"
    r"|(^|/)(test_[^/]*|conftest\.py|[^/]*[._-](test|spec)s?\.\w+|[^/]*Tests?\.\w+)$"
)
DOCS = re.compile(
    r"(^|/)(docs?|documentation|examples?|changelog|changes|news)(/|\.\w+$)"
    r"|\.(md|mdx|rst|txt|adoc)$",
    re.IGNORECASE,
)
PROSE_SUFFIXES = (".md", ".rst", ".txt", ".ipynb")  # long lines are usual
MAX_PATH_CHARS = 1_000
MAX_EXAMPLES = 5
MINIFIED_CHARS = 5_000
MINIFIED_LINE_CHARS = 400


@dataclass(frozen=True)
class File:
    """A file to index and its text. `role` is code, test or docs."""

    entry: TreeEntry
    text: str
    role: str


@dataclass
class Limits:
    """What one index may contain."""

    files: int = 20_000
    file_bytes: int = 1_000_000
    text_bytes: int = 200_000_000


@dataclass
class Skipped:
    """Files left out: the number for each reason, and the paths of a few."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, path: str) -> None:
        """Count one file."""
        self.counts[reason] += 1
        examples = self.examples.setdefault(reason, [])
        if len(examples) < MAX_EXAMPLES:
            examples.append(printable(path)[:200])

    def as_json(self) -> dict[str, object]:
        """The stored form: `{"counts": {reason: number}, "examples": {reason: paths}}`."""
        return {"counts": dict(self.counts), "examples": self.examples}


@dataclass
class _Selection:
    """The entries selected so far."""

    limits: Limits
    ignored: PathMatcher
    entries: list[TreeEntry] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    total_bytes: int = 0

    def add(self, entry: TreeEntry) -> str:
        """Add an entry, or return why it is skipped."""
        reason = reason_to_skip(entry, self.limits) or self._reason_to_skip(entry)
        if not reason:
            self.entries.append(entry)
            self.names.add(printable(entry.path))
            self.total_bytes += entry.size
        return reason

    def _reason_to_skip(self, entry: TreeEntry) -> str:
        if self._is_ignored(entry.path):
            return "ignored"
        if printable(entry.path) in self.names:  # differs in unprintable characters only
            return "unusable name"
        if self._is_full(entry.size):
            return "over the repository limit"
        return ""

    def _is_ignored(self, path: str) -> bool:
        return self.ignored.excludes(path)

    def _is_full(self, size: int) -> bool:
        if len(self.entries) >= self.limits.files:
            return True
        return self.total_bytes + size > self.limits.text_bytes


def select(entries: Entries, limits: Limits, skipped: Skipped, ignore: str = "") -> list[TreeEntry]:
    """The entries to read, in path order.

    `ignore` is the text of the repository's `.deepwikiignore`.
    """
    selection = _Selection(limits, _ignore_matcher(ignore))
    for entry in sorted(entries, key=lambda entry: entry.path):
        reason = selection.add(entry)
        if reason:
            skipped.add(reason, entry.path)
    return selection.entries


def _ignore_matcher(text: str) -> PathMatcher:
    return PathMatcher(GlobRules(ignore_lines(text)))


def reason_to_skip(entry: TreeEntry, limits: Limits) -> str:
    """Why an entry is not read, by its mode, name and size; empty if it is to be read."""
    path = PurePosixPath(entry.path)
    return (
        _unreadable(entry, path.name)
        or _not_written_by_people(path)
        or _unusable_size(entry.size, limits)
    )


def files(contents: Iterable[tuple[TreeEntry, bytes]], skipped: Skipped) -> Iterator[File]:
    """The text files among `contents`; the others are counted in `skipped`."""
    for entry, data in contents:
        text = decode(data)
        if text is None:
            skipped.add("binary", entry.path)
        elif minified(text, entry.path):
            skipped.add("minified", entry.path)
        elif not text.strip():
            skipped.add("empty", entry.path)
        else:
            yield File(entry, text, role(entry.path))


def minified(text: str, path: str) -> bool:
    """Whether a text is packed by a machine: a few very long lines."""
    if len(text) <= MINIFIED_CHARS or _is_prose(path):
        return False
    return _mean_line_chars(text) > MINIFIED_LINE_CHARS


def _is_prose(path: str) -> bool:
    return path.lower().endswith(PROSE_SUFFIXES)


def _mean_line_chars(text: str) -> float:
    return len(text) / (text.count("\n") + 1)


def role(path: str) -> str:
    """code, test or docs, by the path."""
    if TEST.search(path):
        return "test"
    if DOCS.search(path):
        return "docs"
    return "code"


def _unreadable(entry: TreeEntry, name: str) -> str:
    if entry.mode == LINK_MODE:
        return "link"
    if entry.mode == SUBMODULE_MODE:
        return "submodule"
    if _is_secret(name):
        return "secret"
    if len(entry.path) > MAX_PATH_CHARS or "\x00" in entry.path:
        return "unusable name"
    return ""


def _is_secret(name: str) -> bool:
    return bool(SECRET.match(name)) and not NOT_SECRET.match(name)


def _not_written_by_people(path: PurePosixPath) -> str:
    suffix = path.suffix[1:].lower()
    if not VENDORED.isdisjoint(path.parts[:-1]):
        return "vendored"
    if path.name.lower() in LOCK_FILES:
        return "lock file"
    if GENERATED.search(path.name):
        return "generated"
    if suffix in TRANSLATIONS:
        return "translation"
    if suffix in BINARY:
        return "binary"
    return ""


def _unusable_size(size: int, limits: Limits) -> str:
    if size > limits.file_bytes:
        return "too large"
    if size == 0:
        return "empty"
    return ""
