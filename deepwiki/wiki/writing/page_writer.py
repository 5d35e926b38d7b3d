"""Writes a page with a language model: what it is given, one call, what it returned, checked.

`second_look.py` asks what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from deepwiki.foundation.text import estimated_tokens
from deepwiki.wiki.content import PageContent, TextBlock
from deepwiki.wiki.evidence import IndexReader
from deepwiki.wiki.ledger.claim import CheckedClaim
from deepwiki.wiki.ledger.page_claims import check_page
from deepwiki.wiki.pages.markdown import block_markdown
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import CodeBase, PageKind, PlannedPage, WikiPlan
from deepwiki.wiki.writing.diagram_reply import DiagramReader
from deepwiki.wiki.writing.evidence_pack import (
    EvidencePack,
    FoundLines,
    link_facts,
    pack_evidence,
)
from deepwiki.wiki.writing.model_calls import CallFailed, Instruction, ModelCaller
from deepwiki.wiki.writing.page_reply import PageReply, read_page
from deepwiki.wiki.writing.prompt_parts import (
    DEFAULT_LANGUAGE,
    fact_block,
    instructions,
    joined,
)
from deepwiki.wiki.writing.sentences import say
from repos.access import OPERATOR_ID
from repos.search import IndexSnapshot, SearchOptions, search

# Other kinds are exact lists, made from the code.
MODEL_KINDS = frozenset({PageKind.OVERVIEW, PageKind.PART, PageKind.GUIDE})
MAX_PACK_TOKENS = 20_000
MAX_SKELETON_CHARS = 8_000
MAX_SUMMARIES = 60
MAX_SUMMARY_CHARS = 300
PACK_SHARE = 0.6  # of the room that a model leaves
INSTRUCTION_TOKENS = 1_500
SEARCH_HITS = 8
MIN_PAGE_CHARS = 80
LINES = re.compile(r":L\d+(?:-L\d+)?")


@dataclass(frozen=True, slots=True)
class WrittenBelow:
    """A page below one, as it was written."""

    title: str
    slug: str
    summary: str

    @property
    def as_line(self) -> str:
        """As the model reads it."""
        return f"[{self.title}](wiki:{self.slug}): {self.summary[:MAX_SUMMARY_CHARS]}"


@dataclass(frozen=True)
class ModelPage:
    """A page that a model wrote, and its claims. `given` are the lines it was shown, by path."""

    content: PageContent
    claims: Sequence[CheckedClaim]
    given: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    language: str = DEFAULT_LANGUAGE
    second_look: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class PageDraft:
    """What a model returned for a page, and what it was given for it."""

    source: PageSource
    pack: EvidencePack
    read: PageReply


@dataclass(frozen=True)
class PageWriter:
    """Writes the pages of one build, all from one state of the index."""

    caller: ModelCaller
    snapshot: IndexSnapshot
    plan: WikiPlan
    code: CodeBase
    reader: IndexReader
    language: str = DEFAULT_LANGUAGE

    def draft(
        self, page: PlannedPage, from_code: PageContent, below: Sequence[WrittenBelow] = ()
    ) -> PageDraft:
        """What the model returns for a page. Raises CallFailed, CapReached, CallStopped.

        `from_code` is the same page made from the code: the model reads it.
        """
        source = PageSource(page, self.plan, self.code, self.reader)
        pack = pack_evidence(source, self.pack_tokens, self._search)
        reply = self.caller.ask(self._instruction(source, pack, from_code, below))
        return PageDraft(source, pack, read_page(reply.text, self.diagrams, is_cut=reply.is_cut))

    def checked(self, read: PageReply, pack: EvidencePack) -> ModelPage:
        """A page with its claims. Raises CallFailed for one that says nothing of the code."""
        if len(read.text) < MIN_PAGE_CHARS:
            raise CallFailed(say("no_page"))
        given = pack.given
        claims = check_page(f"{read.summary}\n\n{read.text}", given, self.snapshot)
        if not any(claim.is_verified for claim in claims):
            raise CallFailed(say("no_claim"))
        return ModelPage(_content(read, self.language), claims, given, self.language)

    @property
    def pack_tokens(self) -> int:
        """How many tokens of lines fit beside everything else."""
        model = self.caller.model
        room = model.context - model.output - INSTRUCTION_TOKENS
        return max(0, min(MAX_PACK_TOKENS, int(PACK_SHARE * room)))

    @property
    def diagrams(self) -> DiagramReader:
        """Reads what it draws."""
        return DiagramReader(self.code, frozenset(self.plan.by_slug))

    def _instruction(
        self,
        source: PageSource,
        pack: EvidencePack,
        from_code: PageContent,
        below: Sequence[WrittenBelow],
    ) -> Instruction:
        page = source.page
        material = joined(
            fact_block("the page to write", _about(page)),
            fact_block("notes of the repository for this page", page.notes[:MAX_SUMMARY_CHARS]),
            fact_block("pages below it", _summaries(below)),
            fact_block("links of its files", link_facts(source)),
            fact_block("the same page, made from the code", _skeleton(from_code)),
            pack.text,
        )
        return Instruction(instructions("page", self.code.name, self.language), material)

    def _search(self, words: str) -> list[FoundLines]:
        options = SearchOptions(limit=SEARCH_HITS, hybrid=False, with_text=False)
        found = search([self.snapshot], words, user_id=OPERATOR_ID, options=options)
        return [(hit.path, hit.start, hit.end) for hit in found.passages]


def _about(page: PlannedPage) -> str:
    lines = [f"title: {page.title}", f"kind: {page.kind}", f"purpose: {page.purpose}"]
    return "\n".join([*lines, "files:", *page.files[:MAX_SUMMARIES]])


def _summaries(below: Iterable[WrittenBelow]) -> str:
    return "\n".join(each.as_line for each in islice(below, MAX_SUMMARIES))


def _skeleton(content: PageContent) -> str:
    """The text of a page made from the code, without lines: these were not given."""
    texts = (block_markdown(block) for block in content.blocks if isinstance(block, TextBlock))
    return LINES.sub("", "\n\n".join([content.summary, *texts]))[:MAX_SKELETON_CHARS]


def _content(read: PageReply, language: str) -> PageContent:
    cut = [TextBlock(say("page_is_cut", language))] * read.is_cut
    return PageContent(read.summary, (*read.blocks, *cut), read.questions, read.left_out)


def page_tokens(lines: int) -> int:
    """About how many tokens so many lines of code have, with their numbers."""
    return lines * estimated_tokens("123|     value = function(argument, other)")
