"""Task lists: `- [ ] open` and `- [x] done`, as GitHub Flavored Markdown has them.

https://github.github.com/gfm/#task-list-items-extension-
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

MARKER = re.compile(r"\[([ xX])\][ \t\n]+")
CHECKBOX = '<input class="task-list-item-checkbox" disabled type="checkbox"'
Task = tuple[Token, bool]  # the item's text and whether it is done


def take_markers(tokens: Sequence[Token]) -> list[Task]:
    """Cut the markers off the texts of items, before these are parsed.

    Marks the items and their lists by class. One pass.
    """
    tasks = []
    for list_token, item, content in _item_texts(tokens):
        match = MARKER.match(content.content)
        if match is None:
            continue
        content.content = content.content[match.end() :]
        item.attrSet("class", "task-list-item")
        list_token.attrSet("class", "contains-task-list")
        tasks.append((content, match[1] != " "))
    return tasks


def add_checkboxes(tasks: Sequence[Task]) -> None:
    """Put a checkbox and a label around the parsed texts of task items."""
    for content, is_done in tasks:
        box = CHECKBOX + (" checked>" if is_done else ">")
        content.children = [_html(f"<label>{box} "), *(content.children or []), _html("</label>")]


def _item_texts(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token, Token]]:
    """List, item and first text of each list item that begins with a paragraph."""
    lists: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(token)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "inline" and lists and _begins_item(tokens, index):
            yield lists[-1], tokens[index - 2], token


def _begins_item(tokens: Sequence[Token], index: int) -> bool:
    before = [token.type for token in tokens[max(0, index - 2) : index]]
    return before == ["list_item_open", "paragraph_open"]


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)
