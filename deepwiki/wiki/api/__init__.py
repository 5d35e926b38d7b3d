"""What deepwiki-open's own front end calls beside the chat, for visitors without an account."""
