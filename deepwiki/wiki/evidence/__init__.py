"""Reads the index of a repository, as it stands at one commit, for the wiki.

Who calls these functions holds a snapshot, which says that the index may be read.
"""

from deepwiki.wiki.evidence.index_code_base import read_code_base
from deepwiki.wiki.evidence.index_reader import IndexReader
from deepwiki.wiki.evidence.plan_evidence import (
    read_name_hints,
    read_settings_of,
    read_wiki_settings,
)

__all__ = [
    "IndexReader",
    "read_code_base",
    "read_name_hints",
    "read_settings_of",
    "read_wiki_settings",
]
