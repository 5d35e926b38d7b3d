"""Chat completions.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chat.api.v1.answer_stream import FinishedText
from chat.api.v1.error_shapes import error_body
from chat.api.v1.source_list import Annotation
from chat.core.events import Failed

Json = dict[str, Any]


@dataclass(frozen=True)
class ChatFormat:
    """The chunks of one answer; `model` is the name that the client sent."""

    run_id: uuid.UUID
    model: str
    with_usage: bool = False
    created: int = field(default_factory=lambda: int(time.time()))

    def begin(self) -> Iterator[str]:
        """See StreamFormat."""
        yield self._chunk({"role": "assistant", "content": ""})

    def piece(self, text: str) -> Iterator[str]:
        """See StreamFormat."""
        yield self._chunk({"content": text})

    def end(self, finished: FinishedText) -> Iterator[str]:
        """See StreamFormat."""
        annotations = _annotations(finished)
        yield self._chunk({"annotations": annotations} if annotations else {}, _reason(finished))
        if self.with_usage:
            yield _event({**self._head("chat.completion.chunk"), "choices": [], **_usage(finished)})
        yield "data: [DONE]\n\n"

    def fail(self, failure: Failed) -> Iterator[str]:
        """See StreamFormat."""
        yield _event(error_body(failure))

    def whole(self, finished: FinishedText) -> Json:
        """The answer as one object."""
        message = {
            "role": "assistant",
            "content": finished.text,
            "refusal": None,
            "annotations": _annotations(finished),
        }
        choice = {"index": 0, "message": message, "logprobs": None, **_end(finished)}
        return {**self._head("chat.completion"), "choices": [choice], **_usage(finished)}

    def _chunk(self, delta: Json, reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return _event({**self._head("chat.completion.chunk"), "choices": [choice]})

    def _head(self, kind: str) -> Json:
        name = f"chatcmpl-{self.run_id.hex}"
        return {"id": name, "object": kind, "created": self.created, "model": self.model}


def _event(data: Json) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def _end(finished: FinishedText) -> Json:
    return {"finish_reason": _reason(finished)}


def _reason(finished: FinishedText) -> str:
    return "length" if finished.is_cut else "stop"


def _usage(finished: FinishedText) -> Json:
    read, written = finished.tokens
    counts = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    return {"usage": counts}


def _annotations(finished: FinishedText) -> list[Json]:
    return [_annotation(one) for one in finished.sources.annotations]


def _annotation(one: Annotation) -> Json:
    place = {"start_index": one.start, "end_index": one.end, "url": one.url, "title": one.title}
    return {"type": "url_citation", "url_citation": place}
