"""Django database backend `deepwiki.postgres.backend`: PostgreSQL that starts by itself."""
