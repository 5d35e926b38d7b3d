"""The WebSocket endpoint: Channels consumers over Connection and its sessions."""

from __future__ import annotations

from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from chat.api.connection import Connection, Frame, LeftOut
from chat.api.events_session import EventsSession
from chat.api.plain_session import PlainSession
from chat.api.wire_formats import EVENTS_SUBPROTOCOL
from chat.core.errors import ChatError
from deepwiki.accounts.credential_errors import CredentialsRefused


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One socket, in the dialect that the client's subprotocol names."""

    # Channels would subscribe every socket to the layer and close them all when it goes
    # away. Notifications about runs travel by chat/runs/pubsub.py.
    channel_layer_alias = "unused"
    connection: Connection
    session: PlainSession | EventsSession

    async def connect(self) -> None:
        self.connection = Connection(self)
        self.session = self._new_session()
        self.connection.refuse = self.session.refuse
        try:
            await self.connection.identify()
        except CredentialsRefused:
            await self.close()
            return
        except ChatError as error:
            # Accepted only to be told: a refused handshake carries no text.
            await self.accept(self.session.subprotocol)
            await self.session.refuse(error)
            return
        await self.accept(self.session.subprotocol)
        await self.session.opened()
        self.connection.start(self._watch())

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """A frame came. The message, which Channels holds on to, is emptied."""
        frame = _taken_frame(message)
        self.connection.note_message()
        if self.connection.is_closing:
            return
        try:
            await self.session.receive(frame)
        except Exception as error:
            await self.connection.fail(error)

    async def disconnect(self, code: int) -> None:
        self.connection.disconnected()
        # They refer to each other: without this they would wait for the garbage collector.
        del self.connection, self.session
        raise StopConsumer

    def _new_session(self) -> PlainSession | EventsSession:
        """A session in the dialect that the client offers."""
        offered = self.scope.get("subprotocols") or []
        if EVENTS_SUBPROTOCOL in offered:
            return EventsSession(self.connection)
        return PlainSession(self.connection)

    async def _watch(self) -> None:
        try:
            await self.connection.watch(self.session.first_message_seconds, self.session.recheck)
        except ChatError as error:
            await self.session.refuse(error)


def _taken_frame(message: dict[str, Any]) -> Frame:
    """The content of an ASGI message, taken out of it."""
    left_out = message.pop("left_out_bytes", None)
    if left_out is not None:
        return LeftOut(left_out)
    message.pop("bytes", None)
    text: str | None = message.pop("text", None)
    if text is not None:  # of a server other than ours
        return text.encode("utf-8", "surrogatepass")
    utf8: bytes | None = message.pop("utf8", None)
    return utf8


class UnknownPathConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Any other WebSocket path: the handshake is refused."""

    async def connect(self) -> None:
        await self.close()
