"""Front-end files that pinned packages ship (fonts), served by us under `vendor/`.

No third-party file lives in this repository and nothing is loaded from elsewhere at run time.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage, Storage

# package, glob below its folder -> folder under vendor/
PACKAGED = {"fontpkg_source_sans_3": "fonts", "fontpkg_jetbrains_mono": "fonts"}
SUFFIXES = {".woff2", ".ttf", ".otf"}


class PackagedFilesFinder(BaseFinder):
    """Finds font files inside installed packages as `vendor/fonts/<name>`."""

    def _files(self) -> Iterator[tuple[str, Path]]:
        for package, folder in PACKAGED.items():
            spec = importlib.util.find_spec(package)
            for location in (spec.submodule_search_locations or []) if spec else []:
                for path in sorted(Path(location).rglob("*")):
                    if path.suffix in SUFFIXES:
                        yield f"vendor/{folder}/{path.name}", path

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        matches = [str(found) for name, found in self._files() if name == path]
        return matches if find_all else (matches[0] if matches else [])

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        for name, found in self._files():
            storage = FileSystemStorage(location=str(found.parent))
            storage.prefix = str(Path(name).parent)  # type: ignore[attr-defined]  # collectstatic joins it to the name
            yield found.name, storage


__all__ = ["PackagedFilesFinder", "StaticFilesStorage"]
