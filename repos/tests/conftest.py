"""Fixtures of the tests of repositories."""

import pytest

from repos.testing import GitHost


@pytest.fixture
def host(tmp_path, settings):
    """A git host on loopback that repositories may come from."""
    with GitHost(tmp_path / "served") as host:
        settings.CLONE_ALLOW = [host.netloc]
        yield host
