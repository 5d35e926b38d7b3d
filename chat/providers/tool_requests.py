"""The part of a request that has to do with tools, in the form that a model's service takes.

Calls and results go as messages, `tools` beside them. Where a service refuses that, the
next request differs, until nothing is left to leave out: then the model takes no tools.
Without tools in the prompt, earlier calls and results are plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from chat.core.errors import ToolsUnsupported
from chat.core.ports import Model
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.core.tool_calls import ToolCall, ToolExchange
from chat.providers.call_extras import has_extras, messages_with_extras
from chat.providers.service_errors import Report
from chat.providers.tool_refusals import (
    UNSURE_SECONDS,
    ToolFeature,
    ToolRefusals,
    may_refuse_exchanges,
    may_refuse_tools,
    names_choice,
    names_extras,
    refuses_tools,
)

Json = dict[str, Any]
# So many refusals in a row are learned from: each leaves out one of `ToolFeature`.
MAX_FORMS = 4
PLAIN_MARKERS = re.compile(r"<(/?tool_results?)\b")


@dataclass
class ToolRequests:
    """Requests to one service, shaped by what its models refused."""

    refusals: ToolRefusals = field(default_factory=ToolRefusals)

    def check(self, prompt: Prompt, model: Model) -> None:
        """Raises ToolsUnsupported where the model is known to take no tools."""
        if prompt.may_call and not self._takes_tools(model):
            raise ToolsUnsupported

    def of(self, prompt: Prompt, model: Model) -> Json:
        """The messages, and the parameters that tell of tools."""
        messages = self._messages(prompt, model)
        return {"messages": messages, **self._parameters(prompt, model)}

    def learn(self, prompt: Prompt, model: Model, status: int, report: Report) -> bool:
        """Whether the next request differs. Raises ToolsUnsupported."""
        if not prompt.tells_of_tools:
            return False
        refused = self._refused(prompt, model, status, report)
        if refused is None:
            return False
        is_sure = refused is not ToolFeature.TOOLS or refuses_tools(report, status)
        if is_sure:
            self.refusals.add(model.id, refused)
        else:
            self.refusals.add(model.id, refused, UNSURE_SECONDS)
        self.check(prompt, model)
        return True

    def remember(self, model: Model) -> None:
        """A model said that it takes no tools."""
        self.refusals.add(model.id, ToolFeature.TOOLS)

    def _takes_tools(self, model: Model) -> bool:
        return self.refusals.tools(model.id, model.tools) is not False

    def _refused(
        self, prompt: Prompt, model: Model, status: int, report: Report
    ) -> ToolFeature | None:
        """What a refusal is of that the request had; None where it is of something else."""
        sent = self._parameters(prompt, model)
        as_messages = bool(prompt.exchanges) and not self.is_plain(prompt, model)
        sends_extras = as_messages and has_extras(prompt.exchanges)
        if names_extras(report) and sends_extras and not self._has(model, ToolFeature.EXTRAS):
            return ToolFeature.EXTRAS
        if prompt.may_call and "tool_choice" in sent and names_choice(report):
            return ToolFeature.CHOICE
        if prompt.may_call and refuses_tools(report, status):
            return ToolFeature.TOOLS
        if as_messages and may_refuse_exchanges(report, status):
            return _or_final(ToolFeature.EXCHANGES, prompt)
        if sent and may_refuse_tools(report, status):
            return _or_final(ToolFeature.TOOLS, prompt)
        return None

    def _has(self, model: Model, refused: ToolFeature) -> bool:
        return self.refusals.has(model.id, refused)

    def is_plain(self, prompt: Prompt, model: Model) -> bool:
        """Whether exchanges are written as plain text."""
        if not prompt.tools or not self._takes_tools(model):
            return True
        if self._has(model, ToolFeature.EXCHANGES):
            return True
        return not prompt.may_call and self._has(model, ToolFeature.FINAL)

    def _messages(self, prompt: Prompt, model: Model) -> list[Json]:
        messages: list[Json] = [{"role": "system", "content": prompt.system}]
        messages += map(Turn.as_message, prompt.turns)
        is_plain = self.is_plain(prompt, model)
        with_extras = not self._has(model, ToolFeature.EXTRAS)
        for exchange in prompt.exchanges:
            if is_plain:
                messages += plain_messages(exchange)
            elif with_extras:
                messages += messages_with_extras(exchange)
            else:
                messages += exchange.as_messages()
        return messages

    def _parameters(self, prompt: Prompt, model: Model) -> Json:
        if prompt.may_call:
            tools = [tool.as_function() for tool in prompt.tools]
            has_choice = not self._has(model, ToolFeature.CHOICE)
            return {"tools": tools, **({"tool_choice": "auto"} if has_choice else {})}
        if not prompt.tools or self._has(model, ToolFeature.FINAL):
            return {}
        tools = [tool.as_function() for tool in prompt.tools]
        return {"tools": tools, "tool_choice": "none"}


def _or_final(refused: ToolFeature, prompt: Prompt) -> ToolFeature:
    """What is refused where calls are allowed; else it is the form of the last turn."""
    if prompt.may_call:
        return refused
    return ToolFeature.FINAL


def plain_messages(exchange: ToolExchange) -> list[Json]:
    """An exchange for a service that takes no calls and results as messages."""
    asked = "\n".join(map(_plain_call, exchange.calls))
    answers = "\n".join(
        f'<tool_result of="{_unmarked(call.name)}">\n{_unmarked(result)}\n</tool_result>'
        for call, result in zip(exchange.calls, exchange.results, strict=True)
    )
    turn = f"{exchange.text}\n\n{asked}".strip()
    return [
        {"role": "assistant", "content": turn},
        {"role": "user", "content": f"<tool_results>\n{answers}\n</tool_results>"},
    ]


def _plain_call(call: ToolCall) -> str:
    return f"(Looked with {call.name}: {call.json_arguments})"


def _unmarked(text: str) -> str:
    return PLAIN_MARKERS.sub(r"‹\1", text)
