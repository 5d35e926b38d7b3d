"""The arguments of a call, from the JSON text that a model wrote.

What cannot be read raises WrongArguments. Null and empty values are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chat.tools.parameters import Parameter, Value, WrongArguments
from chat.tools.results import shown

MAX_CHARS = 10_000  # of the JSON text
CODE_FENCE = re.compile(r"```\w*\n(.*)\n```", re.DOTALL)
Parameters = Sequence[Parameter]


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call, read and normalised."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text, empty without one."""
        return str(self.values.get(name, ""))

    def number(self, name: str) -> int | None:
        """A number, None without one."""
        value = self.values.get(name)
        assert value is None or isinstance(value, int)
        return value

    def flag(self, name: str) -> bool:
        """Whether it is true."""
        return self.values.get(name) is True

    def patterns(self, name: str) -> tuple[str, ...]:
        """The patterns of a list, none without one."""
        value = self.values.get(name, ())
        assert isinstance(value, tuple)
        return value

    @property
    def key(self) -> tuple[tuple[str, Value], ...]:
        """The same for calls that ask for the same."""
        return tuple(sorted(self.values.items()))


def object_schema(parameters: Parameters) -> dict[str, Any]:
    """The JSON Schema of all arguments of a tool."""
    return {
        "type": "object",
        "properties": {parameter.name: parameter.schema() for parameter in parameters},
        "required": _required(parameters),
        "additionalProperties": False,
    }


def read_arguments(text: str, parameters: Parameters) -> Arguments:
    """The arguments in the JSON text of a call. Raises WrongArguments."""
    return _with_usage(lambda: _object(text), parameters)


def read_object(given: Mapping[str, Any], parameters: Parameters) -> Arguments:
    """The arguments of a call that is decoded. Raises WrongArguments."""
    return _with_usage(lambda: given, parameters)


def _with_usage(decode: Callable[[], Mapping[str, Any]], parameters: Parameters) -> Arguments:
    """The arguments; an error tells what they should be."""
    try:
        given = _by_parameter(decode(), parameters)
        values = {parameter.name: parameter.read(value) for parameter, value in given.items()}
        _check_complete(values, parameters)
    except WrongArguments as error:
        usage = ", ".join(parameter.usage for parameter in parameters)
        raise WrongArguments(f"{error} Arguments: {usage}.") from None
    return Arguments(values)


def _by_parameter(given: Mapping[str, Any], parameters: Parameters) -> dict[Parameter, Any]:
    """The values that are not empty; a name of a parameter counts before its aliases."""
    known = _names(parameters)
    found: dict[Parameter, Any] = {}
    for name, value in given.items():
        if value in (None, ""):
            continue
        parameter = known.get(name.strip().lower())
        if parameter is None:
            raise WrongArguments(f'There is no argument "{shown(name)}".')
        if parameter not in found or name == parameter.name:
            found[parameter] = value
    return found


def _names(parameters: Parameters) -> dict[str, Parameter]:
    return {name: parameter for parameter in parameters for name in _names_of(parameter)}


def _names_of(parameter: Parameter) -> tuple[str, ...]:
    return (*parameter.aliases, parameter.name)


def _check_complete(values: Mapping[str, Value], parameters: Parameters) -> None:
    for name in _required(parameters):
        if not values.get(name):
            raise WrongArguments(f"{name} is missing.")


def _required(parameters: Parameters) -> list[str]:
    return [parameter.name for parameter in parameters if parameter.is_required]


def _object(text: str) -> dict[str, Any]:
    if len(text) > MAX_CHARS:
        raise WrongArguments(f"They are {len(text):,} characters; at most {MAX_CHARS:,} are read.")
    value = _decoded(text)
    if isinstance(value, str):  # JSON inside of JSON
        value = _decoded(value)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise WrongArguments("Send one JSON object.")
    return value


def _decoded(text: str) -> Any:
    try:
        return json.loads(_without_fence(text.strip()) or "{}")
    except (ValueError, RecursionError):
        raise WrongArguments("This is no JSON. Send one JSON object.") from None


def _without_fence(text: str) -> str:
    match = CODE_FENCE.fullmatch(text)
    return match[1] if match else text
