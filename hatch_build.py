"""The dependencies of the wheel: the lines of requirements.in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Requirements(MetadataHookInterface):
    """https://hatch.pypa.io/latest/plugins/metadata-hook/custom/"""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add them."""
        lines = (Path(self.root) / "requirements.in").read_text("utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
