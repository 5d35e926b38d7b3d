"""Requests to Gemini: contents, functions, calls and their results.

https://ai.google.dev/api/caching#Content, #FunctionDeclaration and #Schema. A thought
signature goes back with its call, or models of the third generation refuse the request:
https://ai.google.dev/gemini-api/docs/thought-signatures
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

import google.ai.generativelanguage as glm

from chat.core.attached import AttachedImage
from chat.core.ports import Model
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.core.tool_calls import ToolCall, ToolExchange, ToolSpec
from chat.providers.tool_requests import plain_messages

# The types of JSON Schema in Gemini's subset of OpenAPI's.
TYPES = {
    "string": glm.Type.STRING,
    "number": glm.Type.NUMBER,
    "integer": glm.Type.INTEGER,
    "boolean": glm.Type.BOOLEAN,
    "array": glm.Type.ARRAY,
    "object": glm.Type.OBJECT,
}
MAX_DEPTH = 6
# Part.thought_signature, which the package does not know yet: field 13, of bytes.
SIGNATURE_TAG = b"\x6a"

Json = Mapping[str, Any]


def request(prompt: Prompt, model: Model, *, is_plain: bool) -> Any:
    """The request; with `is_plain`, calls and results are written as text."""
    return glm.GenerateContentRequest(
        model=model.id if "/" in model.id else f"models/{model.id}",
        contents=list(_contents(prompt, is_plain=is_plain)),
        system_instruction=glm.Content(parts=[glm.Part(text=prompt.system)]),
        generation_config=glm.GenerationConfig(max_output_tokens=model.output, **model.options),
        **_tools(prompt),
    )


def _contents(prompt: Prompt, *, is_plain: bool) -> Iterator[Any]:
    for turn in prompt.turns:
        yield _turn_content(turn)
    for exchange in prompt.exchanges:
        if is_plain:
            messages = plain_messages(exchange)
            yield from (_text_content(each["role"], each["content"]) for each in messages)
        else:
            yield from _exchange(exchange)


def _turn_content(turn: Turn) -> Any:
    content = _text_content(turn.role, turn.content)
    content.parts.extend(map(_image_part, turn.images))
    return content


def _image_part(image: AttachedImage) -> Any:
    blob = glm.Blob(mime_type=image.media_type, data=b64decode(image.encoded))
    return glm.Part(inline_data=blob)


def _text_content(role: str, text: str) -> Any:
    name = {"assistant": "model"}.get(role, "user")
    return glm.Content(role=name, parts=[glm.Part(text=text)])


def _exchange(exchange: ToolExchange) -> Iterator[Any]:
    texts = [glm.Part(text=text) for text in filter(None, [exchange.text])]
    yield glm.Content(role="model", parts=[*texts, *map(_call, exchange.calls)])
    answered = zip(exchange.calls, exchange.results, strict=True)
    yield glm.Content(role="user", parts=[_result(call, text) for call, text in answered])


def _call(call: ToolCall) -> Any:
    arguments = json.loads(call.json_arguments)
    function = glm.FunctionCall(id=call.id, name=call.function_name, args=arguments)
    part = glm.Part(function_call=function)
    if call.opaque:
        signature = SIGNATURE_TAG + _varint(len(call.opaque)) + call.opaque
        glm.Part.pb(part).MergeFromString(signature)
    return part


def _result(call: ToolCall, text: str) -> Any:
    response = glm.FunctionResponse(id=call.id, name=call.function_name, response={"result": text})
    return glm.Part(function_response=response)


def _varint(number: int) -> bytes:
    """A length as protocol buffers write it."""
    low = []
    while number > 0x7F:
        low.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*low, number])


def _tools(prompt: Prompt) -> dict[str, Any]:
    if not prompt.tools:
        return {}
    functions = list(map(_declaration, prompt.tools))
    mode = glm.FunctionCallingConfig.Mode.AUTO
    if prompt.is_final:
        mode = glm.FunctionCallingConfig.Mode.NONE
    config = glm.ToolConfig(function_calling_config=glm.FunctionCallingConfig(mode=mode))
    return {"tools": [glm.Tool(function_declarations=functions)], "tool_config": config}


def _declaration(tool: ToolSpec) -> Any:
    """A function; one without parameters has no schema, since Gemini takes no empty object."""
    declaration = glm.FunctionDeclaration(name=tool.name, description=tool.description)
    if tool.parameters.get("properties"):
        declaration.parameters = _schema(tool.parameters, MAX_DEPTH)
    return declaration


def _schema(schema: Json, depth: int) -> Any:
    """The part of a JSON Schema that Gemini takes."""
    kind, nullable = _kind(schema)
    known: dict[str, Any] = {"type_": TYPES.get(kind, glm.Type.STRING), "nullable": nullable}
    known["description"] = str(schema.get("description", ""))
    if kind == "string":
        known["enum"] = [each for each in schema.get("enum", ()) if isinstance(each, str)]
    if kind == "array":
        known["items"] = _schema(schema.get("items") or {}, depth - 1)
    if kind == "object":
        known.update(_members(schema, depth))
    return glm.Schema(**known)


def _members(schema: Json, depth: int) -> dict[str, Any]:
    """The properties of an object; one without any, or too deep, is written as text."""
    properties = schema.get("properties")
    if not properties or depth == 0:
        return {"type_": glm.Type.STRING}
    required = [each for each in schema.get("required", ()) if each in properties]
    members = {name: _schema(each, depth - 1) for name, each in properties.items()}
    return {"properties": members, "required": required}


def _kind(schema: Json) -> tuple[str, bool]:
    """The type, and whether null is one too: several types, or schemas, stand for the first."""
    options = schema.get("anyOf") or schema.get("oneOf") or ()
    kinds = schema.get("type") or [each.get("type") for each in options]
    if isinstance(kinds, str):
        return kinds, False
    named = [each for each in kinds if each and each != "null"]
    return next(iter(named), "string"), "null" in kinds
