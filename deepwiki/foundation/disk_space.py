"""The room left on the disk that holds our data."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from django.conf import settings

# Where the embedded database of root is, if its own account cannot enter DATA_DIR.
STATE_FOLDER = Path("/var/lib/deepwiki")


def is_low() -> bool:
    """Is less free than DEEPWIKI_DISK_RESERVE_MEGABYTES? False where it cannot be measured."""
    reserve = settings.DISK_RESERVE_MEGABYTES * 1_000_000
    if not reserve:
        return False
    return any(_free_bytes(folder) < reserve for folder in _data_folders())


def _data_folders() -> list[Path]:
    """DATA_DIR, and where else the embedded database may be."""
    if settings.DATABASE_URL or not STATE_FOLDER.is_dir():
        return [settings.DATA_DIR]
    return [settings.DATA_DIR, STATE_FOLDER]


def _free_bytes(folder: Path) -> float:
    """On the file system of a folder, or of the first above it that exists."""
    for place in (folder, *folder.parents):
        with contextlib.suppress(OSError):
            return shutil.disk_usage(place).free
    return float("inf")
