"""Static files under names with their hash, which browsers keep for good, compressed.

Scripts import each other by these names too, so that a changed module is loaded anew and
the others are not.
"""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from servestatic.storage import CompressedManifestStaticFilesStorage

# `import … from "./module.js";`. Not import("…"), which in our scripts stands in comments
# only, where two modules may name each other: a hash of a hash of itself has no end.
_IMPORTS = (
    r"""(?P<matched>import(?s:(?P<import>[\s\{][^'"]*?))\s*from\s*['"](?P<url>\./[^'"]+)['"]\s*;)"""
)
_IMPORT = """import%(import)s from "%(url)s";"""


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """ServeStatic's storage, with the imports of script modules rewritten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        imports = ("*.js", ((_IMPORTS, _IMPORT),))
        self.patterns = (*ManifestStaticFilesStorage.patterns, imports)
        super().__init__(*args, **kwargs)
