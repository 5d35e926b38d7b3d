"""Names that files define and identifiers that they use, for links between files.

No parser: the names are those of the chunks' symbols, the identifiers those of the text.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from itertools import islice
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from repos.indexing.code_tokens import term_id, tokens
from repos.indexing.languages import GRAMMARS
from repos.indexing.units import TextChunk

MIN_NAME_CHARS, MAX_NAME_CHARS = 3, 100
MAX_DEFINED = 5_000  # names of one file
MAX_USED = 20_000  # identifiers of one file
MAX_KEY_CHARS = 100

MARKUP = frozenset("html css yaml json toml markdown".split())
CODE_LANGUAGES = frozenset(GRAMMARS) - MARKUP
IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,}")
SIMPLE_NAME = re.compile(r"[A-Za-z_]\w{2,}(?=$|[<(\[ ])")
QUALIFIER = re.compile(r"::|[.#/\\]")
TEST_AFFIX = re.compile(r"^(tests?_)|(_tests?|Tests?|[._-](?:tests?|specs?))$")
# Base names that many folders have.
UNPAIRED = frozenset("__init__ index main mod lib conftest __main__".split())

Hashes = NDArray[np.uint32]


def defined_names(language: str, role: str, chunks: Iterable[TextChunk]) -> list[str]:
    """The distinct names that a file of code or tests defines, at most MAX_DEFINED, in order."""
    if role == "docs" or language not in CODE_LANGUAGES:
        return []
    symbols = (symbol for chunk in chunks for symbol in chunk.symbols)
    names = dict.fromkeys(filter(None, map(_simple_name, symbols)))
    return list(islice(names, MAX_DEFINED))


def used_identifiers(text: str) -> Hashes:
    """The hashes of the distinct identifiers in a text, sorted; the first MAX_USED of them."""
    hashes = set(map(name_hash, identifiers_in(text)))
    return np.array(sorted(hashes), dtype=np.uint32)


def identifiers_in(text: str) -> set[str]:
    """The distinct identifiers in a text; the first MAX_USED of them, without long ones."""
    found = dict.fromkeys(match.group() for match in IDENTIFIER.finditer(text))
    return {name for name in islice(found, MAX_USED) if len(name) <= MAX_NAME_CHARS}


def name_hash(name: str) -> int:
    """32 bits of a name. Equal hashes of different names make a link too many, no error."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass"))


def name_parts(name: str) -> list[int]:
    """The term ids of the parts of a name, of the whole where it has one; never empty."""
    whole, *parts = list(tokens(name)) or [name]
    return sorted({term_id(part) for part in parts or [whole]})


def squash(name: str) -> str:
    """A name in lower case without underscores: `test_client` and `TestClient` are equal."""
    return name.replace("_", "").lower()


def pair_key(path: str, role: str) -> str:
    """What the name of a test and that of its code share; empty where nothing is paired."""
    if role not in ("code", "test"):
        return ""
    stem = PurePosixPath(path).name.partition(".")[0]
    return _paired(TEST_AFFIX.sub("", _with_inner_suffix(path, stem)))


def _with_inner_suffix(path: str, stem: str) -> str:
    """`button.test` of `button.test.ts`; else the stem."""
    inner = PurePosixPath(path).stem
    return inner if TEST_AFFIX.search(inner) else stem


def _paired(key: str) -> str:
    if key.lower() in UNPAIRED or len(key) < MIN_NAME_CHARS:
        return ""
    return key[:MAX_KEY_CHARS]


def _simple_name(symbol: str) -> str:
    """The last name of a symbol, empty if it is none that text can refer to."""
    match = SIMPLE_NAME.match(QUALIFIER.split(symbol)[-1].lstrip("~*&$@ "))
    if match is None or len(match.group()) > MAX_NAME_CHARS:
        return ""
    return match.group()
