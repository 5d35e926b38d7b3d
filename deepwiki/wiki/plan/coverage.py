"""What a plan covers, as it is stored and shown: files of code with a page, and the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deepwiki.wiki.plan.code_base import CodeBase
from deepwiki.wiki.plan.wiki_plan import PageKind, WikiPlan

DESCRIBING = (PageKind.PART, PageKind.GUIDE)
MAX_SHOWN = 50  # paths of one reason


@dataclass(frozen=True)
class Coverage:
    """`covered` of `total` files of code have a page; the others by reason.

    `left_out` counts files that are not in the index, by the reason it gives.
    """

    covered: int
    total: int
    uncovered: Mapping[str, list[str]]
    left_out: Mapping[str, int]
    notices: tuple[Mapping[str, str], ...] = ()

    @classmethod
    def of(cls, plan: WikiPlan, code: CodeBase, left_out: Mapping[str, int]) -> Coverage:
        """What a plan covers of a code base."""
        uncovered: dict[str, list[str]] = defaultdict(list)
        for file in plan.uncovered:
            uncovered[file.reason].append(file.path)
        source_files = [path for path, file in code.files.items() if file.role == "code"]
        covered = {path for page in plan.pages if page.kind in DESCRIBING for path in page.files}
        return cls(
            covered=sum(path in covered for path in source_files),
            total=len(source_files),
            uncovered=uncovered,
            left_out=left_out,
            notices=tuple(notice.as_json() for notice in plan.notices),
        )

    def as_json(self) -> dict[str, Any]:
        """As it is stored: of each reason the number of files and the first paths."""
        groups = [
            {"reason": reason, "count": len(paths), "paths": paths[:MAX_SHOWN]}
            for reason, paths in sorted(self.uncovered.items())
        ]
        return {
            "covered": self.covered,
            "total": self.total,
            "uncovered_count": sum(map(len, self.uncovered.values())),
            "groups": groups,
            "left_out": dict(self.left_out),
            "notices": [dict(notice) for notice in self.notices],
        }
