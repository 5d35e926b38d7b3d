"""The text of Markdown, reStructuredText and Javadoc without their markup."""

from __future__ import annotations

import re

IMAGE = re.compile(r"!\[[^\]]{0,300}\](?:\([^)]{0,500}\)|\[[^\]]{0,100}\])")
LINK = re.compile(r"\[([^\[\]]{0,300})\](?:\([^()\s]{0,500}[^()]{0,100}\)|\[[^\]]{0,100}\])")
SHORT_LINK = re.compile(r"\[([^\W\d][^\[\]]{1,80})\](?![(\[:])")
RST_LINK = re.compile(r"`([^`<]{1,200})\s*<[^>`]{1,400}>`_{1,2}")
RST_ROLE = re.compile(r":[a-z:]{2,30}:`~?\.?([^`<]{1,200})(?:\s*<[^>`]{1,200}>)?`")
RST_REFERENCE = re.compile(r"`([^`]{1,200})`_{1,2}(?!\w)")
RST_WORD = re.compile(r"(?<![\w`])([A-Za-z][A-Za-z-]{1,60})_{1,2}(?![\w`])")
RST_SUBSTITUTION = re.compile(r"\|[A-Za-z][\w .-]{0,60}\|_{0,2}")
JAVADOC = re.compile(r"\{@\w{1,20}\s+#?([^{}]{1,200})\}")
TAG = re.compile(r"</?[A-Za-z][^<>]{0,400}>|<!--.{0,400}?-->")
ENTITY = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}
STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,300}?)(?<=\S)\1")
EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{1,200})(?<=[^\s*])\*(?![\w*])")
QUOTE_MARK = re.compile(r"^(>\s?)+(\[!\w+\]\s*)?")
MAX_CHARS = 20_000
# In order: what stands within something else comes first.
REPLACED = (
    (QUOTE_MARK, ""),
    (IMAGE, ""),
    (JAVADOC, r"`\1`"),
    (TAG, ""),
    (LINK, r"\1"),
    (LINK, r"\1"),
    (SHORT_LINK, r"\1"),
    (RST_LINK, r"\1"),
    (RST_ROLE, r"`\1`"),
    (RST_REFERENCE, r"\1"),
    (RST_WORD, r"\1"),
    (RST_SUBSTITUTION, ""),
    (STRONG, r"\2"),
    (EMPHASIS, r"\1"),
)


def readable(text: str) -> str:
    """The text without images, tags, links and emphasis; code stays between backticks."""
    text = text[:MAX_CHARS].replace("``", "`")
    for pattern, replacement in REPLACED:
        text = pattern.sub(replacement, text)
    for entity, char in ENTITY.items():
        text = text.replace(entity, char)
    return " ".join(text.split())
