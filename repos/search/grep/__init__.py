"""Lines of an index that match a regular expression or a literal text."""

from repos.search.grep.matches import FoundLine
from repos.search.grep.pattern import InvalidPattern
from repos.search.grep.results import GrepNotice, GrepOptions, GrepResult, MatchedFile
from repos.search.grep.search import grep

__all__ = [
    "FoundLine",
    "GrepNotice",
    "GrepOptions",
    "GrepResult",
    "InvalidPattern",
    "MatchedFile",
    "grep",
]
