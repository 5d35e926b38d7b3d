"""Reasoning that a model writes into its text, `<think>…</think>`: told from the answer.

Models write it before the answer (DeepSeek R1, Qwen 3, Magistral, Kimi); a service with
a reasoning parser sends it apart. Inside of code the tags are text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAMES = ("think", "thinking", "thought", "reasoning")
TAGS = {f"<{name}>": f"</{name}>" for name in NAMES}
TAGS |= {"[think]": "[/think]", "◁think▷": "◁/think▷"}
OPENING_OR_CLOSING = re.compile("|".join(map(re.escape, [*TAGS, *TAGS.values()])), re.IGNORECASE)
LONGEST_TAG = max(map(len, TAGS.values()))
# Only these can begin a tag, or code.
SPECIAL = re.compile(r"[<\[◁`~]")
TAG_START = re.compile(r"[<\[◁][^<\[◁]*\Z")
CODE_RUN = re.compile(r"`+|~{3,}|\n")
FENCE = 3
# Behind a tag in the middle of the answer. What exceeds it was no reasoning.
MAX_HIDDEN_CHARS = 16_000
WHOLE = re.compile(
    r"\A\s*(?:"
    + "|".join(f"{re.escape(start)}.*?{re.escape(end)}" for start, end in TAGS.items())
    + r")\s*",
    re.IGNORECASE | re.DOTALL,
)


def without_reasoning(text: str) -> str:
    """A stored or sent answer without the reasoning at its start."""
    return WHOLE.sub("", text, count=1)


@dataclass
class ReasoningFilter:
    """The answer in a stream of text, without the reasoning, whatever the pieces' borders.

    `hides` is true while reasoning is being read.
    """

    _closing: str = ""  # the tag that ends the reasoning; empty outside of it
    _closing_since_start: bool = False  # no text stands before the reasoning
    _held: str = ""  # the start of what may become a tag
    _hidden: list[str] = field(default_factory=list)  # since a tag in the middle: perhaps none
    _hidden_chars: int = 0
    _has_text: bool = False
    _code: CodeState = field(default_factory=lambda: CodeState())

    @property
    def hides(self) -> bool:
        return bool(self._closing)

    def feed(self, text: str) -> str:
        """What of the text so far is answer and was not returned before."""
        if self._is_plain and SPECIAL.search(text) is None:
            return text
        text = self._held + text
        self._held = ""
        shown: list[str] = []
        while text:
            text = self._hide(text, shown) if self._closing else self._show(text, shown)
        return "".join(shown)

    @property
    def _is_plain(self) -> bool:
        """Whether text without marks can be passed on as it is."""
        return self._has_text and not (self._held or self._closing or self._code.is_open)

    def finish(self) -> str:
        """What is left at the end: a tag in the middle that was never closed was none."""
        if self._closing and self._closing_since_start:
            return ""
        return "".join([*self._hidden, self._held])

    def _show(self, text: str, shown: list[str]) -> str:
        """Show up to the next tag; return what follows it."""
        start = 0
        for match in OPENING_OR_CLOSING.finditer(text):
            self._code.read(text[start : match.start()])
            start = match.start()
            if not self._code.is_at_code():
                self._append(text[:start], shown)
                self._open(match[0])
                return text[match.end() :]
        held = self._possible_tag(text)
        self._code.read(text[start : len(text) - len(held)])
        self._append(text[: len(text) - len(held)], shown)
        self._held = held
        return ""

    def _append(self, text: str, shown: list[str]) -> None:
        if not self._has_text:
            text = text.lstrip()
            self._has_text = bool(text)
        shown.append(text)

    def _open(self, tag: str) -> None:
        """Begin to hide; a closing tag alone is left out."""
        self._closing = TAGS.get(tag.lower(), "")
        self._closing_since_start = not self._has_text
        if self._closing and self._has_text:
            self._hidden.append(tag)

    def _hide(self, text: str, shown: list[str]) -> str:
        """Hide up to the closing tag; return what follows it."""
        end = text.lower().find(self._closing)
        if end >= 0:
            following = text[end + len(self._closing) :]
            self._end_hiding()
            return following
        self._held = self._possible_tag(text)
        if not self._closing_since_start:
            self._keep_hidden(text[: len(text) - len(self._held)], shown)
        return ""

    def _keep_hidden(self, text: str, shown: list[str]) -> None:
        self._hidden.append(text)
        self._hidden_chars += len(text)
        if self._hidden_chars > MAX_HIDDEN_CHARS:
            shown += self._hidden
            self._end_hiding()

    def _end_hiding(self) -> None:
        self._closing = ""
        self._hidden.clear()
        self._hidden_chars = 0

    def _possible_tag(self, text: str) -> str:
        """The end of the text if a tag may begin in it."""
        match = TAG_START.search(text, max(0, len(text) - LONGEST_TAG))
        if match is None:
            return ""
        start = match[0].lower()
        known = [self._closing] if self._closing else [*TAGS, *TAGS.values()]
        return match[0] if any(tag.startswith(start) for tag in known) else ""


@dataclass
class CodeState:
    """Whether the end of a growing Markdown text stands inside of code."""

    _fence: str = ""
    _inline: int = 0
    _carry: str = ""  # a run of marks that may go on

    @property
    def is_open(self) -> bool:
        return bool(self._fence or self._inline or self._carry)

    def read(self, text: str) -> None:
        text = self._carry + text
        rest = text.rstrip("`~")
        self._carry = text[len(rest) :][: 2 * FENCE]
        self._take(rest)

    def is_at_code(self) -> bool:
        """Whether what follows is code: the run of marks before it is over."""
        self._take(self._carry)
        self._carry = ""
        return bool(self._fence or self._inline)

    def _take(self, text: str) -> None:
        for match in CODE_RUN.finditer(text):
            run = match[0]
            if self._fence:
                self._close_fence(run)
            elif run == "\n":
                self._inline = 0
            elif len(run) >= FENCE and not self._inline:
                self._fence = run
            elif run[0] == "`":
                self._inline = self._after_run(len(run))

    def _close_fence(self, run: str) -> None:
        if run[0] == self._fence[0] and len(run) >= len(self._fence):
            self._fence = ""

    def _after_run(self, length: int) -> int:
        if self._inline:
            return 0 if self._inline == length else self._inline
        return length
