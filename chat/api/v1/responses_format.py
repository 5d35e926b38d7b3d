"""Responses, text alone.

https://platform.openai.com/docs/api-reference/responses
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chat.api.v1.answer_stream import FinishedText
from chat.api.v1.error_shapes import error_body
from chat.api.v1.source_list import Annotation
from chat.core.events import Failed

Json = dict[str, Any]
PLACE = {"output_index": 0, "content_index": 0}


@dataclass(frozen=True)
class ResponsesFormat:
    """The events of one answer; `model` is the name that the client sent."""

    run_id: uuid.UUID
    model: str
    created: int = field(default_factory=lambda: int(time.time()))
    _numbers: Iterator[int] = field(default_factory=count)

    def begin(self) -> Iterator[str]:
        """See StreamFormat."""
        for kind in ("response.created", "response.in_progress"):
            yield self._event(kind, response=self._response("in_progress", []))
        item = {**self._message("in_progress"), "content": []}
        yield self._event("response.output_item.added", output_index=0, item=item)
        yield self._event("response.content_part.added", **self._here, part=_part("", []))

    def piece(self, text: str) -> Iterator[str]:
        """See StreamFormat."""
        yield self._event("response.output_text.delta", **self._here, delta=text, logprobs=[])

    def end(self, finished: FinishedText) -> Iterator[str]:
        """See StreamFormat."""
        for index, annotation in enumerate(_annotations(finished)):
            told = {"annotation_index": index, "annotation": annotation}
            yield self._event("response.output_text.annotation.added", **self._here, **told)
        text, part = finished.text, _part(finished.text, _annotations(finished))
        yield self._event("response.output_text.done", **self._here, text=text, logprobs=[])
        yield self._event("response.content_part.done", **self._here, part=part)
        item = self._item(finished)
        yield self._event("response.output_item.done", output_index=0, item=item)
        response = self.whole(finished)
        yield self._event(f"response.{response['status']}", response=response)

    def fail(self, failure: Failed) -> Iterator[str]:
        """See StreamFormat."""
        error = error_body(failure)["error"]
        response = self._response("failed", [])
        response["error"] = {"code": "server_error", "message": failure.message}
        yield self._event("response.failed", response=response)
        told = {"code": error["code"], "message": error["message"], "param": error["param"]}
        yield self._event("error", **told)

    def whole(self, finished: FinishedText) -> Json:
        """The answer as one object."""
        response = self._response(_status(finished), [self._item(finished)])
        if finished.is_cut:
            response["incomplete_details"] = {"reason": "max_output_tokens"}
        return {**response, "usage": _usage(finished)}

    @property
    def _here(self) -> Json:
        return {"item_id": self._item_id, **PLACE}

    @property
    def _item_id(self) -> str:
        return f"msg_{self.run_id.hex}"

    def _item(self, finished: FinishedText) -> Json:
        part = _part(finished.text, _annotations(finished))
        return {**self._message(_status(finished)), "content": [part]}

    def _message(self, status: str) -> Json:
        return {"id": self._item_id, "type": "message", "role": "assistant", "status": status}

    def _response(self, status: str, output: list[Json]) -> Json:
        return {
            "id": f"resp_{self.run_id.hex}",
            "object": "response",
            "created_at": self.created,
            "status": status,
            "model": self.model,
            "output": output,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "store": False,
            "text": {"format": {"type": "text"}},
            "tool_choice": "none",
            "tools": [],
            "usage": None,
        }

    def _event(self, kind: str, **data: Any) -> str:
        numbered = {"type": kind, "sequence_number": next(self._numbers), **data}
        return f"event: {kind}\ndata: {json.dumps(numbered, ensure_ascii=False)}\n\n"


def _status(finished: FinishedText) -> str:
    return "incomplete" if finished.is_cut else "completed"


def _part(text: str, annotations: list[Json]) -> Json:
    return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}


def _annotations(finished: FinishedText) -> list[Json]:
    return [_annotation(one) for one in finished.sources.annotations]


def _annotation(one: Annotation) -> Json:
    place = {"start_index": one.start, "end_index": one.end, "url": one.url, "title": one.title}
    return {"type": "url_citation", **place}


def _usage(finished: FinishedText) -> Json:
    read, written = finished.tokens
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }
