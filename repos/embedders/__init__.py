"""Embedders: from texts to unit vectors, one file each. No Django, no database."""

from repos.embedders.base import Embedder, EmbedderConfig, EmbedderError, Vectors
from repos.embedders.registry import configured, for_question

__all__ = [
    "Embedder",
    "EmbedderConfig",
    "EmbedderError",
    "Vectors",
    "configured",
    "for_question",
]
