"""Secret keys in files, readable by this user only: generated at first use."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from deepwiki.foundation.env import ConfigError

KEY_BYTES = 32
SHORTEST_CHARS = 40  # 32 bytes are 44 characters of base64


def read_or_make_key(path: Path) -> str:
    """The key in `path`: 32 random bytes as base64url, file mode 0600. Processes that start
    at the same time get the same key.

    Raises ConfigError when the folder cannot be written or the file holds no key.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be used: {_reason(error)}. Set DATA_DIR to a folder you can write to."
        ) from None
    if len(key) < SHORTEST_CHARS:
        raise ConfigError(
            f"{path} holds no usable key. Restore it from a backup; a new one cannot read old tokens."
        )
    return key


def make_private(folder: Path) -> None:
    """Close an existing folder, or a new one, to the other users of this machine.

    Root's can be passed through, not listed: the embedded PostgreSQL inside runs as another
    user. A folder that is not this user's stays as it is. Raises ConfigError.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        status = folder.stat()
        if status.st_uid == os.geteuid() and status.st_mode & 0o777 & ~mode:
            folder.chmod(status.st_mode & mode)
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be used: {error.strerror}. Set DATA_DIR to a folder you can write to."
        ) from None


def _reason(error: Exception) -> str | None:
    if isinstance(error, OSError):
        return error.strerror
    return "it is not a key"


def _make_key(path: Path) -> None:
    """Write a new key to a temporary file and link it to `path`, which fails atomically
    when another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f"{path.name}.{os.getpid()}")
    _write_private(staging, base64.urlsafe_b64encode(os.urandom(KEY_BYTES)))
    try:
        path.hardlink_to(staging)
    except FileExistsError:
        pass
    finally:
        staging.unlink()


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
