"""What a loopback model answers, written into the model's name:

`fake?tokens=20&fault=cut`.

    tokens    numbered words in the answer (5)
    text      the answer itself, instead of them; it may hold JSON's \\u escapes
    delay_ms  pause after each word (0)
    first_ms  pause before the first word (0)
    thoughts  pieces of reasoning before the first word (0), delay_ms after each
    echo      1: the answer is the prompt as received
    hold      after so many words the answer waits for `release()`; embeddings wait before theirs
    turns     the calls of tools that it makes, instead of words (see tool_script.py)
    fault     a way to fail; each server lists its own
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qsl, unquote

TEXT_PIECE = 7  # characters


@dataclass(frozen=True)
class ModelScript:
    """One model's script."""

    tokens: int = 5
    delay_ms: float = 0.0
    first_ms: float = 0.0
    text: str = ""
    thoughts: int = 0
    echo: int = 0
    hold: int = 0
    turns: str = ""
    fault: str = ""

    @classmethod
    def of(cls, model: str, default: str = "") -> ModelScript:
        """The script in a model's name, or in `default` if the name has none.

        Unknown keys are ignored.
        """
        query = model.partition("?")[2] or default.partition("?")[2]
        given = dict(parse_qsl(query))
        types: dict[str, Any] = {field.name: type(field.default) for field in fields(cls)}
        return cls(**{key: types[key](unquote(given[key])) for key in types if key in given})

    def words(self) -> list[str]:
        """The answer in pieces."""
        if self.text:
            return _pieces(json.loads(f'"{self.text}"') if "\\u" in self.text else self.text)
        return [f"t{number:04d} " for number in range(self.tokens)]


def _pieces(text: str) -> list[str]:
    starts = range(0, len(text), TEXT_PIECE)
    return [text[start : start + TEXT_PIECE] for start in starts]
