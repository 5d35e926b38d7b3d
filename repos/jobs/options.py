"""The settings, as the indexing pipeline and fetching take them."""

from __future__ import annotations

from django.conf import settings

from repos.embedders import configured
from repos.index import IndexOptions
from repos.indexing.file_selection import Limits
from repos.search import embedder_config
from repos.sources import FetchLimits


def index_options() -> IndexOptions:
    """The options of the indexing pipeline.

    Raises EmbedderError on an unusable setting.
    """
    return IndexOptions(
        limits=Limits(settings.INDEX_FILES, settings.INDEX_FILE_BYTES, settings.INDEX_TEXT_BYTES),
        fetch=fetch_limits(),
        work_dir=settings.DATA_DIR / "work",
        embedders=configured(embedder_config()),
    )


def fetch_limits() -> FetchLimits:
    """The limits and network options of fetching."""
    return FetchLimits(
        settings.CLONE_SECONDS,
        settings.CLONE_MEGABYTES,
        settings.CLONE_ALLOW,
        settings.CA_FILE,
        settings.GIT_PROXY,
    )
