"""Keys that live outside the database: made once, readable by this user only."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from deepwiki.foundation.env import ConfigError


def read_or_make_key(path: Path) -> str:
    """32 random bytes, base64url, kept in `path` with mode 0600. Two processes starting at once get the same key.

    Raises ConfigError when the folder cannot be written or the file holds no key.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staging = path.with_name(f"{path.name}.{os.getpid()}")
        if not path.exists():
            descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.urlsafe_b64encode(os.urandom(32)))
            try:
                os.link(staging, path)  # fails, atomically, when another process was first
            except FileExistsError:
                pass
            finally:
                staging.unlink()
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a key"
        raise ConfigError(
            f"{path} cannot be used: {reason}. Set DATA_DIR to a folder you can write to."
        ) from None
    if len(key) < 40:
        raise ConfigError(
            f"{path} holds no usable key. Restore it from a backup; a new one cannot read old tokens."
        )
    return key
