"""The plain dialect over a WebSocket: questions, one answer after the other as text, close."""

from __future__ import annotations

import contextlib
import uuid
from collections import deque
from functools import partial

from django.conf import settings

from chat import services
from chat.api.authorization import recheck
from chat.api.connection import Connection, Frame, LeftOut
from chat.api.wire_formats import NORMAL_CLOSURE, PlainText, text_frames
from chat.core.errors import BadRequest, ChatError, RequestTooLarge, TooMany
from chat.runs import Run
from chat.runs.replay import StoredRun

# A request, or what is wrong with it without being read.
Question = bytes | ChatError

MAX_WAITING_FRAMES = 8


class PlainSession:
    """Speaks to deepwiki-open's clients.

    A frame that comes while an answer runs waits its turn; the socket closes after the last
    answer, and after an error. Where too many frames wait, it closes after the running one.
    """

    subprotocol = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_answering = False
        self._waiting: deque[Question] = deque()
        self._waiting_bytes = 0
        self._is_overfull = False
        self._has_sent_text = False
        self._run_id: uuid.UUID | None = None  # of the answer that is being sent

    @property
    def first_message_seconds(self) -> float:
        return settings.SOCKET_FIRST_MESSAGE_SECONDS

    async def opened(self) -> None:
        """Nothing is said before the first question."""

    async def receive(self, frame: Frame) -> None:
        """A frame came."""
        if self._is_answering:
            self._put(frame)
        else:
            self._is_answering = True
            self._waiting.append(_question(frame))
            self._connection.start(self._answer_all())

    async def refuse(self, error: ChatError) -> None:
        """Say what is wrong and close."""
        separator = "\n\n" if self._has_sent_text else ""
        await self._connection.send_text(f"{separator}{error.plain}")
        await self._connection.close(error.close_code)

    async def recheck(self) -> None:
        """Raises the ChatError family if the person may not read the answer any more."""
        await recheck(self._connection.authorize)
        if self._run_id is not None:
            person = self._connection.person
            await recheck(partial(services.check_may_follow, person, self._run_id))

    def _put(self, frame: Frame) -> None:
        """Let a frame wait, or none at all once too many do."""
        question = _question(frame)
        if not self._has_room(frame, question):
            self._is_overfull = True
            self._waiting.clear()
            self._note_waiting(-self._waiting_bytes)
            return
        self._waiting.append(question)
        self._note_waiting(_size(question))

    def _has_room(self, frame: Frame, question: Question) -> bool:
        if self._is_overfull or len(self._waiting) == MAX_WAITING_FRAMES:
            return False
        if isinstance(frame, LeftOut) and frame.size <= settings.MESSAGE_BYTES:
            return False  # too large only beside those that wait
        return self._waiting_bytes + _size(question) <= settings.MESSAGE_BYTES

    def _note_waiting(self, more: int) -> None:
        self._waiting_bytes += more
        self._connection.note_waiting(self._waiting_bytes)

    async def _answer_all(self) -> None:
        """Answer the question that waits and those that come meanwhile, in order, then close."""
        try:
            await self._answer(self._waiting.popleft())
            while self._waiting and not self._connection.is_closing:
                self._note_waiting(-_size(self._waiting[0]))
                await self._answer(self._waiting.popleft())
        except ChatError as error:
            await self.refuse(error)
            return
        if self._is_overfull:
            await self.refuse(TooMany("too_many_waiting"))
        else:
            await self._connection.close(NORMAL_CLOSURE)

    async def _answer(self, question: Question) -> None:
        """Answer a question; an answer with an error closes the socket.

        Raises the ChatError family for a question that is not taken.
        """
        if isinstance(question, ChatError):
            raise question
        request = services.read_request(question)
        del question  # as large as the request, which is held while it is answered
        run = await services.ask(
            self._connection.person,
            request,
            lasting=request.conversation is not None,
            authorize=self._connection.authorize,
            address=self._connection.address,
        )
        code = await self._send_answer(run)
        if code != NORMAL_CLOSURE:
            await self._connection.close(code)

    async def _send_answer(self, run: Run | StoredRun) -> int:
        """Send the answer's text; the close code that tells how it ended."""
        plain = PlainText()
        plain.has_started = self._has_sent_text  # an error is set off from what came before
        self._run_id = run.id
        async with contextlib.aclosing(run.attach()) as items:
            async for item in items:
                for frame in text_frames(plain.write(item.event)):
                    if self._connection.is_closing:
                        return plain.close_code
                    self._has_sent_text = True
                    await self._connection.send_text(frame)
        return plain.close_code


def _question(frame: Frame) -> Question:
    if frame is None:
        return BadRequest("binary_message")
    if isinstance(frame, LeftOut) or len(frame) > settings.MESSAGE_BYTES:
        return RequestTooLarge()
    return frame


def _size(question: Question) -> int:
    return 0 if isinstance(question, ChatError) else len(question)
