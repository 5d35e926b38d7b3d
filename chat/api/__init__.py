"""The endpoints of the chat protocol: WebSocket and HTTP, plain text and events."""
