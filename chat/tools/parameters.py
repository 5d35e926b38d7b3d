"""Parameters of tools: their JSON Schema, and reading one value of a call.

A value is read as a person would: "12" is 12, one text is a list of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, TypeGuard

from deepwiki.foundation.text import clean
from repos.search import parse_patterns

MAX_TEXT_CHARS = 1_000
MAX_PATTERNS = 20
MAX_NUMBER = 1_000_000_000
NUMBER = re.compile(r"\s*[Ll]?([+-]?\d{1,12})(?:\.0{0,9})?\s*")
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
Value = str | int | bool | tuple[str, ...]


class WrongArguments(ValueError):
    """A call that cannot be carried out. The message tells a model how to correct it."""


class NotThere(WrongArguments):
    """A call about a file or a name, `asked`, that the repository does not have."""

    def __init__(self, message: str, asked: str) -> None:
        super().__init__(message)
        self.asked = asked


@dataclass(frozen=True)
class Parameter:
    """One argument of a tool. `aliases` are names that models use for it instead."""

    name: str
    description: str
    is_required: bool = False
    aliases: tuple[str, ...] = ()
    # What it is, in the words of an error.
    kind: ClassVar[str] = "value"

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "description": self.description}

    def read(self, value: Any) -> Value:
        """The value of a call, normalised. Raises WrongArguments."""
        raise NotImplementedError

    @property
    def usage(self) -> str:
        """What a model is told of it after a mistake."""
        return f"{self.name} ({', '.join([self.kind, *self._required])})"

    @property
    def _required(self) -> list[str]:
        return ["required"] * self.is_required

    def _wrong(self, problem: str) -> WrongArguments:
        return WrongArguments(f"{self.name} {problem}.")

    def _check_length(self, text: str) -> None:
        if len(text) > MAX_TEXT_CHARS:
            raise self._wrong(
                f"is {len(text):,} characters long; at most {MAX_TEXT_CHARS:,} are read"
            )


@dataclass(frozen=True)
class VerbatimParameter(Parameter):
    """A text whose spaces count."""

    kind = "text"

    def read(self, value: Any) -> str:
        """See Parameter."""
        text = clean(self._text(value))
        self._check_length(text)
        return text

    def _text(self, value: Any) -> str:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if _is_number(value):
            value = str(value)
        if not isinstance(value, str):
            raise self._wrong("must be a text")
        return value


@dataclass(frozen=True)
class TextParameter(VerbatimParameter):
    """A text without spaces around it."""

    def read(self, value: Any) -> str:
        """See Parameter."""
        return super().read(value).strip()


@dataclass(frozen=True)
class ChoiceParameter(VerbatimParameter):
    """One of some texts; capitals do not count."""

    choices: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """See Parameter."""
        return super().schema() | {"enum": list(self.choices)}

    def read(self, value: Any) -> str:
        """See Parameter."""
        written = super().read(value).strip().lower()
        by_lower = {choice.lower(): choice for choice in self.choices}
        if written not in by_lower:
            raise self._wrong(f"must be one of: {', '.join(self.choices)}")
        return by_lower[written]


@dataclass(frozen=True)
class NumberParameter(Parameter):
    """A whole number."""

    kind = "whole number"

    def schema(self) -> dict[str, Any]:
        """See Parameter."""
        return {"type": "integer", "description": self.description}

    def read(self, value: Any) -> int:
        """See Parameter."""
        if isinstance(value, str):
            value = _number_in(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not _is_number(value):
            raise self._wrong("must be a whole number")
        return max(-MAX_NUMBER, min(value, MAX_NUMBER))


@dataclass(frozen=True)
class FlagParameter(Parameter):
    """True or false."""

    kind = "true or false"

    def schema(self) -> dict[str, Any]:
        """See Parameter."""
        return {"type": "boolean", "description": self.description}

    def read(self, value: Any) -> bool:
        """See Parameter."""
        written = str(value).strip().lower()[:MAX_TEXT_CHARS]
        if written not in FLAGS:
            raise self._wrong("must be true or false")
        return FLAGS[written]


@dataclass(frozen=True)
class PatternsParameter(Parameter):
    """Globs and paths, as a list or as one text with commas."""

    kind = "list of texts"

    def schema(self) -> dict[str, Any]:
        """See Parameter."""
        items = {"type": "string"}
        return {"type": "array", "items": items, "description": self.description}

    def read(self, value: Any) -> tuple[str, ...]:
        """See Parameter."""
        if isinstance(value, str):
            value = [value]
        if not _is_texts(value):
            raise self._wrong("must be a list of texts")
        patterns = dict.fromkeys(_patterns(value))
        if len(patterns) > MAX_PATTERNS:
            raise self._wrong(f"may hold at most {MAX_PATTERNS} patterns")
        for pattern in patterns:
            self._check_length(pattern)
        return tuple(patterns)


def _is_number(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _number_in(text: str) -> int | None:
    match = NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def _patterns(texts: list[str]) -> list[str]:
    return [pattern for text in texts for pattern in parse_patterns(clean(text))]
