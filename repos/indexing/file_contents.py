"""Why a file is left out, by its bytes: secrets, pointers, and what a program wrote."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from repos.indexing.file_roles import DOCS_SUFFIXES

HEAD_CHARS = 3_000
HEAD_LINES = 20
LFS_HEAD = b"version https://git-lfs.github.com/spec/v1\n"
LFS_BYTES = 1_024

# A private key with its contents, also inside a JSON string: not the mere words.
PRIVATE_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    rb"(?:[\w-]{1,40}: [^\n]{0,200}\n|\\n|\s){0,20}(?:[A-Za-z0-9+/=]|\\n|\s){100}"
)
ARMOUR = re.compile(rb"\A\s{0,100}-----BEGIN (?:PGP|SSH2) ")
# Settings with secrets in them.
ENVIRONMENT_NAME = re.compile(r"^(\.envrc.*|.+\.env)$", re.IGNORECASE)
EXAMPLE_NAME = re.compile(r"example|sample|template|dist|default", re.IGNORECASE)
SECRET_SETTING = re.compile(
    rb"(?im)^[ \t]*(?:export[ \t]+)?[\w.]{0,60}(?:secret|token|passw(?:or)?d|api_?key|private_?key"
    rb"|credential|dsn|database_url)[\w.]{0,40}[ \t]*=[ \t]*[\"']?[^\s\"'$<{#]{4}"
)
RAW_KEY = re.compile(rb"\A\s{0,20}[A-Za-z0-9+/=_-]{16,4000}\s{0,20}\Z")

GENERATED = re.compile(
    r"(?im)^[ \t]*(?://|#|/\*+|\*|--|;|<!--|%|\"\"\"|'''|\(\*|rem )?[^\w\n]{0,10}"
    r"(?:(?:this |the |following )*(?:file|code|source|class|module)?[ \t]*(?:is|was|has been)?[ \t]*"
    r"(?:code |auto-?|automatically )?generated (?:automatically )?(?:by|from|with|using)?[^\n]{0,120}"
    r"do not (?:edit|modify|change)|@generated\b)"
)
MINIFIED_CHARS = 5_000
MINIFIED_LINE_CHARS = 400
PROSE_SUFFIXES = (".md", ".rst", ".txt", ".ipynb")  # long lines are usual
SOURCE_MAP = re.compile(r'\A\s{0,100}\{[^{}]{0,2000}"(?:mappings|sourcesContent|sources)"')


def reason_by_bytes(path: str, data: bytes) -> str:
    """Why the bytes are not to be read as text; empty if they are."""
    if len(data) <= LFS_BYTES and data.startswith(LFS_HEAD):
        return "LFS"
    if _is_secret(PurePosixPath(path).name, data):
        return "secret"
    if ARMOUR.match(data):
        return "binary"
    return ""


def reason_by_text(path: str, text: str) -> str:
    """Why a text is not indexed; empty if it is."""
    if not text.strip():
        return "empty"
    if _is_generated(path, text):
        return "generated"
    if minified(text, path):
        return "minified"
    return ""


def minified(text: str, path: str) -> bool:
    """Whether a text is packed by a machine: a few very long lines."""
    if len(text) <= MINIFIED_CHARS or path.lower().endswith(PROSE_SUFFIXES):
        return False
    return _mean_line_chars(text) > MINIFIED_LINE_CHARS


def _mean_line_chars(text: str) -> float:
    return len(text) / (text.count("\n") + 1)


def _is_secret(name: str, data: bytes) -> bool:
    if PRIVATE_KEY.search(data):
        return True
    if name.lower().endswith(".key") and RAW_KEY.match(data[:5_000]):
        return True
    if ENVIRONMENT_NAME.match(name) and not EXAMPLE_NAME.search(name):
        return SECRET_SETTING.search(data) is not None
    return False


def _is_generated(path: str, text: str) -> bool:
    suffix = PurePosixPath(path).suffix[1:].lower()
    if suffix in DOCS_SUFFIXES:
        return False
    if suffix == "map" and SOURCE_MAP.match(text):
        return True
    head = "\n".join(text[:HEAD_CHARS].split("\n", HEAD_LINES)[:HEAD_LINES])
    return GENERATED.search(head) is not None
