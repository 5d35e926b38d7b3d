"""Slides and exercises of a page, as HTML, from its blocks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from chat.rendering.sanitizer import cleaned
from deepwiki.wiki.content import BlockRole, ContentBlock, PageContent, TextBlock
from deepwiki.wiki.pages import starts
from deepwiki.wiki.reading.page_html import NOTE
from deepwiki.wiki.reading.rendered_page import PageHtml

KEY_CHARS = 16
CODE = re.compile(r"`+([^`\n]+)`+")
LINK = re.compile(r"<a [^<>]*>(.*?)</a>", re.DOTALL)
CHOICES = (BlockRole.CHOICE, BlockRole.RIGHT_CHOICE)


@dataclass(frozen=True)
class ShownBlock:
    """A block and its HTML."""

    block: ContentBlock
    html: SafeString

    @property
    def role(self) -> BlockRole:
        """What it is; a diagram belongs to the body."""
        return self.block.role if isinstance(self.block, TextBlock) else BlockRole.BODY


@dataclass(frozen=True)
class Lesson:
    """A slide or an exercise: blocks, the first of which is its title. `place` is from 1."""

    place: int
    blocks: Sequence[ShownBlock]

    @property
    def title(self) -> SafeString:
        """The heading."""
        return self.blocks[0].html

    @cached_property
    def name(self) -> str:
        """The text of the heading."""
        return strip_tags(NOTE.sub("", self.title)).strip()

    @cached_property
    def body(self) -> list[SafeString]:
        """What a slide shows, or the steps of an exercise."""
        return [each.html for each in self.blocks[1:] if each.role is BlockRole.BODY]

    @cached_property
    def texts(self) -> Mapping[str, list[SafeString]]:
        """The HTML of its other blocks, by role."""
        return {role.value: list(self._of(role)) for role in BlockRole if role}

    @cached_property
    def choices(self) -> list[tuple[SafeString, bool]]:
        """The choices of its question, and whether each is right."""
        shown = [each for each in self.blocks if each.role in CHOICES]
        return [(_without_links(each.html), each.role is BlockRole.RIGHT_CHOICE) for each in shown]

    @cached_property
    def key(self) -> str:
        """Names an exercise in every language: a digest of the code that its texts name."""
        texts = (each.block.markdown for each in self.blocks if isinstance(each.block, TextBlock))
        names = sorted({name.strip() for text in texts for name in CODE.findall(text)})
        digest = hashlib.sha256("\n".join(names).encode("utf-8", "replace"))
        return digest.hexdigest()[:KEY_CHARS]

    def _of(self, role: BlockRole) -> Iterator[SafeString]:
        return (each.html for each in self.blocks if each.role is role)


def _without_links(html: SafeString) -> SafeString:
    """HTML for a label: a press on it chooses, and opens nothing."""
    return cleaned(LINK.sub(r"<code>\1</code>", html))


def lessons(content: PageContent, shown: PageHtml, urls: Mapping[str, str]) -> list[Lesson]:
    """The slides or exercises of a page; what stands before the first is left out."""
    html = shown.as_blocks(urls)
    blocks = [ShownBlock(*pair) for pair in zip(content.blocks, html, strict=False)]
    places = starts(content.blocks[: len(blocks)])
    ends = [*places[1:], len(blocks)]
    found = (blocks[start:end] for start, end in zip(places, ends, strict=True))
    return [Lesson(place, each) for place, each in enumerate(found, 1)]
