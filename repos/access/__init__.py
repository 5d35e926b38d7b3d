"""Who may read a repository."""
