"""Repositories and git hosts for tests."""

from repos.testing.git_host import GitHost
from repos.testing.repositories import make_repository, run_git

__all__ = ["GitHost", "make_repository", "run_git"]
