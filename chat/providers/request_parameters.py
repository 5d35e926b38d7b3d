"""Which parameters of a request a model takes, learned from its service's refusals.

OpenAI's reasoning models take `max_completion_tokens` in place of `max_tokens` and no
temperature; other services refuse `stream_options`. A refusal names the parameter.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

from chat.core.ports import Model
from chat.providers.service_errors import Report

REFUSED_STATUSES = {400, 422}
MAX_MODELS = 256
# So many refusals in a row are learned from: each leaves out one parameter more.
MAX_REFUSALS = 4
REPLACEMENTS = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}

Json = dict[str, Any]


class ModelParameters:
    """The parameters of each model of one service."""

    def __init__(self) -> None:
        # Model -> parameter -> the one in its place; empty: it is left out.
        self._refused: OrderedDict[str, dict[str, str]] = OrderedDict()

    def of(self, model: Model) -> Json:
        """The parameters of a request besides the messages."""
        parameters = {
            "stream_options": {"include_usage": True},
            **model.options,
            model.limit_parameter: model.output,
        }
        for name, replacement in self._refused.get(model.id, {}).items():
            value = parameters.pop(name, None)
            if replacement and value is not None:
                parameters[replacement] = value
        return {name: value for name, value in parameters.items() if name not in model.unset}

    def learn(self, model: Model, status: int, report: Report) -> bool:
        """Whether the refusal named a parameter that was sent, so that the next request
        differs."""
        if status not in REFUSED_STATUSES:
            return False
        sent = self.of(model)
        named = next((name for name in sent if _names(report, name)), "")
        if not named:
            return False
        refused = self._refused.setdefault(model.id, {})
        replacement = REPLACEMENTS.get(named, "")
        is_replaced = replacement in report.text and replacement not in refused
        refused[named] = replacement if is_replaced else ""
        self._refused.move_to_end(model.id)
        if len(self._refused) > MAX_MODELS:
            self._refused.popitem(last=False)
        return True


def _names(report: Report, name: str) -> bool:
    """Whether a refusal names a parameter, as a word of its own."""
    if report.parameters:
        return any(_last_part(parameter) == name for parameter in report.parameters)
    return re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", report.text) is not None


def _last_part(parameter: str) -> str:
    """`max_tokens` of `body.max_tokens`."""
    return parameter.rpartition(".")[2]
