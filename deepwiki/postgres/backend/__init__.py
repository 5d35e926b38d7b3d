"""Django database backend `deepwiki.postgres.backend`: connecting starts the server."""
