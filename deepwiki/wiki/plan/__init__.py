"""Which pages a wiki has, planned from the files of an index and their links."""

from deepwiki.wiki.plan.code_base import CodeBase, FileArtifact, FileLink, LinkKind, PlannedFile
from deepwiki.wiki.plan.wiki_plan import PageKind, PlannedPage, UncoveredFile, WikiPlan

__all__ = [
    "CodeBase",
    "FileArtifact",
    "FileLink",
    "LinkKind",
    "PageKind",
    "PlannedFile",
    "PlannedPage",
    "UncoveredFile",
    "WikiPlan",
]
