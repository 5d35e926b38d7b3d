"""Chat in the admin: conversations, pages of repositories and people, providers.

Importing it registers everything; it comes after `repos.admin` and
`deepwiki.accounts.admin`, two of whose classes it replaces.
"""

from chat.admin import conversations, overview, providers, repositories_and_people

__all__ = ["conversations", "overview", "providers", "repositories_and_people"]
