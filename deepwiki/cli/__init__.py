"""The command `deepwiki`. Django is imported only by what needs it."""
