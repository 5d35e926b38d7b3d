"""Reading the environment: typed, loud, and the only place that does it.

A value comes from the process environment, else from `.env` beside `manage.py`. An unusable value stops the start
with one line that says how to mend it.
"""

from __future__ import annotations

import os
from pathlib import Path

from dotenv.parser import parse_stream

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class ConfigError(Exception):
    """A setting cannot be used. The message is one line that says what to change."""


class Environment:
    """Typed look-ups over `os.environ` and one `.env` file.

    Raises ConfigError from the constructor when the file cannot be read, and from each getter when a value has the
    wrong form.
    """

    def __init__(self, dotenv: Path | None = None) -> None:
        self.values: dict[str, str] = {}
        if dotenv is not None and dotenv.exists():
            self.values.update(_read(dotenv))
        self.values.update(os.environ)

    def text(self, name: str, default: str = "") -> str:
        """The value without surrounding blanks; `default` when unset or empty."""
        return self.values.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name)
        if value is None or not value.strip():
            return default
        if value.strip().lower() in TRUE | FALSE:
            return value.strip().lower() in TRUE
        raise ConfigError(f"{name} must be true or false, not {value.strip()!r}.")

    def number(self, name: str, default: int, least: int = 0) -> int:
        value = self.text(name)
        if not value:
            return default
        try:
            number = int(value)
        except ValueError:
            raise ConfigError(f"{name} must be a whole number, not {value!r}.") from None
        if number < least:
            raise ConfigError(f"{name} must be at least {least}, not {number}.")
        return number

    def file(self, name: str) -> str:
        """The path of a file that can be read; empty when unset."""
        value = self.text(name)
        if value and not os.access(value, os.R_OK):
            raise ConfigError(f"{name} must name a file that can be read, not {value!r}.")
        return value

    def words(self, name: str, default: str = "") -> list[str]:
        """A comma-separated list."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]


def _read(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path.name} cannot be read as UTF-8 text. Mend or remove it.") from None
    values: dict[str, str] = {}
    for binding in bindings:
        if binding.error:
            raise ConfigError(f"{path.name}, line {binding.original.line}: expected NAME=value.")
        if binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    return values
