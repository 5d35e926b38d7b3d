"""Finding citations in an answer.

A citation is recognised by its line numbers; its path is the longest one of the index that
ends in front of them. Without an index, or where it has no such path, characters decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

from chat.core.citations import Check, Citation, compose

MAX_PATH_CHARS = 400
MAX_CITATIONS = 2_000  # of one text
RANGE = r"L(?P<start>\d{1,7})(?:\s?[-–]\s?L?(?P<end>\d{1,7}))?"
# `:L1-L2`; `#L1-L2` and `:1-2` count behind a path of the index only.
LINES = re.compile(
    rf"(?P<mark>:){RANGE}"
    r"|#L(?P<start2>\d{1,7})(?:\s?[-–]\s?L?(?P<end2>\d{1,7}))?"
    r"|:(?P<start3>\d{1,7})(?:[-–](?P<end3>\d{1,7}))?(?![\d.]*\d)"
)
MORE_LINES = re.compile(rf"(?:\s?[,;]\s?|\sand\s){RANGE}")
CODE = re.compile(r"`([^`\n]{1,600})`")
TARGET = re.compile(r"\]\((?:<([^<>\n]{1,600})>|((?:[^()\s]|\([^()\s]{0,200}\)){1,600}))")
PATH_CHARS = re.compile(r"[\w@.+~/\[\]()$#-]")
PATH_START = re.compile(r"[\w@.+~/$]")
PATH_END = re.compile(r"[\w@+~\])$-]$")
# What may stand in front of a path: nothing that belongs to one.
INSIDE = re.compile(r"[A-Za-z0-9_./\\@+~\-$#\])}]")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True)
class Mention:
    """A citation in a text, and where it stands: from `start` to before `end`."""

    start: int
    end: int
    citation: Citation


def find(text: str, check: Check | None = None) -> list[Citation]:
    """The citations in a Markdown text, each once, in order; MAX_CITATIONS at most."""
    text = compose(text)
    citations = dict.fromkeys(islice(_citations(text, check), MAX_CITATIONS))
    unescaped = ESCAPE.sub(r"\1", text)
    if unescaped != text:
        citations |= dict.fromkeys(islice(_citations(unescaped, check), MAX_CITATIONS))
    return list(citations)


def mentions(text: str, check: Check | None = None, *, bare: bool = True) -> Iterator[Mention]:
    """The citations in text without markup, in order.

    `bare`: only what has a dot or a slash counts as a path that the index does not have.
    """
    floor = skipped = 0
    for match in LINES.finditer(text):
        path_start, path = _path_before(text, floor, match.start(), check)
        if not path and match["mark"]:
            path_start, path = _unknown_path(text, floor, match.start(), bare=bare)
        if match["mark"] or path:
            floor = skipped = match.end()
        else:  # it may belong to a path, `owner/repo:2024/x.py`: that can end at the next one
            floor, skipped = skipped, match.end()
        if path and match.start() >= path_start:
            yield Mention(path_start, match.end(), _citation(path, match))
            for mention in _further_lines(text, match.end(), path):
                yield mention
                floor = skipped = mention.end


def whole_citation(code: str, check: Check | None = None) -> list[Mention]:
    """The citations that a piece of inline code consists of; empty if of anything else."""
    for match in LINES.finditer(code[: 2 * MAX_PATH_CHARS]):
        path = code[: match.start()]
        found = [Mention(0, match.end(), _citation(_listed(path, check) or path, match))]
        found += _further_lines(code, match.end(), found[0].citation.path)
        if found[-1].end == len(code) and _is_whole_path(path, match, check):
            return found
    return []


def target_citation(target: str, check: Check | None) -> Citation | None:
    """The citation that the relative target of a link is; None if the index has no such path.

    A target without line numbers cites the first line.
    """
    if check is None:
        return None
    path = compose(unquote(target))
    known = _listed(path, check)
    if known:
        return Citation(known, 1, 1)
    match = re.search(r"(?:\?[^#]{0,100})?(?:[:#]L?(\d{1,7})(?:-L?(\d{1,7}))?|#.{0,200})?$", path)
    known = _listed(path[: match.start()], check) if match else ""
    if match is None or not known:
        return None
    start = int(match[1] or 1)
    return Citation(known, start, int(match[2] or start))


def _citations(text: str, check: Check | None) -> Iterator[Citation]:
    for match in TARGET.finditer(text):
        citation = target_citation(match[1] or match[2], check)
        if citation is not None:
            yield citation
    end = 0
    for match in CODE.finditer(text):
        whole = whole_citation(match[1].strip(), check)
        if whole:
            yield from _bare_citations(text[end : match.start()], check)
            yield from (mention.citation for mention in whole)
            end = match.end()
    yield from _bare_citations(text[end:], check)


def _bare_citations(text: str, check: Check | None) -> Iterator[Citation]:
    return (mention.citation for mention in mentions(text, check, bare=False))


def _path_before(text: str, floor: int, end: int, check: Check | None) -> tuple[int, str]:
    """Where the longest path of the index that ends at `end` begins, and the path."""
    if check is None:
        return end, ""
    floor = max(floor, end - MAX_PATH_CHARS, text.rfind("\n", floor, end) + 1)
    for start in range(floor, end):
        if not _may_begin(text, start, floor):
            continue
        path = _listed(text[start:end], check)
        if path:
            folder_start = _cut_path(text, floor, start, check)
            return (folder_start, text[folder_start:end]) if folder_start < start else (start, path)
    return end, ""


def _may_begin(text: str, start: int, floor: int) -> bool:
    if text[start].isspace():
        return False
    return start == floor or INSIDE.match(text[start - 1]) is None


def _cut_path(text: str, floor: int, start: int, check: Check) -> int:
    """Where a path begins whose name has a space at `start - 1`; `start` if there is none.

    In `src/two words.py` stands no `words.py`, if the index has a folder `src`.
    """
    if text[start - 1 : start] != " " or start <= floor:
        return start
    word = text[floor : start - 1].rpartition(" ")[2].lstrip("(['\"`*")
    folder, slash, name = word.rpartition("/")
    is_cut = slash and name and PATH_END.search(word) and check.has_folder(folder)
    if not is_cut or check.known_path(word):
        return start
    return start - 1 - len(word)


def _listed(path: str, check: Check | None) -> str:
    """The index's path for one as it is written, perhaps with `./` or `/` before it."""
    if check is None or not path:
        return ""
    return check.known_path(path) or check.known_path(path.removeprefix("./").removeprefix("/"))


def _unknown_path(text: str, floor: int, end: int, *, bare: bool) -> tuple[int, str]:
    """The path that ends at `end`, by its characters; empty if there is none."""
    start = end
    while start > max(floor, end - MAX_PATH_CHARS) and PATH_CHARS.match(text[start - 1]):
        start -= 1
    for opening, closing in ("()", "[]"):
        if text.count(opening, start, end) > text.count(closing, start, end):
            start = text.rfind(opening, start, end) + 1
    while start < end and not PATH_START.match(text[start]):
        start += 1
    path = text[start:end].removeprefix("./")
    is_path = PATH_END.search(path) and (not bare or "." in path or "/" in path)
    return (start, path) if is_path else (end, "")


def _is_whole_path(path: str, match: re.Match[str], check: Check | None) -> bool:
    """Whether all of a piece of code in front of its line numbers is a path."""
    if _listed(path, check):
        return True
    if not match["mark"] or not path or path != path.strip():
        return False
    if " " in path:
        return "/" in path.split(" ")[0]
    return _unknown_path(path, 0, len(path), bare=False)[0] == 0


def _further_lines(text: str, position: int, path: str) -> Iterator[Mention]:
    """The ranges that follow the first: `, L5-L9`."""
    while match := MORE_LINES.match(text, position):
        yield Mention(match.start("start") - 1, match.end(), _citation(path, match))
        position = match.end()


def _citation(path: str, match: re.Match[str]) -> Citation:
    numbers = match.groupdict()
    start = int(numbers["start"] or numbers.get("start2") or numbers.get("start3") or 0)
    end = numbers["end"] or numbers.get("end2") or numbers.get("end3") or start
    return Citation(path.removeprefix("./"), start, int(end))
