"""The interface's words in all languages: `python -m deepwiki.testing.messages` brings the catalogs up to date.

Collects what templates and code say, writes it to each language's `django.po` (new sentences untranslated), and compiles
what is there to `django.mo`. Needs no gettext tools. A test holds the catalogs complete and compiled.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "deepwiki" / "locale"
LANGUAGES = {
    "ja": "ja",
    "zh_Hans": "zh_Hans",
    "zh_Hant": "zh_Hant",
    "es": "es",
    "ko": "ko",
    "vi": "vi",
    "pt_BR": "pt_BR",
    "fr": "fr",
    "ru": "ru",
}
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
# Their sentences are shown on pages, though they know no framework.
SPEAKING = [
    "repos/sources",
    "repos/embedders",
    "repos/encryption.py",
    "repos/services.py",
    "repos/jobs",
    "repos/indexing",
    "repos/index/",
]
DATE = datetime(2026, 11, 25, tzinfo=UTC)  # always the same: a catalog changes only with its words
SENTENCE = re.compile(r"[A-Z][^{}\n]* [^{}\n]*[.]")
Message = str | tuple[str, str]


def collect() -> set[Message]:
    """Every sentence to translate; a pair where there is a plural."""
    found: set[Message] = set()
    for app in ("chat", "repos", "deepwiki"):
        for path in sorted((ROOT / app).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if not re.search(r"/(tests|testing|migrations)/|/testing\.py$", name):
                found |= _in_code(
                    path.read_text("utf-8"),
                    speaking=any(name.startswith(part) for part in SPEAKING),
                )
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if "admin" not in path.parts:  # staff pages keep Django's own words beside a few of ours
            found |= _in_template(path.read_text("utf-8"))
    return found


def catalog(language: str) -> Catalog:
    """A language's catalog as it is stored; empty when there is none yet."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(messages: Catalog) -> bytes:
    """The catalog as `django.mo` holds it."""
    out = io.BytesIO()
    write_mo(out, messages)
    return out.getvalue()


def update() -> int:
    """Write all catalogs anew; returns how many sentences are still untranslated."""
    wanted, missing = collect(), 0
    for language in LANGUAGES:
        known = catalog(language)
        fresh = Catalog(
            locale=language,
            header_comment=f"# DeepWiki: {language}",
            project="DeepWiki",
            version="1",
            charset="utf-8",
            fuzzy=False,
            last_translator="DeepWiki",
            language_team="DeepWiki",
            msgid_bugs_address="DeepWiki",
            creation_date=DATE,
            revision_date=DATE,
        )
        for message in sorted(wanted, key=str):
            before = known.get(message if isinstance(message, str) else message[0])
            flags = {"python-format"} if "%(" in str(message) else set()
            fresh.add(message, before.string if before else None, flags=flags)
            missing += not before or not _said(before.string)
        folder = LOCALE / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "django.po").open("wb") as file:
            write_po(file, fresh, width=120)
        (folder / "django.mo").write_bytes(compiled(catalog(language)))
    return missing


def _said(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) if text is None or isinstance(text, str) else all(text)


def _in_code(source: str, *, speaking: bool) -> set[Message]:
    found: set[Message] = set()
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            texts = [
                a.value
                for a in node.args
                if isinstance(a, ast.Constant) and isinstance(a.value, str)
            ]
            if node.func.id == "ngettext":
                found.add((texts[0], texts[1]))
            elif texts:
                found.add(texts[0])
        elif (
            speaking
            and isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            found |= {node.value} if SENTENCE.fullmatch(node.value) else set()
    return found


def _in_template(source: str) -> set[Message]:
    from django.utils.translation.template import templatize

    # The pseudo-code that Django gives to xgettext, read as what it is: calls one after the other.
    code = templatize(source)
    found: set[Message] = set()
    string = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
    for match in re.finditer(rf"\bngettext\({string}\s*,\s*{string}", code):
        found.add((ast.literal_eval(match[1]), ast.literal_eval(match[2])))
    for match in re.finditer(rf"(?<![\w])(?:gettext|_)\({string}", code):
        found.add(ast.literal_eval(match[1]))
    return found


def main() -> int:
    django.setup()
    missing = update()
    print(f"{len(collect())} sentences, {missing} translations missing")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
