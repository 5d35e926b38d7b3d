"""DeepWiki: the project's settings, server, embedded database, accounts and start-up."""
