"""Which pages a wiki has, planned from the files of an index and their links."""

from deepwiki.wiki.plan.arrangement import ArrangedPage, arranged, can_merge
from deepwiki.wiki.plan.code_base import CodeBase, FileArtifact, FileLink, LinkKind, PlannedFile
from deepwiki.wiki.plan.coverage import Coverage
from deepwiki.wiki.plan.identity import FormerPage, MatchedPlan, match_plan
from deepwiki.wiki.plan.kept_arrangement import kept_arrangement
from deepwiki.wiki.plan.names import NameHints
from deepwiki.wiki.plan.planner import plan_wiki
from deepwiki.wiki.plan.wiki_plan import PageKind, PlannedPage, UncoveredFile, WikiPlan
from deepwiki.wiki.plan.wiki_settings import (
    JSON_PATH,
    TOML_PATH,
    PlanNotice,
    WantedPage,
    WikiSettings,
    read_settings,
)

__all__ = [
    "JSON_PATH",
    "TOML_PATH",
    "ArrangedPage",
    "CodeBase",
    "Coverage",
    "FileArtifact",
    "FileLink",
    "FormerPage",
    "LinkKind",
    "MatchedPlan",
    "NameHints",
    "PageKind",
    "PlanNotice",
    "PlannedFile",
    "PlannedPage",
    "UncoveredFile",
    "WantedPage",
    "WikiPlan",
    "WikiSettings",
    "arranged",
    "can_merge",
    "kept_arrangement",
    "match_plan",
    "plan_wiki",
    "read_settings",
]
