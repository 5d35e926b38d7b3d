"""A static files finder for files that are made when the product starts.

The fonts that pinned packages ship, served under `vendor/`, and the stylesheets joined.
No third-party file is in this repository, and the pages load nothing from other sites.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

from deepwiki.foundation.font_subsets import PackagedFont, subsets
from deepwiki.foundation.site_stylesheet import stylesheets

FONT_FOLDER, STYLE_FOLDER = "vendor/fonts", "css"
# Those that the stylesheets use. Bold italics are made by the browser.
FONTS = (
    PackagedFont("fontpkg_source_sans_3", "SourceSans3[wght].ttf"),
    PackagedFont("fontpkg_source_sans_3", "SourceSans3-Italic[wght].ttf", (400, 400)),
    PackagedFont("fontpkg_jetbrains_mono", "JetBrainsMono[wght].ttf"),
)


class PackagedFilesFinder(BaseFinder):
    """Finds the SHEETS under `css/`, and parts of packaged fonts as `vendor/fonts/<name>-<part>.woff2`."""

    storages: Mapping[
        str, Storage
    ] = {}  # where a file was looked for; ServeStatic asks each finder

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        folder = path.rpartition("/")[0]
        if folder not in MADE:
            return []
        matches = [str(file) for file in MADE[folder]() if path == f"{folder}/{file.name}"]
        if find_all or not matches:
            return matches
        return matches[0]

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        for folder, files in MADE.items():
            for file in files():
                yield file.name, _storage(file, folder)


def _storage(file: Path, prefix: str) -> Storage:
    storage = FileSystemStorage(location=str(file.parent))
    storage.prefix = prefix  # type: ignore[attr-defined]  # collectstatic joins it to the name
    return storage


def _stylesheets() -> Iterator[Path]:
    return stylesheets(settings.RESOURCES / "static" / "css", settings.DATA_DIR / "styles")


def _fonts() -> Iterator[Path]:
    """The parts of every font, made where that was not done before."""
    for font in FONTS:
        for path in _packaged(font):
            yield from subsets(path, font.weights, settings.DATA_DIR / "fonts")


def _packaged(font: PackagedFont) -> Iterator[Path]:
    """Its file in the installed package."""
    for location in _locations(font.package):
        yield from (path for path in Path(location).rglob("*.ttf") if path.name == font.file)


def _locations(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    return list((spec and spec.submodule_search_locations) or [])


MADE = {FONT_FOLDER: _fonts, STYLE_FOLDER: _stylesheets}
