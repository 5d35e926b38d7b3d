"""File selection: which files of a tree are indexed, and their text.

Files left out are counted by reason. The rules, in order: what can never be read (links,
submodules, secrets), what people did not write (vendored, generated, lock files), what
the repository excludes (`.deepwikiignore`), what is no text, what is too large; then, by
the bytes, secrets, LFS pointers, binary and generated files. Where not everything fits,
code comes before tests, docs and data, and every folder gets its share.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from repos.indexing.encodings import decode
from repos.indexing.file_contents import reason_by_bytes, reason_by_text
from repos.indexing.file_roles import rank, role
from repos.indexing.skipped import Skipped
from repos.indexing.vendored import NO_ATTRIBUTES, VendoredFolders, has_foreign_notice
from repos.sources.globs import GlobRules, PathMatcher
from repos.sources.tree import (
    LINK_MODE,
    SUBMODULE_MODE,
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
# Formats that are never text. What else is binary shows in the bytes.
BINARY = frozenset(
    "png jpg jpeg gif bmp ico icns webp avif tif tiff psd svgz pdf docx xls xlsx ppt pptx "
    "odt ods zip gz tgz bz2 xz zst 7z rar tar jar war ear class pyc pyo so dylib dll exe "
    "sqlite sqlite3 woff woff2 ttf otf eot mp3 mp4 m4a ogg wav flac avi mov mkv webm wasm npz "
    "parquet onnx h5 whl egg deb rpm dmg iso gmo".split()
)
GENERATED = re.compile(
    r"(\.min\.(js|css|mjs)|\.snap|[._]pb2?(_grpc)?\.(py|pyi|go|cc|h|rb|dart)"
    r"|_pb2(_grpc)?\.pyi?|\.g\.dart|\.designer\.cs|\.generated\.\w+)$",
    re.IGNORECASE,
)
SECRET = re.compile(
    r"^(\.env(\..+)?|\.netrc|_netrc|\.npmrc|\.pypirc|\.htpasswd|\.pgpass|\.git-credentials"
    r"|\.dockercfg|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?"
    r"|secrets?\.(ya?ml|json|toml|env)|.*\.(pem|p12|pfx|jks|keystore|ppk|kdbx|gpg))$",
    re.IGNORECASE,
)
NOT_SECRET = re.compile(r"^\.env\.(example|sample|template|dist|defaults?)$", re.IGNORECASE)
MAX_PATH_CHARS = 1_000
OVER_LIMIT = "over the repository limit"


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
class _Selection:
    """The entries selected so far."""

    limits: Limits
    entries: list[TreeEntry] = field(default_factory=list)
    total_bytes: int = 0

    def add(self, entry: TreeEntry) -> bool:
        """Add an entry if there is room for it."""
        if self._is_full(entry.size):
            return False
        self.entries.append(entry)
        self.total_bytes += entry.size
        return True

    def _is_full(self, size: int) -> bool:
        if len(self.entries) >= self.limits.files:
            return True
        return self.total_bytes + size > self.limits.text_bytes


def select(
    entries: Entries,
    limits: Limits,
    skipped: Skipped,
    ignore: str = "",
    attributes: Mapping[str, str] = NO_ATTRIBUTES,
) -> list[TreeEntry]:
    """The entries to read, in path order.

    `ignore` is the text of the repository's `.deepwikiignore`, `attributes` are those of
    its `.gitattributes` by folder.
    """
    ordered = sorted(entries, key=lambda entry: entry.path)
    usable = list(_usable(ordered, limits, skipped, _Exclusions.of(ordered, ignore, attributes)))
    if _fit(usable, limits):
        return usable
    selection = _Selection(limits)
    for entry in _by_importance(usable):
        if not selection.add(entry):
            skipped.add(OVER_LIMIT, entry.path)
    return sorted(selection.entries, key=lambda entry: entry.path)


def _fit(entries: Sequence[TreeEntry], limits: Limits) -> bool:
    if len(entries) > limits.files:
        return False
    return sum(entry.size for entry in entries) <= limits.text_bytes


@dataclass(frozen=True)
class _Exclusions:
    """What a repository excludes, and what others wrote in it."""

    ignored: PathMatcher
    vendored: VendoredFolders

    @classmethod
    def of(
        cls, entries: Sequence[TreeEntry], ignore: str, attributes: Mapping[str, str]
    ) -> _Exclusions:
        ignored = PathMatcher(GlobRules(ignore_lines(ignore)))
        return cls(ignored, VendoredFolders([entry.path for entry in entries], attributes))


def _usable(
    entries: Iterable[TreeEntry], limits: Limits, skipped: Skipped, exclusions: _Exclusions
) -> Iterator[TreeEntry]:
    """The entries that would be read if all had room; the others are counted."""
    names: set[str] = set()
    for entry in entries:
        name = printable(entry.path)
        reason = reason_to_skip(entry, limits, exclusions.vendored)
        if not reason and exclusions.ignored.excludes(entry.path):
            reason = "ignored"
        if not reason and name in names:  # differs in unprintable characters only
            reason = "unusable name"
        if reason:
            skipped.add(reason, entry.path)
        else:
            names.add(name)
            yield entry


def _by_importance(entries: Iterable[TreeEntry]) -> list[TreeEntry]:
    """Code, tests, docs, data; in each the folders at the top in turn, shallow files first."""
    places: list[tuple[int, int, str, str]] = []
    by_path = {entry.path: entry for entry in entries}
    turns: Counter[tuple[int, str]] = Counter()
    for path in sorted(by_path, key=lambda path: (path.count("/"), path)):
        group = (rank(path), path.split("/", 1)[0] if "/" in path else "")
        places.append((group[0], turns[group], group[1], path))
        turns[group] += 1
    return [by_path[path] for *_, path in sorted(places)]


def reason_to_skip(entry: TreeEntry, limits: Limits, vendored: VendoredFolders) -> str:
    """Why an entry is not read, by its mode, name and size; empty if it is to be read."""
    path = PurePosixPath(entry.path)
    return (
        _unreadable(entry, path.name)
        or ("vendored" if vendored.excludes(entry.path) else "")
        or _not_written_by_people(path)
        or _unusable_size(entry.size, limits)
    )


def files(
    contents: Iterable[tuple[TreeEntry, bytes]], skipped: Skipped, own_notice: str = ""
) -> Iterator[File]:
    """The text files among `contents`; the others are counted in `skipped`.

    `own_notice` is the text of the repository's licence.
    """
    for entry, data in contents:
        text = None
        reason = reason_by_bytes(entry.path, data)
        if not reason:
            text = decode(data)
            reason = "binary" if text is None else _reason_by_text(entry, text, own_notice)
        if text is None or reason:
            skipped.add(reason, entry.path)
        else:
            yield File(entry, text, role(entry.path))


def _reason_by_text(entry: TreeEntry, text: str, own_notice: str) -> str:
    if has_foreign_notice(entry.path, text, own_notice):
        return "vendored"
    return reason_by_text(entry.path, text)


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
