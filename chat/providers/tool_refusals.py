"""What a service does not take of tools: how its refusals read, and for how long they count."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum

from chat.core.errors import ProviderRefused, ToolsUnsupported
from chat.providers.service_errors import Report, error_of_report

SECONDS = 6 * 3600.0
# After a refusal that does not say what it is of.
UNSURE_SECONDS = 60.0
MAX_ENTRIES = 1_024
STATUSES = {400, 404, 415, 422, 500, 501}
# Statuses of a refusal that says nothing: it may be of the tools.
SILENT_STATUSES = {400, 422}
TOOL_PARAMETER = re.compile(r"(?:\A|\.)(?:tools|functions)\Z")
ABOUT_TOOLS = re.compile(r"\btools?\b|tool[_ ]|\bfunctions?\b|function[_ ]call|--jinja")
ABOUT_MESSAGES = re.compile(
    r"\broles?\b|tool_call|\btool\b|\bmessages?\b|reasoning_content|template|signature|\bassistant\b"
)
EXTRAS = ("reasoning_content", "reasoning_details", "extra_content")


class ToolFeature(Enum):
    """What a model's service was found not to take."""

    TOOLS = "tools"  # at all
    CHOICE = "the parameter tool_choice"
    EXTRAS = "what it sent itself besides calls"
    EXCHANGES = "calls and results as messages"
    FINAL = "tools that may not be called"


@dataclass
class ToolRefusals:
    """What the models of one provider refused, each for some hours.

    Shared by the event loops of a process.
    """

    _until: OrderedDict[tuple[str, ToolFeature], float] = field(default_factory=OrderedDict)

    def has(self, model: str, refused: ToolFeature) -> bool:
        return self._until.get((model, refused), 0.0) > time.monotonic()

    def add(self, model: str, refused: ToolFeature, seconds: float = SECONDS) -> None:
        self._until[model, refused] = time.monotonic() + seconds
        self._until.move_to_end((model, refused))
        if len(self._until) > MAX_ENTRIES:
            self._until.popitem(last=False)

    def tools(self, model: str, listed: bool | None) -> bool | None:  # noqa: FBT001
        """`Model.tools`: what is listed, unless the service refused them since."""
        if self.has(model, ToolFeature.TOOLS):
            return False
        return listed


def names_choice(report: Report) -> bool:
    """Whether a refusal is of the parameter `tool_choice`."""
    return "tool_choice" in _words(report)


def names_extras(report: Report) -> bool:
    """Whether a refusal names what was sent back besides calls, as something to leave out."""
    words = _words(report)
    return any(each in words for each in EXTRAS) and "missing" not in words


def refuses_tools(report: Report, status: int) -> bool:
    """Whether a refusal says that a model takes no tools."""
    if status not in STATUSES:
        return False
    if _names_tools(report):
        return True
    return isinstance(error_of_report(report, status), ToolsUnsupported)


def may_refuse_tools(report: Report, status: int) -> bool:
    """Whether a refusal may be of tools: it is about them, or says nothing at all."""
    if ABOUT_TOOLS.search(report.text):
        return status in STATUSES
    return status in SILENT_STATUSES and _says_nothing(report, status)


def may_refuse_exchanges(report: Report, status: int) -> bool:
    """Whether a refusal may be of calls and results as messages."""
    if status not in STATUSES:
        return False
    if ABOUT_MESSAGES.search(_words(report)):
        return True
    return may_refuse_tools(report, status)


def _names_tools(report: Report) -> bool:
    return any(map(TOOL_PARAMETER.search, report.parameters))


def _words(report: Report) -> str:
    return " ".join([report.text, *report.parameters])


def _says_nothing(report: Report, status: int) -> bool:
    error = error_of_report(report, status)
    return type(error) is ProviderRefused and error.reason == error.code
