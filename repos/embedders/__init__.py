"""Embedders: from texts to unit vectors, one file each. No Django, no database."""

from repos.embedders.base import Embedder, EmbedderConfig, EmbedderError, TextForm, Vectors
from repos.embedders.registry import configured

__all__ = [
    "Embedder",
    "EmbedderConfig",
    "EmbedderError",
    "TextForm",
    "Vectors",
    "configured",
]
