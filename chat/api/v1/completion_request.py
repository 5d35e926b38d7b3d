"""The body of a call as a question: messages, the repository, and how to answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.api.v1.model_names import parse_model_name
from chat.api.v1.source_list import without_sources
from chat.core.errors import BadRequest, NoSuchRepository
from chat.core.request import FILTERS, ChatRequest, parse
from chat.services import request_limits
from chat.services.named_repositories import repository_fields
from deepwiki.foundation.text import clean
from repos.models.repository import Identified

# The fields of the chat protocol that may stand beside those of OpenAI's.
PASSED_ON = (
    *FILTERS,
    "filePath",
    "language",
    "mode",
    "provider",
    "repositories",
    "type",
    "revision",
)
ROLES = {"developer": "system"}
TEXT_PARTS = ("text", "input_text", "output_text")
MAX_NAME_CHARS = 2_000
Json = Mapping[str, Any]


@dataclass(frozen=True)
class AskedCompletion:
    """A call: the question, and how its answer is wanted. `model` is the name as it was sent."""

    request: ChatRequest
    model: str
    is_streamed: bool
    with_usage: bool


def read_chat(person: Identified, body: Json) -> AskedCompletion:
    """A call of chat completions. Asks the database. Raises the ChatError family."""
    _refuse(body, n=1)
    messages = body.get("messages")
    if messages is not None and not isinstance(messages, list):
        raise BadRequest("messages_not_a_list")
    options = body.get("stream_options")
    with_usage = isinstance(options, dict) and options.get("include_usage") is True
    return _asked(person, body, messages or [], with_usage=with_usage)


def read_response(person: Identified, body: Json) -> AskedCompletion:
    """A call of responses, as `read_chat`. Nothing is kept to be continued by its id."""
    for name in ("previous_response_id", "conversation", "background", "prompt"):
        if body.get(name):
            raise BadRequest("unsupported_field", field=name)
    given = body.get("input")
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    if given is not None and not isinstance(given, list):
        raise BadRequest("field_not_text", field="input")
    instructions = body.get("instructions")
    if isinstance(instructions, str) and instructions.strip():
        given = [{"role": "system", "content": instructions}, *(given or [])]
    return _asked(person, body, given or [], with_usage=True)


def _asked(
    person: Identified, body: Json, messages: Iterable[Any], *, with_usage: bool
) -> AskedCompletion:
    model = _text(body, "model")
    fields = {name: body[name] for name in PASSED_ON if body.get(name) is not None}
    turns = [_turn(message, number) for number, message in enumerate(messages, 1)]
    fields |= {"messages": turns, "model": _text(body, "provider_model")}
    fields |= _repository(person, body, model)
    request = parse(fields, request_limits())
    return AskedCompletion(request, model, body.get("stream") is True, with_usage)


def _repository(person: Identified, body: Json, model: str) -> dict[str, str]:
    """The fields that name the repository, and the mode that the model's name says."""
    named = parse_model_name(model)
    if named is None and (model or not _text(body, "repository")):
        raise NoSuchRepository("no_such_model", model=model[:100])
    mode = {"mode": named.mode} if named is not None and named.mode else {}
    text = (named.repository if named is not None else "") or _text(body, "repository")
    if not text:
        raise BadRequest("repository_missing")
    return {**repository_fields(person, text), **mode}


def _turn(message: Any, number: int) -> dict[str, str]:
    """A message with its text in one piece. Raises BadRequest."""
    if not isinstance(message, dict):
        raise BadRequest("message_incomplete", number=number)
    role = message.get("role")
    if not isinstance(role, str):
        raise BadRequest("message_incomplete", number=number)
    text = _content(message.get("content"), number)
    if role == "assistant":
        text = without_sources(text)
    return {"role": ROLES.get(role, role), "content": text}


def _content(content: Any, number: int) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise BadRequest("message_incomplete", number=number)
    return "\n".join(_part(part, number) for part in content)


def _part(part: Any, number: int) -> str:
    """The text of a part. Pictures and files are not read."""
    if not isinstance(part, dict) or part.get("type") not in TEXT_PARTS:
        raise BadRequest("part_not_text", number=number)
    text = part.get("text")
    if not isinstance(text, str):
        raise BadRequest("message_incomplete", number=number)
    return text


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest("field_not_text", field=name)
    if len(value) > MAX_NAME_CHARS:
        raise BadRequest("field_too_long", field=name, limit=f"{MAX_NAME_CHARS:,}")
    return clean(value).strip()


def _refuse(body: Json, **only: int) -> None:
    """Raises BadRequest for a field with another value than the only one that is supported."""
    for name, value in only.items():
        if body.get(name) not in (None, value):
            raise BadRequest("unsupported_field", field=name)
