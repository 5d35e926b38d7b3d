"""Providers: one adapter a file, and the registry that knows which are configured.

A question goes through registry (choose, adapter) and then the adapter's `stream`.
"""

from chat.providers.base import Timeouts
from chat.providers.registry import Providers, load_models

__all__ = ["Providers", "Timeouts", "load_models"]
