"""What a plan is made of beside the files and their links: settings, headings, symbols."""

from __future__ import annotations

from deepwiki.wiki.evidence.index_reader import MAX_FILES, IndexReader
from deepwiki.wiki.pages.documents import about, sections_of
from deepwiki.wiki.pages.file_heads import first_sentence
from deepwiki.wiki.plan import (
    JSON_PATH,
    TOML_PATH,
    CodeBase,
    NameHints,
    WikiSettings,
    read_settings,
)
from repos.models import Index
from repos.search import file_texts

MAX_HEADINGS = 300  # documents whose heading is read
MAX_HEADING_CHARS = 80
HEADING_LINES = 30  # of a document in which its heading stands
SYMBOLS_PER_FILE = 2
UNDERLINES = frozenset("=-~#*")


def read_wiki_settings(reader: IndexReader) -> WikiSettings:
    """What the repository says of its wiki at this commit."""
    return read_settings(reader.texts([JSON_PATH, TOML_PATH]))


def read_settings_of(index: Index) -> WikiSettings:
    """The same, of an index as it stands now."""
    return read_settings(file_texts(index.pk, [JSON_PATH, TOML_PATH]))


def read_name_hints(code: CodeBase, reader: IndexReader) -> NameHints:
    """The headings of documents in folders, and the names of the most important symbols."""
    documents = [path for path in sorted(code.files) if _is_readme(path)][:MAX_HEADINGS]
    texts = reader.texts(documents)
    headings = {path: _heading(text) for path, text in texts.items()}
    sentences = {path: _first_sentence(text) for path, text in texts.items()}
    ranked = sorted(code.files, key=lambda path: (-code.files[path].rank, path))
    of_code = [path for path in ranked if code.files[path].role == "code"][:MAX_FILES]
    return NameHints(headings, reader.top_names(of_code, SYMBOLS_PER_FILE), sentences)


def _is_readme(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return bool(folder) and name.lower().startswith("readme")


def _heading(text: str) -> str:
    """The first heading of Markdown or reStructuredText; empty for a long or decorated one."""
    lines = [line.strip() for line in text.split("\n", HEADING_LINES)[:HEADING_LINES]]
    for number, line in enumerate(lines):
        title = ""
        if line.startswith("# "):
            title = line[2:].strip(" #")
        elif line and lines[number + 1 : number + 2] and _is_underline(lines[number + 1]):
            title = line
        if title:
            return title if _is_plain(title) else ""
    return ""


def _first_sentence(text: str) -> str:
    """What a document says first; empty for one that says nothing."""
    paragraphs = about(sections_of(text), 1)
    return first_sentence(paragraphs[0].text) if paragraphs else ""


def _is_underline(line: str) -> bool:
    return len(line) > 2 and len(set(line)) == 1 and line[0] in UNDERLINES


def _is_plain(title: str) -> bool:
    return len(title) <= MAX_HEADING_CHARS and not set(title) & set("<>[]|`*_\\")
