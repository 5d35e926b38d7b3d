"""Patterns of the addresses that begin with `/<owner>/<repository>`, as at a git host."""

from __future__ import annotations

OWNER_AND_NAME = r"(?P<owner>[A-Za-z0-9][\w.-]{0,99})/(?P<name>[\w.-]{1,100})"
# First parts of our own addresses, which are no owner's.
OURS = (
    "accounts|admin|api|c|chat|design|diagrams|m|mcp|parts|r|repositories|s|slack|static|styleguide|v1"
    "|webhooks|ws"
)
NAMED = rf"(?!(?:{OURS})/){OWNER_AND_NAME}"
