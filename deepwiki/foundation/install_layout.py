"""Where the files of an installation lie: in a checkout, or in the package that a wheel installs.

A checkout keeps settings and data beside `manage.py`; an installed package keeps them in the
folders of the person who runs it.
https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
BASE_DIR = PACKAGE.parent
IS_CHECKOUT = (BASE_DIR / "manage.py").is_file()


def _resources() -> Path:
    """The folder of templates and static files, see [tool.hatch.build] in pyproject.toml."""
    if IS_CHECKOUT:
        return BASE_DIR
    return PACKAGE / "resources"


def _of_person(variable: str, default: str) -> Path:
    """Our folder in one of the person's."""
    return Path(os.environ.get(variable) or Path.home() / default) / "deepwiki"


def _settings_file() -> Path:
    if IS_CHECKOUT:
        return BASE_DIR / ".env"
    return _of_person("XDG_CONFIG_HOME", ".config") / ".env"


def _data_folder() -> Path:
    if IS_CHECKOUT:
        return BASE_DIR / "data"
    return _of_person("XDG_DATA_HOME", ".local/share")


RESOURCES = _resources()
SETTINGS_FILE = _settings_file()
DATA_FOLDER = _data_folder()
