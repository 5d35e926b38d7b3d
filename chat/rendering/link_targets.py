"""Links of an answer: to other hosts, to lines of the repository, and to nothing.

A relative target would lead into this site. One that is a path of the index is a
citation; of every other link only its text stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from chat.core.citation_search import target_citation, whole_citation
from chat.core.citations import Check
from chat.rendering.rules import is_relative


def resolve_links(tokens: Sequence[Token], check: Check | None) -> None:
    """Decide what each link of an inline text is; `linked` marks the tokens within one."""
    links: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type == "link_open":
            _resolve(tokens, index, check)
            links.append(token)
        elif token.type == "link_close":
            opening = links.pop()
            token.hidden = opening.hidden
            token.meta = opening.meta
        elif links and not links[-1].hidden:
            token.meta["linked"] = True


def _resolve(tokens: Sequence[Token], index: int, check: Check | None) -> None:
    link = tokens[index]
    target = str(link.attrGet("href") or "")
    if not is_relative(target):
        return
    citation = target_citation(target, check)
    if citation is None or check is None or _cites_lines(tokens, index, check):
        link.hidden = True
        return
    link.meta["citation"] = check(citation)


def _cites_lines(tokens: Sequence[Token], index: int, check: Check) -> bool:
    """Whether the text of a link is a citation itself."""
    label = tokens[index + 1]
    is_only = tokens[index + 2 : index + 3] and tokens[index + 2].type == "link_close"
    return bool(is_only) and bool(whole_citation(label.content.strip(), check))
