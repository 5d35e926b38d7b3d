"""Calls of tools in the text of an answer, as models write them whose service leaves them there.

The formats: Hermes and Qwen 2.5, Mistral, Llama 3.1 and 3.2, DeepSeek V3, Qwen3-Coder,
gpt-oss (harmony), and JSON in a fence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedCall:
    """A call that a scripted model makes. `arguments` is written as it is."""

    name: str
    arguments: str = "{}"


def _hermes(calls: Sequence[PlannedCall]) -> str:
    return "\n".join(f"<tool_call>\n{_object(each)}\n</tool_call>" for each in calls)


def _mistral(calls: Sequence[PlannedCall]) -> str:
    return f"[TOOL_CALLS][{', '.join(map(_object, calls))}]"


def _mistral_names(calls: Sequence[PlannedCall]) -> str:
    return "".join(f"[TOOL_CALLS]{each.name}[ARGS]{each.arguments}" for each in calls)


def _python_tag(calls: Sequence[PlannedCall]) -> str:
    written = "; ".join(_object(each, "parameters") for each in calls)
    return f"<|python_tag|>{written}"


def _llama_function(calls: Sequence[PlannedCall]) -> str:
    return "".join(f"<function={each.name}>{each.arguments}</function>" for each in calls)


def _qwen_coder(calls: Sequence[PlannedCall]) -> str:
    return "\n".join(map(_qwen_coder_call, calls))


def _qwen_coder_call(each: PlannedCall) -> str:
    lines = [f"<function={each.name}>"]
    for name, value in json.loads(each.arguments).items():
        text = value if isinstance(value, str) else json.dumps(value)
        lines.append(f"<parameter={name}>\n{text}\n</parameter>")
    inner = "\n".join([*lines, "</function>"])
    return f"<tool_call>\n{inner}\n</tool_call>"


def _deepseek(calls: Sequence[PlannedCall]) -> str:
    written = "\n".join(
        f"<｜tool▁call▁begin｜>function<｜tool▁sep｜>{each.name}\n"
        f"```json\n{each.arguments}\n```<｜tool▁call▁end｜>"
        for each in calls
    )
    return f"<｜tool▁calls▁begin｜>{written}<｜tool▁calls▁end｜>"


def _deepseek_bare(calls: Sequence[PlannedCall]) -> str:
    written = "".join(
        f"<｜tool▁call▁begin｜>{each.name}<｜tool▁sep｜>{each.arguments}<｜tool▁call▁end｜>"
        for each in calls
    )
    return f"<｜tool▁calls▁begin｜>{written}<｜tool▁calls▁end｜>"


def _harmony(calls: Sequence[PlannedCall]) -> str:
    return "".join(
        f"<|start|>assistant<|channel|>commentary to=functions.{each.name}"
        f" <|constrain|>json<|message|>{each.arguments}<|call|>"
        for each in calls
    )


def _fenced(calls: Sequence[PlannedCall]) -> str:
    inner = "\n".join(map(_object, calls))
    return f"```json\n{inner}\n```"


def _object(each: PlannedCall, key: str = "arguments") -> str:
    return f'{{"name": {json.dumps(each.name)}, "{key}": {each.arguments}}}'


TEXT_FORMATS: dict[str, Callable[[Sequence[PlannedCall]], str]] = {
    "hermes": _hermes,
    "mistral": _mistral,
    "mistral-names": _mistral_names,
    "python-tag": _python_tag,
    "llama-function": _llama_function,
    "qwen-coder": _qwen_coder,
    "deepseek": _deepseek,
    "deepseek-bare": _deepseek_bare,
    "harmony": _harmony,
    "fenced": _fenced,
}
