"""The browser and the servers of the chat's tests."""

from chat.tests.conftest import browser, open_page, start

__all__ = ["browser", "open_page", "start"]
