"""What a file is for, by its path: code, test or docs; and what comes first where not all fit."""

from __future__ import annotations

import re
from collections.abc import Iterable

from repos.indexing.languages import language_of

DOCS_SUFFIXES = frozenset(
    "md mdx markdown rst txt adoc asciidoc asc textile org pod rtf tex".split()
)
# Texts that programs read.
NOT_DOCS = re.compile(
    r"(^|[-_.])(cmakelists|requirements|constraints|robots|humans|ads|security|meson_options"
    r"|runtime|entry_points|top_level|sources)\b[^/]*\.txt$",
    re.IGNORECASE,
)
DOCS_NAME = re.compile(
    r"^(readme|changelog|changes|news|history|authors|contributors|contributing|copying"
    r"|licen[cs]e|notice|todo|install|upgrading|security|code_of_conduct)$",
    re.IGNORECASE,
)
DOCS_FOLDERS = frozenset("doc docs documentation example examples".split())  # at the top
TEST_FOLDERS = frozenset("test tests __tests__ testdata testsuite".split())
TEST_NAME = re.compile(
    r"^(test_.*|conftest\.py|.*[._-]tests?\.\w+|.*[._-]specs?\.\w+|.*[a-z0-9_]Tests?\.\w+)$"
)
# Formats of data and settings: no file of them is a test by its name.
DATA_SUFFIXES = frozenset(
    "csv tsv json jsonl ndjson geojson json5 yaml yml toml xml svg ini cfg conf properties plist "
    "log out dat data db obj stl ply bin sql3 ipynb pkl mo pt pth key o a lib idx npy po lock".split()
)
RANKS = ("code", "test", "docs", "data")


def role(path: str) -> str:
    """code, test or docs, by the path."""
    *folders, name = path.split("/")
    suffix = _suffix(name)
    if suffix in DOCS_SUFFIXES:
        return "code" if NOT_DOCS.search(name) else "docs"
    if not suffix and DOCS_NAME.match(name):
        return "docs"
    if _is_test(folders, name, suffix):
        return "test"
    if folders and folders[0].lower() in DOCS_FOLDERS:
        return "docs"
    return "code"


def rank(path: str) -> int:
    """What is indexed first where not everything fits: code, tests, docs, then data."""
    if _suffix(path.rpartition("/")[2]) in DATA_SUFFIXES:
        return RANKS.index("data")
    found = role(path)
    if found == "code" and language_of(path) == "text":
        return RANKS.index("docs")
    return RANKS.index(found)


def _suffix(name: str) -> str:
    """What is behind the last dot, in lower case; empty for `.name`."""
    stem, _, suffix = name.rpartition(".")
    return suffix.lower() if stem else ""


def _is_test(folders: Iterable[str], name: str, suffix: str) -> bool:
    lowered = {folder.lower() for folder in folders}
    if not TEST_FOLDERS.isdisjoint(lowered):
        return True
    if suffix in DATA_SUFFIXES:
        return False
    if suffix == "rb" and "spec" in lowered:
        return True
    return TEST_NAME.match(name) is not None
