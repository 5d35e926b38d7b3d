"""One completion: fit the content into the context, prompt, stream, record the cost."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

from chat.core.citations import Citation
from chat.core.completion import AnswerContext, Completion
from chat.core.context_budget import FittedContent, fit_counted
from chat.core.errors import ContextTooLong
from chat.core.events import Delta, Event, LinesRead, Notice
from chat.core.left_out import trimmed_notice
from chat.core.ports import Retrieved
from chat.core.prompt import Prompt, PromptContent, build_prompt
from chat.core.request import Turn
from chat.core.research_rounds import ResearchRound


@dataclass(frozen=True)
class RoundInput:
    """One retrieval and completion: a whole plain answer, or a round of research.

    `query` is searched for, `question` stands in the prompt. `research` is None for a
    plain answer. `previous` are the retrievals of earlier rounds of the same answer,
    `written` the characters that they wrote.
    """

    question: str
    query: str
    passage_limit: int
    history: Sequence[Turn]
    research: ResearchRound | None = None
    previous: tuple[Retrieved, ...] = ()
    written: int = 0

    @property
    def template(self) -> str:
        """The prompt file in chat/prompts, without its ending."""
        return self.research.template if self.research else "answer"

    @property
    def variables(self) -> Mapping[str, str]:
        """The template's variables besides those of every prompt."""
        return self.research.variables if self.research else {}


@dataclass(frozen=True)
class RoundResult:
    """The last item of a round: its text, and what it rests on.

    `is_cut`: the text ends at the model's limit of output. `read` are the lines of the
    prompt.
    """

    text: str
    retrieved: Retrieved
    from_cache: bool = False
    is_cut: bool = False
    read: tuple[Citation, ...] = ()


def generate(
    context: AnswerContext, round_input: RoundInput, retrieved: Retrieved
) -> AsyncGenerator[Event | RoundResult]:
    """Delta, Status, Notice and LinesRead events, then the RoundResult.

    Raises the ChatError family.
    """
    return _Generation(context, round_input, retrieved).events()


def lines_of(content: PromptContent) -> tuple[Citation, ...]:
    """The lines of the repository that stand in a prompt."""
    passages = [*content.passages, *([content.file] if content.file else [])]
    return tuple(Citation(item.path, item.start, item.end) for item in passages)


@dataclass(frozen=True)
class _Generation:
    """The completion of one round, tried again where the prompt was too long."""

    context: AnswerContext
    round_input: RoundInput
    retrieved: Retrieved

    async def events(self) -> AsyncGenerator[Event | RoundResult]:
        text: list[str] = []
        full_window = self.context.model.context
        for window in (full_window, full_window // 2):
            content = await self._fit(window)
            if content.left_out:
                yield trimmed_notice(content.left_out)
            completion = Completion(self.context, self._prompt(content))
            read = lines_of(content)
            try:
                async with contextlib.aclosing(completion.events(self._max_chars())) as events:
                    async for event in events:
                        if isinstance(event, Delta):
                            if not text:
                                yield LinesRead(read)
                            text.append(event.text)
                        yield event
                break
            except ContextTooLong:
                if window != full_window:
                    raise
                yield Notice.of("context_retry")
        if completion.is_cut:
            yield Notice.of("length_limit")
        yield RoundResult("".join(text), self.retrieved, is_cut=completion.is_cut, read=read)

    async def _fit(self, window: int) -> FittedContent:
        round_input, retrieved, model = self.round_input, self.retrieved, self.context.model
        content = PromptContent(
            round_input.question,
            retrieved.passages,
            round_input.history,
            retrieved.file,
            self.context.attachments,
        )
        return await fit_counted(content, context=window, output=model.output, count=model.count)

    def _prompt(self, content: PromptContent) -> Prompt:
        return build_prompt(
            self.round_input.template,
            content,
            repository=self.retrieved.repository,
            language=self.context.request.language,
            several=[one.name for one in self.retrieved.repositories],
            **self.round_input.variables,
        )

    def _max_chars(self) -> int:
        return self.context.limits.chars - self.round_input.written
