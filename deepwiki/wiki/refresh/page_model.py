"""The model that patches pages: the one of requests that name none."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

from chat.core.errors import ChatError
from chat.services import providers
from deepwiki.wiki.writing.call_budget import Budget
from deepwiki.wiki.writing.model_calls import CallFailed, Instruction, ModelCaller, ModelReply


class PageModel(Protocol):
    """A language model that counts what it costs in `budget`; `ModelCaller` is one."""

    budget: Budget

    def ask(self, instruction: Instruction) -> ModelReply:
        """Its reply. Raises CallFailed, CapReached, CallStopped."""
        ...


def default_provider() -> str:
    """The provider whose model is asked; empty where no language model is set up."""
    known = providers()
    try:
        name = known.default()
    except ChatError:
        return ""
    return name * known.is_generative(name)


@contextlib.contextmanager
def default_model(should_stop: Callable[[], bool], budget: Budget) -> Iterator[PageModel | None]:
    """The model that is asked, for one thread; None where there is none."""
    caller = _caller(should_stop, budget)
    if caller is None:
        yield None
        return
    with caller as model:
        yield model


def _caller(should_stop: Callable[[], bool], budget: Budget) -> ModelCaller | None:
    name = default_provider()
    with contextlib.suppress(CallFailed):
        if name:
            return ModelCaller(name, "", budget, should_stop)
    return None
