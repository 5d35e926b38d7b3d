"""What a line of code says of the method that is called on it."""

from __future__ import annotations

import re

from deepwiki.wiki.pages.symbol_reader import Symbol

MEMBER_ACCESS = r"(?:\.|->|::|\?\.)\s*{name}\b"
RECEIVER = r"(\w+)\)?\s*(?:\.|->|::|\?\.)\s*{name}\b"
SELF = frozenset({"self", "this", "cls"})
MIN_OWNER = 4  # letters of a name that means a class
# Methods of collections, texts and files: on anything but the caller itself they may be theirs.
GENERIC = frozenset(
    "get set add pop items keys values update copy append extend insert remove clear index count"
    " join split strip format replace encode decode read write close open next find".split()
)


def receiver_of(target: Symbol, line: str) -> str:
    """What a method is called on, as its line says: `self`, the name of a variable; or empty."""
    found = re.findall(_access(target.name, RECEIVER), line)
    return str(next(iter(found), ""))


def owner_of(symbol: Symbol) -> str:
    """The qualified name of the class that a method belongs to; empty at the top of a file."""
    return symbol.qualified_name.rpartition(".")[0]


def is_member(symbol: Symbol) -> bool:
    """Whether it is a method of a class."""
    return symbol.kind == "method" and "." in symbol.qualified_name


def fits(method: Symbol, name: str) -> bool:
    """Whether a method's class is meant by a name: `adapter` means an `HTTPAdapter`."""
    return len(name) >= MIN_OWNER and name.lower() in owner_of(method).lower()


def is_meant(method: Symbol, line: str) -> bool:
    """Whether a method of a usual name is called on the caller, or on what is named like its class."""
    return method.name not in GENERIC or _is_named(method, receiver_of(method, line))


def _is_named(method: Symbol, receiver: str) -> bool:
    return receiver in SELF or fits(method, receiver)


def is_written_so(target: Symbol, line: str) -> bool:
    """Whether a line may call it: a method stands behind a dot."""
    return not is_member(target) or bool(re.search(_access(target.name), line))


def _access(name: str, pattern: str = MEMBER_ACCESS) -> str:
    return pattern.format(name=re.escape(name))
