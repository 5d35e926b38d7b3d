"""Results of searches for lines, as tests compare them."""

from __future__ import annotations

from repos.search.grep import GrepResult


def matched_lines(result: GrepResult) -> list[str]:
    """`path:line` of each line that matches."""
    return [
        f"{file.path}:{line.number}"
        for file in result.files
        for line in file.lines
        if line.is_match
    ]
