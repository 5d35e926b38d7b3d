"""What a page holds: blocks of Markdown and diagrams as data. Pure.

A citation is the inline code `path:L1-L2` (or `path:L1`, or a path alone), as in answers. A link
to another page is a Markdown link to `wiki:<slug>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class DiagramKind(StrEnum):
    """What the edges of a diagram are."""

    IMPORTS = "imports"
    CALLS = "calls"
    CLASSES = "classes"
    SEQUENCE = "sequence"
    PARTS = "parts"


class BlockRole(StrEnum):
    """What a text is of a slide or an exercise; all other texts have none.

    Which choice of a question is right is said by its role.
    """

    BODY = ""
    NOTES = "notes"
    GOAL = "goal"
    HINT = "hint"
    QUESTION = "question"
    CHOICE = "choice"
    RIGHT_CHOICE = "right_choice"
    EXPLANATION = "explanation"


class Origin(StrEnum):
    """Where an edge of a diagram comes from."""

    CODE = "code"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Node:
    """A box. `path` and `line` are its source, `slug` its page; both may be missing."""

    key: str
    label: str
    path: str = ""
    line: int = 0
    slug: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between the nodes `source` and `target`, which are keys."""

    source: str
    target: str
    label: str = ""
    origin: Origin = Origin.CODE


@dataclass(frozen=True, slots=True)
class DiagramBlock:
    """A drawing as data; edges of a sequence are in order of time."""

    kind: DiagramKind
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Markdown. Headings begin at the second level: the first is the page's title."""

    markdown: str
    role: BlockRole = BlockRole.BODY


ContentBlock = TextBlock | DiagramBlock


@dataclass(frozen=True)
class PageContent:
    """A page: one sentence that says what it is about, then its blocks.

    The sentence is plain text in which code stands between backticks, as are `questions`, some
    that a reader may ask next. `left_out_diagrams` counts those that
    were planned and could not be made.
    """

    summary: str
    blocks: tuple[ContentBlock, ...]
    questions: tuple[str, ...] = ()
    left_out_diagrams: int = 0
    # The same with keys instead of sentences, see `deepwiki.wiki.pages.recording`.
    recorded: PageContent | None = field(default=None, compare=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "summary": self.summary,
            "blocks": [_block_as_json(block) for block in self.blocks],
            "questions": list(self.questions),
            "left_out_diagrams": self.left_out_diagrams,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PageContent:
        """From what `as_json` made. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            summary=stored["summary"],
            blocks=tuple(map(_block_from_json, stored["blocks"])),
            questions=tuple(stored.get("questions", ())),
            left_out_diagrams=int(stored.get("left_out_diagrams", 0)),
        )


def _block_as_json(block: ContentBlock) -> dict[str, Any]:
    if isinstance(block, DiagramBlock):
        return {"type": "diagram", **asdict(block)}
    stored: dict[str, Any] = {"type": "text", "markdown": block.markdown}
    return {**stored, "role": block.role} if block.role else stored


def _block_from_json(stored: Mapping[str, Any]) -> ContentBlock:
    if stored["type"] == "text":
        return TextBlock(stored["markdown"], BlockRole(stored.get("role", "")))
    return DiagramBlock(
        kind=DiagramKind(stored["kind"]),
        title=stored["title"],
        nodes=tuple(Node(**node) for node in stored["nodes"]),
        edges=_edges(stored["edges"]),
    )


def _edges(stored: Sequence[Mapping[str, Any]]) -> tuple[Edge, ...]:
    return tuple(Edge(**{**edge, "origin": Origin(edge["origin"])}) for edge in stored)
