"""Writes a page, asks what of its questions it answers, and has what is missing written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from deepwiki.wiki.content import DiagramBlock, PageContent
from deepwiki.wiki.ledger.page_claims import check_page
from deepwiki.wiki.pages.markdown import markdown
from deepwiki.wiki.plan import PlannedPage
from deepwiki.wiki.writing.answers_reply import read_answers
from deepwiki.wiki.writing.call_budget import CapReached
from deepwiki.wiki.writing.evidence_pack import EvidencePack, pack_lines
from deepwiki.wiki.writing.model_calls import CallFailed, Instruction
from deepwiki.wiki.writing.page_questions import PageQuestion, questions_of
from deepwiki.wiki.writing.page_reply import MAX_PAGE_CHARS, PageReply, read_page
from deepwiki.wiki.writing.page_writer import (
    MIN_PAGE_CHARS,
    ModelPage,
    PageDraft,
    PageWriter,
    WrittenBelow,
)
from deepwiki.wiki.writing.prompt_parts import fact_block, instructions, joined

MAX_LOOK_CHARS = 40_000  # of the page that is looked at
MAX_SHOWN_CHARS = 12_000  # of the page that is completed
MAX_REPAIR_TOKENS = 4_000  # of lines
ANSWER_TOKENS = 1_200
ANSWER_CHARS = 12_000
WRITTEN_TOKENS = 2_000
WRITTEN_CHARS = 12_000
Answers = Mapping[PageQuestion, str]  # the heading under which a question is answered


class _NoAnswers(Exception):
    """The model returned none that can be read."""


@dataclass(frozen=True)
class SecondLook:
    """Writes the pages of one build, and looks at each once more."""

    writer: PageWriter

    def write(
        self, page: PlannedPage, from_code: PageContent, below: Sequence[WrittenBelow] = ()
    ) -> ModelPage:
        """The page with what it answers. Raises CallFailed where there is none, CapReached, CallStopped."""
        draft = self.writer.draft(page, from_code, below)
        written = self.writer.checked(draft.read, draft.pack)
        questions = questions_of(draft.source)
        if not questions:
            return written
        try:
            return self._looked_at(draft, written, questions)
        except (CallFailed, CapReached, _NoAnswers) as error:
            return replace(written, second_look={"failed": _failure(error)})

    def _looked_at(
        self, draft: PageDraft, written: ModelPage, questions: Sequence[PageQuestion]
    ) -> ModelPage:
        """Raises CallFailed, CapReached, _NoAnswers, CallStopped."""
        answers = self._answers(_text_of(written.content), questions)
        missing = [question for question in questions if question not in answers]
        repaired = self._repaired(draft, written, missing)
        if repaired is None:
            return replace(written, second_look=_as_json(questions, answers, {}))
        page, added = repaired
        later = self._later_answers(added, missing)
        return replace(page, second_look=_as_json(questions, answers, later))

    def _answers(self, page: str, questions: Sequence[PageQuestion]) -> Answers:
        lines = [f"{number}. {each.text}" for number, each in enumerate(questions, 1)]
        material = joined(
            fact_block("the page", page[:MAX_LOOK_CHARS]),
            fact_block("the questions", "\n".join(lines)),
        )
        asked = Instruction(self._system("check"), material, ANSWER_TOKENS, ANSWER_CHARS)
        reply = self.writer.caller.ask(asked)
        found = read_answers(reply.text, len(questions), page[:MAX_LOOK_CHARS])
        if found is None:
            raise _NoAnswers
        return {questions[number - 1]: place for number, place in found.items()}

    def _later_answers(self, added: str, missing: Sequence[PageQuestion]) -> Answers:
        """What of the questions is answered by what was added; none where that cannot be told."""
        try:
            return self._answers(added, missing)
        except (CallFailed, CapReached, _NoAnswers):
            return {}

    def _repaired(
        self, draft: PageDraft, written: ModelPage, missing: Sequence[PageQuestion]
    ) -> tuple[ModelPage, str] | None:
        """The page with what was missing, and that alone; None where nothing can be added."""
        lines = chain.from_iterable(question.lines for question in missing)
        pack = pack_lines(draft.source, lines, MAX_REPAIR_TOKENS)
        if not pack.ranges:
            return None
        added = self._missing_parts(written, missing, pack)
        if added is None:
            return None
        draft.pack.include(pack)
        read = _joined(draft.read, added)
        return self.writer.checked(read, draft.pack), added.text

    def _missing_parts(
        self, written: ModelPage, missing: Sequence[PageQuestion], pack: EvidencePack
    ) -> PageReply | None:
        """What a model adds; None where it says nothing that the lines support, or too much."""
        page = _text_of(written.content)
        material = joined(
            fact_block("the page", page[:MAX_SHOWN_CHARS]),
            fact_block("the questions", "\n".join(question.text for question in missing)),
            pack.text,
        )
        asked = Instruction(self._system("repair"), material, WRITTEN_TOKENS, WRITTEN_CHARS)
        try:
            reply = self.writer.caller.ask(asked)
        except (CallFailed, CapReached):
            return None
        added = read_page(reply.text, _no_diagram)
        if len(added.text) < MIN_PAGE_CHARS or len(page) + len(added.text) > MAX_PAGE_CHARS:
            return None
        claims = check_page(added.text, pack.given, self.writer.snapshot)
        return added if any(claim.is_verified for claim in claims) else None

    def _system(self, name: str) -> str:
        return instructions(name, self.writer.code.name, self.writer.language)


def _joined(page: PageReply, added: PageReply) -> PageReply:
    left_out = page.left_out + added.left_out
    return replace(page, blocks=(*page.blocks, *added.blocks), left_out=left_out)


def _no_diagram(text: str) -> DiagramBlock | None:
    """Nothing is drawn where something is added."""
    return None


def _text_of(content: PageContent) -> str:
    """The page without the questions that it offers: they answer nothing."""
    return markdown(replace(content, questions=()))


def _failure(error: Exception) -> str:
    """Why a page was not looked at."""
    match error:
        case CapReached():
            return "look_cap"
        case CallFailed():
            return "look_call"
    return "look_not_json"


def _as_json(
    questions: Iterable[PageQuestion], answers: Answers, later: Answers
) -> Mapping[str, object]:
    """As it is stored with the version."""
    rows = [_row(question, answers, later) for question in questions]
    return {"asked": len(rows), "answered": _answered(rows), "questions": rows}


def _answered(rows: Iterable[Mapping[str, object]]) -> int:
    return sum(bool(row["is_answered"]) for row in rows)


def _row(question: PageQuestion, answers: Answers, later: Answers) -> dict[str, object]:
    place = answers.get(question, later.get(question))
    return {
        "kind": question.kind,
        "name": question.name,
        "is_answered": place is not None,
        "section": place or "",
        "is_repaired": question not in answers and question in later,
    }
