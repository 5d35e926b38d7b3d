"""Providers: one file each with one method, and the registry that knows which are configured."""

from chat.providers.registry import Providers, load_models

__all__ = ["Providers", "load_models"]
