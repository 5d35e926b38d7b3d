"""What manifests say about the names of modules: tsconfig.json, package.json, go.mod."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from repos.indexing.modules.paths import PathTable, folder_of, joined

MAX_CHARS = 200_000
MAX_ALIASES = 200
NAMES = ("tsconfig.json", "jsconfig.json", "tsconfig.base.json", "package.json", "go.mod")
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|/\*.*?\*/|//[^\n]*', re.DOTALL)
TRAILING_COMMA = re.compile(r",(\s*[}\]])")
GO_MODULE = re.compile(r"^module\s+\"?(\S+?)\"?\s*$", re.MULTILINE)


def read_manifests(table: PathTable, texts: Mapping[str, str]) -> None:
    """Add to a table what these files say, by path; those that cannot be read say nothing."""
    for path, text in sorted(texts.items()):
        folder, name = folder_of(path), path.rpartition("/")[2]
        if name == "go.mod":
            for module in GO_MODULE.findall(text[:MAX_CHARS])[:1]:
                table.packages[module] = folder
            continue
        content = _json(text)
        if name == "package.json":
            if isinstance(content.get("name"), str):
                table.packages[content["name"]] = folder
        else:
            table.aliases += _aliases(folder, content)[: MAX_ALIASES - len(table.aliases)]


def _json(text: str) -> dict[str, Any]:
    """JSON with comments and trailing commas, empty if it is none."""
    clean = COMMENT.sub(lambda match: match[1] or "", text[:MAX_CHARS])
    try:
        content = json.loads(TRAILING_COMMA.sub(r"\1", clean))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _inner(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of a name, empty if it is none."""
    value = content.get(name)
    return value if isinstance(value, dict) else {}


def _aliases(folder: str, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    options = _inner(content, "compilerOptions")
    base = options.get("baseUrl")
    root = joined(folder, base) if isinstance(base, str) else folder
    paths = _inner(options, "paths")
    found = [
        (pattern, joined(root, target))
        for pattern, targets in paths.items()
        for target in (targets if isinstance(targets, list) else ())
        if isinstance(target, str)
    ]
    if isinstance(base, str):
        found.append(("*", f"{root}/*".lstrip("/")))
    return found
