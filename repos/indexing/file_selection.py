"""Which files of a tree are worth indexing, and their text.

Whatever is left out is counted by reason, so that a person sees what was not read. Rules, in order: what can never be
read (links, submodules, secrets), what nobody wrote (vendored, generated, lock files), what the repository itself
excludes (`.deepwikiignore`), what is no text, what is too large.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pathspec import GitIgnoreSpec

from repos.sources.tree import VENDORED, TreeEntry, ignore_rules, printable

LOCK_FILES = frozenset(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lockb poetry.lock pdm.lock uv.lock pipfile.lock "
    "cargo.lock composer.lock gemfile.lock go.sum podfile.lock pubspec.lock mix.lock flake.lock packages.lock.json "
    "gradle.lockfile".split()
)
TRANSLATIONS = frozenset("po pot xlf xliff".split())
GENERATED = re.compile(
    r"(\.min\.(js|css|mjs)|\.(map|snap)|[._]pb2?(_grpc)?\.(py|pyi|go|cc|h|rb|dart)|_pb2(_grpc)?\.pyi?|\.g\.dart|\.designer\.cs"
    r"|\.generated\.\w+|[-.]bundle\.js)$",
    re.IGNORECASE,
)
BINARY = frozenset(
    "png jpg jpeg gif bmp ico icns webp avif tif tiff psd svgz pdf doc docx xls xlsx ppt pptx odt ods zip gz tgz bz2 xz zst "
    "7z rar tar jar war ear class pyc pyo so dylib dll exe o a lib obj bin dat db sqlite sqlite3 woff woff2 ttf otf eot "
    "mp3 mp4 m4a ogg wav flac avi mov mkv webm wasm node pack idx npy npz pkl pickle parquet onnx pt pth h5 whl egg deb "
    "rpm dmg iso img mo gmo".split()
)
SECRET = re.compile(
    r"^(\.env(\..+)?|\.netrc|_netrc|\.npmrc|\.pypirc|\.htpasswd|\.pgpass|\.git-credentials|\.dockercfg|id_(rsa|dsa|ecdsa|ed25519)"
    r"|credentials(\.json)?|secrets?\.(ya?ml|json|toml|env)|.*\.(pem|key|p12|pfx|jks|keystore|ppk|kdbx|asc|gpg))$",
    re.IGNORECASE,
)
NOT_SECRET = re.compile(r"^\.env\.(example|sample|template|dist|defaults?)$", re.IGNORECASE)
TEST = re.compile(
    r"(^|/)(tests?|testing|specs?|__tests__|fixtures|testdata)/|(^|/)(test_[^/]*|conftest\.py|[^/]*[._-](test|spec)s?\.\w+|[^/]*Tests?\.\w+)$"
)
DOCS = re.compile(
    r"(^|/)(docs?|documentation|examples?|changelog|changes|news)(/|\.\w+$)|\.(md|mdx|rst|txt|adoc)$",
    re.IGNORECASE,
)
LONGEST_PATH = 1_000


@dataclass(frozen=True)
class File:
    """A file worth indexing and its text. `role` is code, test or docs."""

    entry: TreeEntry
    text: str
    role: str


@dataclass
class Limits:
    """What one index may hold."""

    files: int = 20_000
    file_bytes: int = 1_000_000
    text_bytes: int = 200_000_000


@dataclass
class Skipped:
    """Files left out: how many by reason, and a few paths for each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, path: str) -> None:
        self.counts[reason] += 1
        shown = self.examples.setdefault(reason, [])
        if len(shown) < 5:
            shown.append(printable(path)[:200])

    def as_json(self) -> dict[str, object]:
        return {"counts": dict(self.counts), "examples": self.examples}


def select(
    entries: Iterable[TreeEntry], limits: Limits, skipped: Skipped, ignore: str = ""
) -> list[TreeEntry]:
    """The entries to read, in path order. `ignore` is the text of the repository's `.deepwikiignore`."""
    spec = GitIgnoreSpec.from_lines(ignore_rules(ignore))
    names: set[str] = set()
    chosen: list[TreeEntry] = []
    total = 0
    for entry in sorted(entries, key=lambda entry: entry.path):
        reason = reason_to_skip(entry, limits) or (
            "ignored" if ignore and spec.match_file(entry.path) else ""
        )
        if not reason and printable(entry.path) in names:
            reason = "unusable name"  # differs from another only in what cannot be shown or stored
        if not reason and (len(chosen) >= limits.files or total + entry.size > limits.text_bytes):
            reason = "over the repository limit"
        if reason:
            skipped.add(reason, entry.path)
        else:
            chosen.append(entry)
            names.add(printable(entry.path))
            total += entry.size
    return chosen


def reason_to_skip(entry: TreeEntry, limits: Limits) -> str:
    """Why this entry is not read, judged by its name, mode and size; empty when it is to be read."""
    path = PurePosixPath(entry.path)
    name = path.name
    if entry.mode == "120000":
        return "link"
    if entry.mode == "160000":
        return "submodule"
    if SECRET.match(name) and not NOT_SECRET.match(name):
        return "secret"
    if len(entry.path) > LONGEST_PATH or "\x00" in entry.path:
        return "unusable name"
    if not VENDORED.isdisjoint(path.parts[:-1]):
        return "vendored"
    if name.lower() in LOCK_FILES:
        return "lock file"
    if GENERATED.search(name):
        return "generated"
    if path.suffix[1:].lower() in TRANSLATIONS:
        return "translation"
    if path.suffix[1:].lower() in BINARY:
        return "binary"
    if entry.size > limits.file_bytes:
        return "too large"
    if entry.size == 0:
        return "empty"
    return ""


def files(contents: Iterable[tuple[TreeEntry, bytes]], skipped: Skipped) -> Iterator[File]:
    """The readable texts among `contents`; what turns out to be no text is counted in `skipped`."""
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


def decode(data: bytes) -> str | None:
    """The text in `data`, or None when it is none. UTF-8, UTF-16 with a mark, else Windows-1252; never raises."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    elif b"\x00" in data[:8_000]:
        return None
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
            odd = sum(
                1
                for char in text[:4_000]
                if char == "\ufffd" or (ord(char) < 32 and char not in "\t\n\r\f")
            )
            if odd > len(text[:4_000]) / 20:
                return None
    return text.replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")


def minified(text: str, path: str) -> bool:
    """Machine-packed text: a few very long lines."""
    lines = text.count("\n") + 1
    return (
        len(text) > 5_000
        and len(text) / lines > 400
        and not path.lower().endswith((".md", ".rst", ".txt", ".ipynb"))
    )


def role(path: str) -> str:
    """Is this file code, a test, or documentation?"""
    if TEST.search(path):
        return "test"
    if DOCS.search(path):
        return "docs"
    return "code"
