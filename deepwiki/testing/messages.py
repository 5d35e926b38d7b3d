"""Translation catalogs: collect messages from code and templates, write, compile.

`python -m deepwiki.testing.messages` updates every `django.po` (new sentences are left
untranslated) and compiles it to `django.mo`. Needs no gettext tools. Tests check that
the catalogs are complete and compiled.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from deepwiki.foundation import languages

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "deepwiki" / "locale"
APPS = ("chat", "repos", "deepwiki")
SOURCE_LANGUAGE = "en"
# Names of the catalogs' folders.
LANGUAGES = tuple(
    to_locale(language.interface)
    for language in languages.LANGUAGES
    if language.interface != SOURCE_LANGUAGE
)
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
# Modules without Django whose sentences, mostly of errors, are shown on pages.
SENTENCE_SOURCES = (
    "deepwiki/foundation/shared_messages.py",
    "repos/sources/",
    "repos/embedders/",
    "deepwiki/foundation/encryption.py",
    "repos/services.py",
    "repos/jobs/",
    "repos/indexing/",
    "repos/index/",
    "chat/rendering/notes.py",
    "deepwiki/wiki/builds/",
    "deepwiki/wiki/translation/page_requests.py",
)
PAGE_SENTENCES = "deepwiki/wiki/pages/sentences.py"  # all texts of its table SENTENCES
NOT_SHOWN = re.compile(r"/(tests|testing|migrations)/|/testing\.py$")
SENTENCE = re.compile(r"[A-Z][^{}\n]* [^{}\n]*[.]")
STRING_LITERAL = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
NGETTEXT_CALL = re.compile(rf"\bngettext\({STRING_LITERAL}\s*,\s*{STRING_LITERAL}")
GETTEXT_CALL = re.compile(rf"(?<![\w])(?:gettext|_)\({STRING_LITERAL}")
# Fixed, so that files change only with their texts.
CATALOG_DATE = datetime(2026, 11, 25, tzinfo=UTC)
CATALOG_WIDTH = 120
Message = str | tuple[str, str]  # a pair is singular and plural
Translation = str | tuple[str, ...] | list[str] | None


def collect() -> set[Message]:
    """Every sentence to translate."""
    messages: set[Message] = set()
    for name, source in _code():
        tree = ast.parse(source)
        messages.update(_gettext_calls(tree))
        if name.startswith(SENTENCE_SOURCES):
            messages.update(_sentences(tree))
        if name == PAGE_SENTENCES:
            messages.update(_table_texts(tree))
    for source in _templates():
        messages.update(_template_calls(source))
    return messages


def catalog(language: str) -> Catalog:
    """The stored catalog of a language; empty if there is none yet."""
    path = _folder(language) / "django.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(messages: Catalog) -> bytes:
    """The contents of `django.mo` for a catalog."""
    out = io.BytesIO()
    write_mo(out, messages)
    return out.getvalue()


def update() -> int:
    """Rewrite all catalogs; returns how many translations are missing in them."""
    messages = sorted(collect(), key=str)
    return sum(_update_language(language, messages) for language in LANGUAGES)


def _update_language(language: str, messages: Iterable[Message]) -> int:
    """Rewrite one catalog; returns how many of its translations are missing."""
    stored = catalog(language)
    updated = _empty_catalog(language)
    missing = 0
    for message in messages:
        translation = _translation(stored, message)
        updated.add(message, translation, flags=_flags(message))
        missing += not _is_translated(translation)
    _write(language, updated)
    return missing


def _empty_catalog(language: str) -> Catalog:
    return Catalog(
        locale=language,
        header_comment=f"# DeepWiki: {language}",
        project="DeepWiki",
        version="1",
        charset="utf-8",
        fuzzy=False,
        last_translator="DeepWiki",
        language_team="DeepWiki",
        msgid_bugs_address="DeepWiki",
        creation_date=CATALOG_DATE,
        revision_date=CATALOG_DATE,
    )


def _write(language: str, updated: Catalog) -> None:
    folder = _folder(language)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "django.po").open("wb") as file:
        write_po(file, updated, width=CATALOG_WIDTH)
    (folder / "django.mo").write_bytes(compiled(catalog(language)))


def _folder(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES"


def _translation(stored: Catalog, message: Message) -> Translation:
    entry = stored.get(_singular(message))
    if entry is None:
        return None
    return entry.string


def _singular(message: Message) -> str:
    if isinstance(message, str):
        return message
    return message[0]


def _flags(message: Message) -> set[str]:
    if "%(" in str(message):
        return {"python-format"}
    return set()


def _is_translated(translation: Translation) -> bool:
    if translation is None or isinstance(translation, str):
        return bool(translation)
    return all(translation)


def _code() -> Iterator[tuple[str, str]]:
    """Relative path and source of each module that may hold messages."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not NOT_SHOWN.search(name):
                yield name, path.read_text("utf-8")


def _templates() -> Iterator[str]:
    """The sources of the translated templates."""
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            yield path.read_text("utf-8")


def _gettext_calls(tree: ast.Module) -> Iterator[Message]:
    """The arguments of gettext calls."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [text for text in map(_string, node.args) if text is not None]
        if node.func.id == "ngettext":
            yield texts[0], texts[1]
        elif node.func.id in CALLS and texts:
            yield texts[0]


def _sentences(tree: ast.Module) -> Iterator[str]:
    """The string literals that are sentences, without docstrings."""
    docstrings = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        text = _string(node)
        if text and id(node) not in docstrings and SENTENCE.fullmatch(text):
            yield text


def _table_texts(tree: ast.Module) -> Iterator[Message]:
    """The values of the table SENTENCES."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict):
            yield from map(ast.literal_eval, node.value.values)


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in ast.walk(tree):
        if not isinstance(node, documented) or not node.body:
            continue
        if isinstance(node.body[0], ast.Expr):
            yield node.body[0].value


def _string(node: ast.AST) -> str | None:
    """The value of a string literal; None for every other node."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _template_calls(source: str) -> Iterator[Message]:
    """The texts of `translate` and `blocktranslate` tags."""
    # Django's input for xgettext: pseudo-code with one gettext call after the other.
    code = templatize(source)
    for match in NGETTEXT_CALL.finditer(code):
        yield ast.literal_eval(match[1]), ast.literal_eval(match[2])
    for match in GETTEXT_CALL.finditer(code):
        yield ast.literal_eval(match[1])


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")
    django.setup()
    missing = update()
    print(f"{len(collect())} sentences, {missing} translations missing")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
