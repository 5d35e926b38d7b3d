"""Operations of apps above the chat: they add the dotted paths of their routers at start.

A router is a `ninja.Router`; its module is imported with the interface, not before.
"""

from __future__ import annotations

ROUTERS: list[str] = []
