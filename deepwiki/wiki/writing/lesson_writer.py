"""Writes slides and a workshop with a language model: data, made of the built pages, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from deepwiki.wiki.content import ContentBlock, DiagramBlock, PageContent, TextBlock
from deepwiki.wiki.ledger.page_claims import check_page
from deepwiki.wiki.lessons import CheckedFiles, NotUsable, slides_from_json, workshop_from_json
from deepwiki.wiki.pages import markdown, starts
from deepwiki.wiki.plan import PageKind, PlannedPage
from deepwiki.wiki.writing.diagram_reply import DiagramReader
from deepwiki.wiki.writing.evidence_pack import EvidencePack
from deepwiki.wiki.writing.json_reply import json_object, text_of
from deepwiki.wiki.writing.lesson_evidence import BuiltPage, pack_cited, page_blocks
from deepwiki.wiki.writing.model_calls import CallFailed, Instruction
from deepwiki.wiki.writing.page_writer import ModelPage, PageWriter
from deepwiki.wiki.writing.prompt_parts import (
    fact_block,
    instructions,
    joined,
)
from deepwiki.wiki.writing.sentences import say

MAX_SUMMARY_CHARS = 300
LINES_SHARE, PAGES_SHARE = 0.7, 0.5  # of the tokens of lines that other pages are given
Read = Callable[[str, CheckedFiles, str], PageContent]


@dataclass(frozen=True)
class LessonKind:
    """The prompt of a kind, what reads its reply, what is said of one that is none.

    A reply with fewer than `least` slides or exercises is none.
    """

    prompt: str
    read: Read
    refusal: str
    least: int


LESSON_KINDS: Mapping[PageKind, LessonKind] = {
    PageKind.SLIDES: LessonKind("slides", slides_from_json, "no_slides", 3),
    PageKind.WORKSHOP: LessonKind("workshop", workshop_from_json, "no_exercises", 1),
}


@dataclass(frozen=True)
class LessonWriter:
    """Writes the slides and the workshop of a build, beside the writer of its other pages."""

    writer: PageWriter

    def write(
        self, page: PlannedPage, from_code: PageContent, built: Sequence[BuiltPage]
    ) -> ModelPage:
        """The page. Raises CallFailed where there is none, CapReached, CallStopped.

        `built` are the pages that it is made of, the most important first; `from_code` is the
        same page made from the code, whose lines are given too.
        """
        kind = LESSON_KINDS[page.kind]
        writer = self.writer
        own = markdown(from_code, page.title)
        texts = [own, *(each.text for each in built)]
        pack = pack_cited(texts, writer.code, writer.reader, int(LINES_SHARE * writer.pack_tokens))
        reply = writer.caller.ask(self._instruction(kind, own, built, pack))
        return self._checked(kind, page, reply.text, pack)

    def _instruction(
        self, kind: LessonKind, own: str, built: Sequence[BuiltPage], pack: EvidencePack
    ) -> Instruction:
        room = int(PAGES_SHARE * self.writer.pack_tokens)
        material = joined(
            fact_block("the same, made from the code without a model", own[: 2 * room]),
            page_blocks(built, room),
            pack.text,
        )
        name = self.writer.code.name
        return Instruction(instructions(kind.prompt, name, self.writer.language), material)

    def _checked(
        self, kind: LessonKind, page: PlannedPage, reply: str, pack: EvidencePack
    ) -> ModelPage:
        """The page with its claims, all of whose lines exist and were given."""
        said = text_of((json_object(reply) or {}).get("summary"), MAX_SUMMARY_CHARS)
        try:
            content = kind.read(reply, self._files(pack), said or page.title)
        except NotUsable as unusable:
            raise CallFailed(say(kind.refusal)) from unusable
        if len(starts(content.blocks)) < kind.least:
            raise CallFailed(say(kind.refusal))
        content = self._with_origins(content)
        claims = check_page(_text_of(content), pack.given, self.writer.snapshot)
        return ModelPage(content, claims, pack.given, self.writer.language)

    def _files(self, pack: EvidencePack) -> CheckedFiles:
        files = self.writer.code.files
        return CheckedFiles(
            {path: "\n".join(lines) for path, lines in pack.texts.items()},
            {path: files[path].language for path in pack.texts},
            pack.given,
        )

    def _with_origins(self, content: PageContent) -> PageContent:
        return replace(content, blocks=tuple(map(self._with_origin, content.blocks)))

    def _with_origin(self, block: ContentBlock) -> ContentBlock:
        """A drawing says which of its edges are found in the code."""
        if isinstance(block, DiagramBlock):
            return DiagramReader(self.writer.code).with_origins(block)
        return block


def _text_of(content: PageContent) -> str:
    texts = (block.markdown for block in content.blocks if isinstance(block, TextBlock))
    return "\n\n".join(texts)
