"""Titles and slugs of parts without a language model: from folders, headings and symbols."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from deepwiki.wiki.plan.code_base import CodeBase
from deepwiki.wiki.plan.communities import common_folder

MAX_TITLE_CHARS = 120
MAX_SLUG_CHARS = 60
OWN_SHARE = 0.5  # of the files of a folder, for a part to have its name
PLAIN_WEIGHT = 0.2  # of a file whose name says nothing
FOLDER_SHARE = (
    0.6  # of a part's files, and of their importance, that lie in the folder it is named after
)
NOT_SLUG = re.compile(r"[^a-z0-9]+")
WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")
# Folders that say nothing of what they hold.
PLAIN_FOLDERS = frozenset("src lib libs app apps pkg packages source main java python".split())
PLAIN_FILES = frozenset("index main init mod lib base utils util common helpers".split())
SHORT_FORMS = frozenset(
    "api cli sql http https html css url urls json xml yaml csv io ui gis db orm os ssl tls "
    "jwt ssh tcp udp wsgi asgi rpc grpc sdk id ci".split()
)


@dataclass(frozen=True)
class NameHints:
    """What files say of themselves.

    `headings` has the first heading of documents by path, `symbols` the most important
    names of files by path.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, Sequence[str]] = field(default_factory=dict)


def part_title(
    code: CodeBase, files: Sequence[str], hints: NameHints, taken: Container[str]
) -> str:
    """A title that no other part has, the plainest first. `files` are by importance."""
    for title in _candidates(code, files, hints):
        cut = " ".join(title.split())[:MAX_TITLE_CHARS].strip()
        if cut and cut.casefold() not in taken:
            return cut
    first = files[0][-MAX_TITLE_CHARS + 20 :] if files else "Files"
    return _numbered(first, taken)


def humanized(name: str) -> str:
    """`http_server` and `HttpServer` as `HTTP server`."""
    text = " ".join(map(_cased, filter(None, WORD_STARTS.split(name))))
    return text[:1].upper() + text[1:]


def _cased(word: str) -> str:
    return word.upper() if word.lower() in SHORT_FORMS else word.lower()


def slug_of(title: str, taken: Container[str]) -> str:
    """A readable ASCII slug that is not taken."""
    slug = NOT_SLUG.sub("-", _ascii(title).lower())[: MAX_SLUG_CHARS + 1].strip("-") or "page"
    numbered = (f"{slug}-{number}" for number in count(2))
    return next(found for found in chain([slug], numbered) if found not in taken)


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _candidates(code: CodeBase, files: Sequence[str], hints: NameHints) -> Iterable[str]:
    folder = main_folder(code, files)
    names = [name for name in folder.split("/") if name]
    owns_folder = _owns(code, files, folder)
    if owns_folder:
        yield _heading(folder, hints)
        if names[-1].lower() not in PLAIN_FOLDERS:
            yield humanized(names[-1])
            if len(names) > 1:
                yield f"{humanized(names[-1])} ({humanized(names[-2])})"
    elements = _elements(code, files)
    if len(elements) > 1:
        yield f"{elements[0]} and {_lowered(elements[1])}"
    if elements:
        yield elements[0]
        if names:
            yield f"{elements[0]} ({humanized(names[-1])})"
            yield f"{elements[0]} ({folder})"
    if len(elements) > 2:
        yield f"{elements[0]}, {_lowered(elements[1])} and {_lowered(elements[2])}"
    for path in files[:5]:
        yield from map(humanized, hints.symbols.get(path, ())[:2])
    yield from files[:5]


def _owns(code: CodeBase, files: Sequence[str], folder: str) -> bool:
    """Whether most files of a folder that could be of these are."""
    if not folder:
        return False
    roles = {code.files[path].role for path in files}
    languages = {code.files[path].language for path in files}
    inside = f"{folder}/"
    others = (file for path, file in code.files.items() if path.startswith(inside))
    total = sum(file.role in roles and file.language in languages for file in others)
    own = sum(path.startswith(inside) for path in files)
    return own >= OWN_SHARE * total


def _elements(code: CodeBase, files: Sequence[str]) -> list[str]:
    """The names right below the folder of all files, the most important first."""
    start = len(common_folder(files))
    ranks: dict[str, float] = defaultdict(float)
    for path in files:
        name, _, below = path[start:].lstrip("/").partition("/")
        stem = name if below else name.strip("_.").partition(".")[0].strip("_")
        weight = PLAIN_WEIGHT if stem.lower() in PLAIN_FILES else 1.0
        ranks[humanized(stem)] += weight * code.files[path].rank
    ranks.pop("", None)
    return sorted(ranks, key=lambda name: (-ranks[name], name))


def _heading(folder: str, hints: NameHints) -> str:
    for name in ("README.md", "README.rst", "README.txt", "readme.md", "README"):
        heading = hints.headings.get(f"{folder}/{name}", "")
        if heading:
            return heading
    return ""


def main_folder(code: CodeBase, files: Sequence[str]) -> str:
    """The deepest folder with FOLDER_SHARE of files, and of their importance; empty for the root."""
    everything = common_folder(files)
    ranks: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for path in files:
        folder = path.rpartition("/")[0]
        while folder:
            ranks[folder] += code.files[path].rank
            counts[folder] += 1
            folder = folder.rpartition("/")[0]
    total = FOLDER_SHARE * sum(code.files[path].rank for path in files)
    most = FOLDER_SHARE * len(files)
    large = [name for name, rank in ranks.items() if rank >= total and counts[name] >= most]
    return max(large, key=lambda folder: (folder.count("/"), folder), default=everything)


def _lowered(title: str) -> str:
    first = title.split(" ", 1)[0]
    return title if first.isupper() else title[:1].lower() + title[1:]


def _numbered(title: str, taken: Container[str]) -> str:
    numbered = (f"{title} ({number})" for number in count(2))
    return next(found for found in chain([title], numbered) if found.casefold() not in taken)
