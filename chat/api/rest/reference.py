"""The page that describes the REST interface, made from its OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

Json = Mapping[str, Any]
JSON = "application/json"
BOUNDS = (("minimum", "≥ {}"), ("maximum", "≤ {}"), ("maxLength", "≤ {} characters"))


@dataclass(frozen=True)
class DescribedField:
    """A parameter, or a field of a body or an answer."""

    name: str
    kind: str
    place: str = ""
    is_required: bool = False
    text: str = ""


@dataclass(frozen=True)
class DescribedOperation:
    """An operation as the page shows it."""

    name: str
    method: str
    path: str
    text: str
    scope: str
    fields: tuple[DescribedField, ...]
    status: str
    answer: str


@dataclass(frozen=True)
class DescribedType:
    """What an answer is made of."""

    name: str
    text: str
    fields: tuple[DescribedField, ...]


@require_safe
@login_required
def reference(request: HttpRequest) -> HttpResponse:
    """`/api-reference/`: operations by subject, then the types of their answers."""
    from chat.api.rest.interface import interface

    schema = interface.get_openapi_schema()
    groups: dict[str, list[DescribedOperation]] = {}
    for tag, operation in _operations(schema):
        groups.setdefault(tag, []).append(operation)
    types = list(_types(schema["components"]["schemas"]))
    context = {"groups": groups.items(), "types": types, "api": schema["info"]}
    return render(request, "chat/api_reference.html", context)


def _operations(schema: Json) -> Iterator[tuple[str, DescribedOperation]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], _operation(schema, method, path, operation)


def _operation(schema: Json, method: str, path: str, operation: Json) -> DescribedOperation:
    status, answer = next(iter(operation["responses"].items()))
    return DescribedOperation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        text=operation.get("description", ""),
        scope=operation["security"][0]["TokenFor"][0],
        fields=(*map(_parameter, operation["parameters"]), *_body(schema, operation)),
        status=status,
        answer=_kind(_content(answer)),
    )


def _parameter(parameter: Json) -> DescribedField:
    return _field(
        parameter["name"],
        parameter["schema"],
        place=parameter["in"],
        is_required=parameter.get("required", False),
    )


def _body(schema: Json, operation: Json) -> Iterator[DescribedField]:
    content = _content(operation.get("requestBody", {}))
    name = content.get("$ref", "").rpartition("/")[2]
    if name:
        yield from _members(schema["components"]["schemas"][name], place="body")


def _types(schemas: Json) -> Iterator[DescribedType]:
    for name, schema in schemas.items():
        if not name.endswith("Query"):
            fields = tuple(_members(schema))
            yield DescribedType(name, schema.get("description", ""), fields)


def _members(schema: Json, place: str = "") -> Iterator[DescribedField]:
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        yield _field(name, member, place=place, is_required=name in required)


def _field(name: str, schema: Json, *, place: str, is_required: bool) -> DescribedField:
    text = schema.get("description", "")
    return DescribedField(name, _kind(schema), place, is_required, text)


def _content(holder: Json) -> Json:
    content: Json = holder.get("content", {}).get(JSON, {}).get("schema", {})
    return content


def _kind(schema: Json) -> str:
    """The type in a few words: `string (uuid)`, `list of Job`, `integer ≥ 1 ≤ 100`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(map(_kind, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return " ".join(_plain_kind(schema))


def _plain_kind(schema: Json) -> Iterator[str]:
    yield str(schema.get("type", ""))
    if "format" in schema:
        yield f"({schema['format']})"
    for key, words in BOUNDS:
        if key in schema:
            yield words.format(schema[key])
