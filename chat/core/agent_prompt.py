"""What an agent reads: instructions and map, passages and question, calls and results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chat.core.completion import AnswerContext
from chat.core.context_budget import INSTRUCTIONS, FittedContent, estimate, fit_counted
from chat.core.passage_choice import PASSAGE_TOKENS
from chat.core.ports import AgentTools, Retrieved
from chat.core.prompt import Prompt, PromptContent, build_prompt, neutralize, read_template
from chat.core.request import Turn
from chat.core.tool_calls import ToolExchange
from chat.core.tool_exchanges import fit_exchanges

TOOL_TOKENS = 1_500  # the descriptions of the tools
MAX_MAP_SHARE = 8  # of the context: a larger map is cut


@dataclass(frozen=True)
class AgentTask:
    """What an agent does: answer a question, or one stage of Deep Research.

    `instruction` follows the question; so many `turns` may have calls, without any it says
    itself that none are possible. `history` are the turns
    before the question, `written` those of this answer, behind it.
    """

    question: str
    history: Sequence[Turn]
    turns: int
    instruction: str = ""
    written: Sequence[Turn] = ()
    is_research: bool = False


@dataclass(frozen=True)
class AgentPrompt:
    """Builds the prompts of one agent. `window` is the context that they may fill."""

    context: AnswerContext
    retrieved: Retrieved
    tools: AgentTools
    task: AgentTask
    window: int

    def halved(self) -> AgentPrompt:
        """The same for half of the window."""
        return replace(self, window=self.window // 2)

    async def fit(self) -> FittedContent:
        """Question, history and passages as they fit, with room left for results."""
        model, task = self.context.model, self.task
        content = PromptContent(
            task.question,
            self.retrieved.passages,
            task.history,
            self.retrieved.file,
            self.context.attachments,
        )
        window = self.window - self._fixed_tokens() - self._room_for_results()
        return await fit_counted(content, context=window, output=model.output, count=model.count)

    def fit_results(
        self, exchanges: Sequence[ToolExchange], content: FittedContent
    ) -> list[ToolExchange]:
        """The exchanges as they fit beside the content."""
        used = sum(map(estimate, (passage.text for passage in content.passages)))
        wanted = self.context.agent_limits.tokens - used
        room = max(self._room_for_results(), min(wanted, self._free_tokens() - used))
        return fit_exchanges(exchanges, room, estimate)

    def build(
        self,
        content: FittedContent,
        exchanges: Sequence[ToolExchange],
        *,
        is_final: bool,
        offers_tools: bool,
    ) -> Prompt:
        """The prompt of one turn; in a final one no calls are possible."""
        prompt = build_prompt(
            "agent",
            content,
            repository=self.retrieved.repository,
            language=self.context.request.language,
            several=[one.name for one in self.retrieved.repositories],
            calls=str(self.context.agent_limits.calls),
            map=neutralize(self._map()),
        )
        note = read_template("agent_last").template * (is_final and self.task.turns > 0)
        return replace(
            prompt,
            turns=self._turns(prompt, note * (not exchanges)),
            tools=tuple(self.tools.toolbox.specs) * offers_tools,
            exchanges=_with_note(exchanges, note),
            is_final=is_final,
            is_research=self.task.is_research,
        )

    def _turns(self, prompt: Prompt, note: str) -> tuple[Turn, ...]:
        """History, question, what was written; instruction and note behind the last."""
        *turns, last = [*prompt.turns, *self.task.written]
        parts = filter(None, [last.content, self.task.instruction, note])
        return (*turns, replace(last, content="\n\n".join(parts)))

    def _map(self) -> str:
        """The map; its first lines where the model reads little."""
        return _first_lines(
            self.tools.repository_map, 3 * self.context.model.context // MAX_MAP_SHARE
        )

    def _fixed_tokens(self) -> int:
        written = sum(estimate(turn.content) for turn in self.task.written)
        return estimate(self._map()) + TOOL_TOKENS + written

    def _free_tokens(self) -> int:
        output = self.context.model.output
        return max(0, self.window - output - INSTRUCTIONS - self._fixed_tokens())

    def _room_for_results(self) -> int:
        """What passages leave: half of the window where it is small."""
        wanted = max(0, self.context.agent_limits.tokens - PASSAGE_TOKENS)
        return min(wanted, self._free_tokens() // 2)


def _with_note(exchanges: Sequence[ToolExchange], note: str) -> tuple[ToolExchange, ...]:
    """The exchanges with a note behind the last result."""
    if not (exchanges and note):
        return tuple(exchanges)
    *before, last = exchanges
    return (*before, last.with_note(note))


def _first_lines(text: str, chars: int) -> str:
    if len(text) <= chars:
        return text
    return text[:chars].rpartition("\n")[0]
