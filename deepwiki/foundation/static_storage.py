"""Static files under names with their hash, which browsers keep for good, compressed.

Scripts import each other by these names too, so that a changed module is loaded anew and
the others are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from servestatic.compress import Compressor
from servestatic.storage import CompressedManifestStaticFilesStorage

# `import … from "./module.js";` and `await import("./module.js")`. Not import("…") alone, which stands
# in comments only, where two modules may name each other: a hash of a hash of itself has no end.
_IMPORTS = r"""(?P<matched>import(?s:(?P<import>[\s\{][^'"]*?))\s*from\s*['"](?P<url>\.{1,2}/[^'"]+)['"]\s*;)"""
_IMPORT = """import%(import)s from "%(url)s";"""
_LATE_IMPORTS = r"""(?P<matched>await import\("(?P<url>\.{1,2}/[^"]+)"\))"""
_LATE_IMPORT = """await import("%(url)s")"""


# Of the folder of static files: what the pages load, but not the admin's.
PAGE_FOLDERS = ("/js/", "/css/", "/django_htmx/")


class PageCompressor(Compressor):  # type: ignore[misc]
    """Brotli for what pages load alone: for all files it would take 5 s at every start.

    Comments and white space are left out of compressed scripts; the files stay as they are.
    Stylesheets are not minified: rcssmin 1.3 takes the space out of `.tree :is(a)` in a layer.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "minify": True})
        self._styles = Compressor(**kwargs)
        self._other_files = Compressor(**{**kwargs, "use_brotli": False})

    def compress(self, path: str) -> list[str]:
        """Compress a file; returns the names of what was written."""
        if not _is_of_pages(path):
            return list(self._other_files.compress(path))
        if path.endswith(".js"):
            return list(super().compress(path))
        return list(self._styles.compress(path))


def _is_of_pages(path: str) -> bool:
    return "/admin/" not in path and any(folder in path for folder in PAGE_FOLDERS)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """ServeStatic's storage, with the imports of script modules rewritten."""

    max_post_process_passes = 20  # one for each module on the longest way from import to import

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        imports = ("*.js", ((_IMPORTS, _IMPORT), (_LATE_IMPORTS, _LATE_IMPORT)))
        self._urls: dict[str, str] = {}
        self.patterns = (*ManifestStaticFilesStorage.patterns, imports)
        super().__init__(*args, **kwargs)

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """Called by ServeStatic with its settings."""
        return PageCompressor(**kwargs)

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002 - Django's
        """The address of a file. Looked up once: a page names some seventy."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]

    def post_process(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, str, bool]]:
        """See ManifestStaticFilesStorage: the files have other names after it."""
        yield from super().post_process(*args, **kwargs)
        self._urls.clear()
