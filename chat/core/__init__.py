"""The answer core: validates a request and turns it into the events of an answer.

No framework, no I/O. In the order of an answer: request -> pipeline -> query_rewriting
-> answer_round (retrieval through ports, retrieval_events) -> generation
(context_budget, prompt, provider through ports) -> events. Errors and their sentences:
errors, messages.
"""

from chat.core.completion import AnswerContext
from chat.core.errors import ChatError
from chat.core.events import Event, Numbered
from chat.core.pipeline import answer
from chat.core.ports import AnswerLimits, Model, Provider, Retrieved, Retriever, Text, Tokens
from chat.core.request import ChatRequest, Turn, parse
from chat.core.request_json import RequestLimits, decode
from chat.core.usage_meter import UsageMeter

__all__ = [
    "AnswerContext",
    "AnswerLimits",
    "ChatError",
    "ChatRequest",
    "Event",
    "Model",
    "Numbered",
    "Provider",
    "RequestLimits",
    "Retrieved",
    "Retriever",
    "Text",
    "Tokens",
    "Turn",
    "UsageMeter",
    "answer",
    "decode",
    "parse",
]
