"""Titles of parts without a language model: from READMEs, folders, files and symbols. Pure.

The plainest that no other part has is taken. `within` is the folder that a reader knows
already, since the part above, or the whole repository, is about it. A part at the top that is
most of that folder has its name.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from deepwiki.wiki.plan.code_base import CodeBase
from deepwiki.wiki.plan.communities import common_folder
from deepwiki.wiki.plan.names import MAX_TITLE_CHARS, NameHints, humanized, numbered_title

OWN_SHARE = 0.5  # of the files of a folder, for a part to have its name
# Of a part's files, and of their importance, that lie in the folder it is named after.
FOLDER_SHARE = 0.6
PLAIN_WEIGHT = 0.1  # of a file whose name says nothing
OUTSIDE_WEIGHT = 0.2  # of a file outside of the folder
MAX_SENTENCE_CHARS = 64
# Folders and files that say nothing of what they hold.
PLAIN_FOLDERS = frozenset(
    "src lib libs app apps pkg packages source main java python static contrib".split()
)
PLAIN_FILES = frozenset(
    "index main init mod lib base util utils common helpers types typing compat version constants "
    "makefile setup conftest manage src".split()
)
READMES = ("README.md", "README.rst", "README.txt", "readme.md", "README")
WORDS = {
    "js": "JavaScript",
    "ts": "TypeScript",
    "css": "styles",
    "py": "Python",
    "migrations": "database migrations",
    "db": "database",
    "conf": "configuration",
    "auth": "authentication",
    "ctx": "context",
    "utils": "utilities",
    "util": "utilities",
}
WEB_FOLDERS = frozenset("static public assets www web".split())
OF_PAGES = frozenset({"js", "ts", "css"})
# Clauses that say less end earlier.
CLAUSE_ENDS = (re.compile(r"[;:.]\s"), re.compile(r"[,;:.]\s"))
SELF_WORDS = re.compile(
    r"^this (?:folder|directory|package|module|subpackage) (?:contains|holds|provides|has) ", re.I
)
NO_TITLE = frozenset("<>[]|*_\\")


@dataclass(frozen=True)
class TitledPart:
    """A part that needs a title; `files` are by importance."""

    code: CodeBase
    files: Sequence[str]
    hints: NameHints
    within: str = ""
    is_top: bool = False

    def title(self, taken: Container[str]) -> str:
        """A title that is not taken; `taken` are casefolded."""
        for title in self._candidates():
            cut = " ".join(title.split())[:MAX_TITLE_CHARS].strip()
            if cut and cut.casefold() not in taken:
                return cut
        first = self.files[0][-MAX_TITLE_CHARS + 20 :] if self.files else "Files"
        return numbered_title(first, taken)

    @cached_property
    def folder(self) -> str:
        """The folder that it is mostly about; empty for the root."""
        return main_folder(self.code, self.files)

    def _candidates(self) -> Iterator[str]:
        if self.folder != self.within and self._owns_folder:
            yield self._of_readme
            yield self._folder_title
            yield self._last_name
            yield self._qualified_name
        elif self.is_top and self._owns_folder:
            yield self._of_readme
            yield _joined(_telling(self.folder)[-1:], self.folder)
        yield from self._of_elements()
        for path in self.files[:5]:
            yield from map(humanized, self.hints.symbols.get(path, ())[:2])
        yield from self.files[:5]

    @property
    def _owns_folder(self) -> bool:
        """Whether most files of the folder that could be of the part are."""
        if not self.folder:
            return False
        roles = {self.code.files[path].role for path in self.files}
        languages = {self.code.files[path].language for path in self.files}
        inside = f"{self.folder}/"
        others = (file for path, file in self.code.files.items() if path.startswith(inside))
        total = sum(file.role in roles and file.language in languages for file in others)
        own = sum(path.startswith(inside) for path in self.files)
        return own >= OWN_SHARE * total

    @property
    def _of_readme(self) -> str:
        """What the README of the folder is called; what it says first where that is a path."""
        paths = (f"{self.folder}/{name}" for name in READMES)
        path = next((path for path in paths if path in self.hints.headings), "")
        heading = self.hints.headings.get(path, "")
        before, colon, rest = heading.partition(": ")
        if not _is_path(before, self.folder):
            return heading
        said = rest if colon else _short(self.hints.sentences.get(path, ""))
        if not said or not self._last_name:
            return ""
        return f"{self._last_name}: {_lowered(said)}"

    @property
    def _names(self) -> list[str]:
        """The names of the folder below what a reader knows, those that say something."""
        known = f"{self.within}/" if self.within else ""
        return _telling(self.folder.removeprefix(known))

    @property
    def _last_name(self) -> str:
        return _spelled(self._names[-1], self.folder) if self._names else ""

    @property
    def _folder_title(self) -> str:
        """The folder in words, with the one around it."""
        return _joined(self._names, self.folder)

    @property
    def _qualified_name(self) -> str:
        """The same, also with a folder that a reader knows."""
        return _joined(_telling(self.folder), self.folder)

    def _of_elements(self) -> Iterator[str]:
        """What is in the folder: its main folders and files."""
        elements = self._elements
        for count in self._counts:
            if len(elements) >= count:
                yield self._of_folder(_enumerated(elements[:count]))
        if elements and self.folder:
            yield f"{_capital(elements[0])} ({self.folder})"

    def _of_folder(self, title: str) -> str:
        """A title with the folder that it is of, unless a reader knows that."""
        if not self._last_name or self.folder == self.within:
            return title
        return f"{self._last_name}: {_lowered(title)}"

    @property
    def _counts(self) -> Sequence[int]:
        """How many elements a title names, the best first: one where all others say nothing."""
        telling = (name for name, weight in map(self._element, self.files) if weight == 1.0)
        if len(set(telling)) == 1:
            return (1, 2, 3, 4)
        return (2, 3, 1, 4)

    @property
    def _elements(self) -> list[str]:
        """Names right below the folder, the most important first, those that say nothing last."""
        ranks: dict[str, float] = defaultdict(float)
        for path in self.files:
            name, weight = self._element(path)
            ranks[name] += weight * self._weight(path)
        ranks.pop("", None)
        return sorted(ranks, key=lambda name: (-ranks[name], name))

    def _element(self, path: str) -> tuple[str, float]:
        """What a file counts for, and how much: a folder or file right below that of the part.

        Of a part that is of no folder, it is the folder of the file.
        """
        inside = f"{self.folder}/"
        if not self.folder and "/" in path:
            names = _telling(path.rpartition("/")[0]) or [_stem(path.rpartition("/")[2])]
            return _spelled(names[-1], path), 1.0
        if self.folder and not path.startswith(inside):
            return _spelled(_stem(path.rpartition("/")[2]), path), OUTSIDE_WEIGHT * PLAIN_WEIGHT
        name, _, below = path.removeprefix(inside).partition("/")
        stem = name if below else _stem(name)
        if below and name in PLAIN_FOLDERS:
            stem = _telling_name(below, stem)
        weight = PLAIN_WEIGHT if _is_plain(name, stem) else 1.0
        return _spelled(stem, path), weight

    def _weight(self, path: str) -> float:
        """How much a file says of its part: a small one that many use says less than its rank."""
        file = self.code.files[path]
        return math.sqrt(file.rank * max(1, file.lines))


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


def _is_path(heading: str, folder: str) -> bool:
    """Whether a heading only repeats the path of its folder."""
    path = heading.strip("`/ ").replace(".", "/").casefold()
    return bool(heading) and f"/{folder}".casefold().endswith(f"/{path}")


def _short(sentence: str) -> str:
    """A sentence, or its first clause, where that is short enough for a title."""
    text = SELF_WORDS.sub("", sentence.replace("`", "").strip().rstrip("."))
    for end in CLAUSE_ENDS:
        clause = end.split(text, maxsplit=1)[0]
        if _fits_title(clause):
            return clause
    return ""


def _fits_title(clause: str) -> bool:
    return len(clause) <= MAX_SENTENCE_CHARS and not set(clause) & NO_TITLE


def _telling(folder: str) -> list[str]:
    """The names of a path that say something."""
    names = folder.split("/")
    return [name for name in names if name and name.lower() not in PLAIN_FOLDERS]


def _joined(names: Sequence[str], path: str) -> str:
    """The last name in words, with the one around it."""
    spelled = [_spelled(name, path) for name in names[-2:]]
    if len(spelled) < 2:
        return "".join(spelled)
    return f"{spelled[0]}: {_lowered(spelled[1])}"


def _telling_name(below: str, otherwise: str) -> str:
    """The first name of a path below a folder that says nothing."""
    names = _telling(below)
    return _stem(next(iter(names), otherwise))


def _is_plain(name: str, stem: str) -> bool:
    """Whether a name says little: one that many have, or that is only for its own package."""
    return stem.lower() in PLAIN_FILES or name.startswith("_")


def _stem(name: str) -> str:
    return name.strip("_.").partition(".")[0].strip("_")


def _spelled(name: str, path: str) -> str:
    """A name in words; `path` is where it stands."""
    words = WORDS.get(name.lower(), "") or humanized(name)
    if _is_of_pages(name, path):
        words = f"{words} of the pages"
    return _capital(words)


def _is_of_pages(name: str, path: str) -> bool:
    return name.lower() in OF_PAGES and bool(WEB_FOLDERS & set(path.lower().split("/")))


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _lowered(title: str) -> str:
    if _is_short_form(title.split(" ", 1)[0]):
        return title
    return title[:1].lower() + title[1:]


def _is_short_form(word: str) -> bool:
    return any(map(str.isupper, word[1:]))


def _enumerated(names: Iterable[str]) -> str:
    first, *rest = names
    if not rest:
        return first
    *between, last = map(_lowered, rest)
    return ", ".join([first, *between]) + f" and {last}"
