"""The plain dialect over a WebSocket: one question, one answer as text, close."""

from __future__ import annotations

import contextlib
import logging

from django.conf import settings

from chat import services
from chat.api.connection import Connection
from chat.api.wire_formats import PlainText, text_frames
from chat.core.errors import BadRequest, ChatError, Internal, TooMany
from chat.runs import Run
from deepwiki.foundation.incidents import log_incident

logger = logging.getLogger(__name__)


class PlainSession:
    """Speaks to deepwiki-open's clients."""

    subprotocol = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_answering = False

    @property
    def first_message_seconds(self) -> float:
        return settings.SOCKET_FIRST_MESSAGE_SECONDS

    async def opened(self) -> None:
        """Nothing is said before the first question."""

    async def receive(self, text: str | None) -> None:
        """A frame came; None if it was binary."""
        if text is None:
            await self.refuse(BadRequest("binary_message"))
        elif self._is_answering:
            await self.refuse(TooMany("one_question_per_connection"))
        else:
            self._is_answering = True
            self._connection.start(self._answer(text))

    async def refuse(self, error: ChatError) -> None:
        """Say what is wrong and close."""
        await self._connection.send_text(error.plain)
        await self._connection.close(error.close_code)

    async def _answer(self, data: str) -> None:
        try:
            request = services.read_request(data)
            run = await services.ask(
                self._connection.person,
                request,
                lasting=request.conversation is not None,
                authorize=self._connection.authorize,
                address=self._connection.address,
            )
        except ChatError as error:
            await self.refuse(error)
            return
        except Exception:
            await self.refuse(Internal(log_incident(logger, "a question could not be taken")))
            return
        await self._send_answer(run)

    async def _send_answer(self, run: Run) -> None:
        plain = PlainText()
        async with contextlib.aclosing(run.attach()) as items:
            async for item in items:
                for frame in text_frames(plain.write(item.event)):
                    await self._connection.send_text(frame)
        await self._connection.close(plain.close_code)
