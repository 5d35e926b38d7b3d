"""Repositories: where they come from, how they are indexed, how they are searched."""
