"""A static files finder for the fonts that pinned packages ship, served under `vendor/`.

No third-party file is in this repository, and the pages load nothing from other sites.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# Package -> its folder under vendor/.
PACKAGES = {"fontpkg_source_sans_3": "fonts", "fontpkg_jetbrains_mono": "fonts"}
SUFFIXES = {".woff2", ".ttf", ".otf"}


class PackagedFilesFinder(BaseFinder):
    """Finds font files inside installed packages as `vendor/fonts/<name>`."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        matches = [str(file) for name, file in _files() if name == path]
        if find_all or not matches:
            return matches
        return matches[0]

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        for name, file in _files():
            storage = FileSystemStorage(location=str(file.parent))
            # collectstatic joins the prefix to the name
            storage.prefix = str(Path(name).parent)  # type: ignore[attr-defined]
            yield file.name, storage


def _files() -> Iterator[tuple[str, Path]]:
    """(name under STATIC_URL, path) of every packaged font file."""
    for package, folder in PACKAGES.items():
        for location in _locations(package):
            for path in sorted(Path(location).rglob("*")):
                if path.suffix in SUFFIXES:
                    yield f"vendor/{folder}/{path.name}", path


def _locations(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    return list((spec and spec.submodule_search_locations) or [])
