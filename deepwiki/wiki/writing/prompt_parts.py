"""What the prompts for pages are put together of. Text of a repository is data, in fences. Pure."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template

from chat.core.prompt import neutralize
from deepwiki.foundation.languages import ANSWER_LANGUAGES

FOLDER = Path(__file__).resolve().parent / "prompts"
DEFAULT_LANGUAGE = "en"
CUT = "…"


@lru_cache(maxsize=16)
def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.md").read_text("utf-8").strip())


def instructions(name: str, repository: str, language: str = DEFAULT_LANGUAGE) -> str:
    """The instructions of `prompts/<name>.md`. Raises KeyError for an unknown place in them."""
    rules = _template("rules").template
    language_name = ANSWER_LANGUAGES.get(language, ANSWER_LANGUAGES[DEFAULT_LANGUAGE])
    return _template(name).substitute(
        repository=neutralize(repository), language=language_name, rules=rules
    )


def numbered(lines: list[str], first: int) -> str:
    """Lines with their numbers, as citations count them."""
    return "\n".join(f"{number}| {line}" for number, line in enumerate(lines, first))


def file_block(path: str, start: int, end: int, text: str) -> str:
    """Lines of a file, with the citation of all of them."""
    cite = f"{neutralize(path)}:L{start}-L{end}"
    return f'<file cite="{cite}">\n{neutralize(text)}\n</file>'


def fact_block(name: str, text: str) -> str:
    """Facts that we know from the index, or text of a repository that is no file's."""
    if not text.strip():
        return ""
    return f'<map about="{name}">\n{neutralize(text)}\n</map>'


def joined(*blocks: str) -> str:
    """The blocks that there are."""
    return "\n\n".join(filter(None, blocks))
