"""Embedders: texts to unit vectors. One file each; `registry.py` says which are in use."""

from repos.embedders.base import Embedder, EmbedderError
from repos.embedders.registry import EmbedderConfig, configured, for_question

__all__ = ["Embedder", "EmbedderConfig", "EmbedderError", "configured", "for_question"]
