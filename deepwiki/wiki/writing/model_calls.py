"""One call of a language model at a time: bounded in time, input, output and cost.

A call has no effect but its reply, so one that broke off is made once more. Tokens count as the
service reports them, else as they are estimated, those of broken calls included.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self, TypeVar

from chat import services
from chat.core.clean_stream import clean_stream
from chat.core.completion import estimate_tokens
from chat.core.errors import ChatError, CutOff, ProviderError, RateLimited, Unavailable
from chat.core.messages import format_message
from chat.core.ports import LengthLimit, Model, Piece, Text, Tokens
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.providers.base import Pieces, TimedOut
from deepwiki.wiki.writing.call_budget import Budget, Spent

CALLS_PER_SERVICE = 2  # at once in one process
ATTEMPTS = 2
CALL_SECONDS = 300.0  # with all attempts
MAX_OUTPUT_TOKENS = 8_000
MAX_OUTPUT_CHARS = 120_000
POLL_SECONDS = 0.5
PROMPT_OVERHEAD = 50  # tokens of the frame of messages
# Errors after which no further call to this model can succeed.
FINAL = frozenset({"provider_auth", "provider_quota", "model_not_found", "bad_request"})
T = TypeVar("T")
_slots: defaultdict[str, threading.BoundedSemaphore] = defaultdict(
    lambda: threading.BoundedSemaphore(CALLS_PER_SERVICE)
)


class CallFailed(Exception):
    """A call gave no usable reply. The message is a plain sentence that says what to do.

    `is_final`: no other call to this model would succeed (key, credit, unknown model).
    """

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class CallStopped(Exception):
    """This process ends."""


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model wrote. `is_cut`: it, or we, ended it at a limit of its length."""

    text: str
    is_cut: bool
    spent: Spent


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a model is to do: our instructions, the material in fences, and how long it may be."""

    system: str
    material: str
    max_tokens: int = MAX_OUTPUT_TOKENS
    max_chars: int = MAX_OUTPUT_CHARS

    @property
    def prompt(self) -> Prompt:
        """As adapters take it."""
        return Prompt(self.system, (Turn("user", self.material),), (), "", "en")


def _never() -> bool:
    return False


class ModelCaller:
    """Calls one model: `with ModelCaller(provider, model, budget) as caller:`.

    For a thread without an event loop; the clients of the services are closed at the end.
    `should_stop` is asked while a call runs. Raises CallFailed for a model that cannot be used.
    """

    def __init__(
        self,
        provider: str,
        model: str,
        budget: Budget | None = None,
        should_stop: Callable[[], bool] = _never,
    ) -> None:
        self.budget = budget or Budget()
        self._should_stop = should_stop
        self._unbilled: list[Spent] = []
        self._providers = services.providers()
        try:
            self.model: Model = self._providers.choose(provider, model)
        except ChatError as error:
            raise CallFailed(error.message, is_final=True) from error

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._runner:
            self._runner.run(self._providers.close())

    def ask(self, instruction: Instruction) -> ModelReply:
        """The reply. Raises CallFailed, CallStopped; CapReached before an attempt is sent."""
        self._check_budget(instruction)
        slot = _slots[self.model.provider]
        while not slot.acquire(timeout=POLL_SECONDS):
            self._check_stop()
        try:
            return self._runner.run(self._watched(self._attempts(instruction)))
        finally:
            slot.release()
            self._bill()

    def _check_budget(self, instruction: Instruction) -> None:
        """Raises CapReached if one more attempt could end beyond the limit."""
        most = self.cost_of(self.input_tokens(instruction), self._output(instruction))
        self.budget.check(sum(self._unbilled, most))

    def _bill(self) -> None:
        """Outside of the event loop, since budgets may be rows of the database."""
        while self._unbilled:
            self.budget.add(self._unbilled.pop())

    def input_tokens(self, instruction: Instruction) -> int:
        """What a call would read, by the model's own count where it is known."""
        texts = (instruction.system, instruction.material)
        return sum(map(self.model.count, texts)) + PROMPT_OVERHEAD

    def cost_of(self, read: int, written: int) -> Spent:
        """Tokens with their price."""
        price = self._providers.cost(self.model.provider, self.model.id, read, written)
        return Spent(read, written, price or 0.0)

    def _output(self, instruction: Instruction) -> int:
        return min(instruction.max_tokens, self.model.output)

    def _check_stop(self) -> None:
        if self._should_stop():
            raise CallStopped

    async def _watched(self, call: Coroutine[object, object, T]) -> T:
        """The result of a call that is cancelled when this process is to end."""
        task = asyncio.ensure_future(call)
        try:
            while not (await asyncio.wait({task}, timeout=POLL_SECONDS))[0]:
                self._check_stop()
            return await task
        finally:
            await _ended(task)

    async def _attempts(self, instruction: Instruction) -> ModelReply:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                for _ in range(ATTEMPTS - 1):
                    with contextlib.suppress(_BrokeOff):
                        return await self._attempt(instruction, is_last=False)
                return await self._attempt(instruction, is_last=True)
        except TimeoutError:
            raise CallFailed(format_message("call_too_long", {})) from None
        except ChatError as error:
            raise CallFailed(error.message, is_final=error.code in FINAL) from error

    async def _attempt(self, instruction: Instruction, *, is_last: bool) -> ModelReply:
        self._check_budget(instruction)
        model = replace(self.model, output=self._output(instruction))
        reading = _Reading(instruction.max_chars)
        stream = self._providers.adapter(model.provider).stream(instruction.prompt, model)
        try:
            await reading.read(clean_stream(stream))
        except ProviderError as error:
            reading.is_refused = not isinstance(error, CutOff | Unavailable)
            if is_last or not _may_pass(error):
                raise
            raise _BrokeOff from error
        finally:
            if reading.is_charged:
                self._unbilled.append(self._spent(instruction, reading))
        return ModelReply(reading.text, reading.is_cut, self._spent(instruction, reading))

    def _spent(self, instruction: Instruction, reading: _Reading) -> Spent:
        tokens = reading.tokens
        if tokens is None or tokens.input_tokens is None:
            tokens = estimate_tokens(instruction.prompt, reading.text)
        return self.cost_of(tokens.input_tokens or 0, tokens.output_tokens or 0)


class _BrokeOff(Exception):
    """An attempt ended without a reply; another one may have one."""


@dataclass
class _Reading:
    """What came of one reply."""

    max_chars: int
    pieces: list[str] = field(default_factory=list)
    chars: int = 0
    tokens: Tokens | None = None
    is_cut: bool = False
    has_begun: bool = False
    is_refused: bool = False

    @property
    def is_charged(self) -> bool:
        """Whether the service may charge for it: it did not refuse the request, or wrote first."""
        return self.has_begun or not self.is_refused

    @property
    def text(self) -> str:
        return "".join(self.pieces)[: self.max_chars]

    async def read(self, stream: Pieces) -> None:
        """Read to the end, or to the bound. Raises the ProviderError family."""
        async with contextlib.aclosing(stream) as pieces:
            async for piece in pieces:
                self._take(piece)
                if self.chars > self.max_chars:
                    self.is_cut = True
                    return
        if not self.text.strip():
            raise self._nothing()

    def _nothing(self) -> ProviderError:
        """Why there is no text."""
        if self.is_cut:
            return CutOff("length_in_thoughts")
        return Unavailable("empty_answer")

    def _take(self, piece: Piece) -> None:
        self.has_begun = True
        match piece:
            case Text(text):
                self.pieces.append(text)
                self.chars += len(text)
            case Tokens():
                self.tokens = piece
            case LengthLimit():
                self.is_cut = True


def _may_pass(error: ProviderError) -> bool:
    """Whether it may be gone at the next attempt; adapters have waited where they were told to."""
    passing = isinstance(error, CutOff | Unavailable | RateLimited)
    return passing and not isinstance(error, TimedOut) and error.reason != "length_in_thoughts"


async def _ended(task: asyncio.Future[T]) -> None:
    """Cancel a task unless it is done, and wait for it."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
