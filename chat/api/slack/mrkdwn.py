"""Markdown as Slack shows text, its "mrkdwn". Pure; takes time in proportion to the text.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

FENCE = "```"
INDENT = re.compile(r"[ \t]{0,40}")
BULLET = re.compile(r"[-*+][ \t]{1,4}")
RULE = re.compile(r"(?:[-*_][ \t]?){3,80}")
TABLE_RULE = re.compile(r"[|: \t-]{3,500}")
INLINE = re.compile(
    r"(?P<ticks>`{1,2})(?P<code>[^`\n]{1,400})(?P=ticks)"
    r"|!?\[(?P<label>[^\[\]\n]{0,300})\]\((?P<target>[^()\s<>]{1,600})\)"
    r"|\*\*(?P<bold>[^*\n]{1,400})\*\*"
    r"|~~(?P<struck>[^~\n]{1,400})~~"
    r"|(?<![\w*])\*(?P<slanted>[^\s*][^*\n]{0,400})\*(?![\w*])"
)
# Where a piece of inline code, or the target of a link, leads; empty where nowhere.
Target = Callable[[str], str]


def to_mrkdwn(text: str, code_target: Target, link_target: Target) -> str:
    """The text as Slack shows it. Nothing in it mentions anybody."""
    return "\n".join(_Lines(code_target, link_target).converted(text))


def escape(text: str) -> str:
    """Text as it is: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(address: str, label: str) -> str:
    """A link. A label cannot hold a bar or a bracket."""
    shown = escape(label.replace("|", "¦")) or escape(address)
    return f"<{escape(address).replace('|', '%7C')}|{shown}>"


class _Lines:
    def __init__(self, code_target: Target, link_target: Target) -> None:
        self.code_target, self.link_target = code_target, link_target

    def converted(self, text: str) -> Iterator[str]:
        """Each line; fences are closed, and tables are shown as they were written."""
        fence = ""  # of code, or a bar for a table
        for line in text.splitlines():
            bare = line.strip()
            if fence == "|" and not bare.startswith("|"):
                fence = ""
                yield FENCE
            if fence in (FENCE, "~~~") and bare.startswith(fence):
                fence = ""
                yield FENCE
            elif fence:
                yield from _table_row(bare) if fence == "|" else [escape(line)]
            elif fence := _opened(bare):
                yield FENCE
                yield from _table_row(bare) if fence == "|" else []
            else:
                yield self._line(line)
        if fence:
            yield FENCE

    def _line(self, line: str) -> str:
        indent = INDENT.match(line)[0]  # type: ignore[index]
        bare = line.strip()
        if bare.startswith("#"):
            return f"*{self._heading(bare)}*"
        if RULE.fullmatch(bare):
            return "———"
        if bare.startswith(">"):
            return f"> {self._inline(bare.lstrip('> '))}"
        if bullet := BULLET.match(bare):
            return f"{indent}• {self._inline(bare[bullet.end() :])}"
        return indent + self._inline(bare)

    def _heading(self, bare: str) -> str:
        return self._inline(bare.strip("# ").replace("**", "")).replace("*", "")

    def _inline(self, text: str) -> str:
        pieces, end = [], 0
        for match in INLINE.finditer(text):
            pieces += [escape(text[end : match.start()]), self._marked(match)]
            end = match.end()
        return "".join([*pieces, escape(text[end:])])

    def _marked(self, match: re.Match[str]) -> str:
        match match.lastgroup:
            case "code":
                return self._code(match["code"].strip())
            case "target":
                return self._link(match["target"], match["label"])
            case "bold":
                return f"*{self._inline(match['bold'])}*"
            case "struck":
                return f"~{self._inline(match['struck'])}~"
        return f"_{self._inline(match['slanted'])}_"

    def _code(self, code: str) -> str:
        address = self.code_target(code)
        if address:
            return link(address, code)
        return f"`{escape(code)}`"

    def _link(self, target: str, label: str) -> str:
        address = self.link_target(target)
        if address:
            return link(address, label)
        return escape(label or target)


def _opened(bare: str) -> str:
    for mark in (FENCE, "~~~", "|"):
        if bare.startswith(mark):
            return mark
    return ""


def _table_row(bare: str) -> list[str]:
    if TABLE_RULE.fullmatch(bare):
        return []
    return [escape(bare)]
