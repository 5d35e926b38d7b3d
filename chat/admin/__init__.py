"""Chat in the admin: conversations, figures about repositories and people, providers.

Importing it registers everything; it comes after `repos.admin` and
`deepwiki.accounts.admin`, two of whose classes it replaces.
"""

from chat.admin import conversations, figures, providers

__all__ = ["conversations", "figures", "providers"]
