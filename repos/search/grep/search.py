"""Search by regular expression or literal text.

pattern -> pieces that every match holds -> documents with their trigrams (`candidates.sql`,
with permission and filters) -> RE2 over their texts, in batches and within bounds
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from repos.models import Index
from repos.search.filtered_files import filtered_files
from repos.search.grep.candidates import Scope, find_candidates
from repos.search.grep.defined_names import DefinedNames, find_defined
from repos.search.grep.line_matcher import LineMatcher
from repos.search.grep.literal_parts import Texts
from repos.search.grep.pattern import Pattern, compile_pattern
from repos.search.grep.reading import Reading
from repos.search.grep.results import GrepNotice, GrepOptions, GrepResult
from repos.search.targets import ReadableIndex, Target, find_readable_indexes

Documents = list[int] | None  # None stands for all


def grep(
    targets: Iterable[Target],
    pattern: str,
    *,
    user_id: int | None,
    options: GrepOptions | None = None,
) -> GrepResult:
    """The lines that match in those of the repositories and snapshots that the user may read.

    Raises InvalidPattern. Takes up to MAX_MILLISECONDS: not for the event loop.
    """
    options = options or GrepOptions()
    wanted = list(targets)
    indexes = find_readable_indexes(wanted, user_id)
    matcher = _matcher(pattern, indexes, options)
    scope = _scope(wanted, user_id, options, matcher.defined)
    if scope.documents == []:
        return GrepResult()
    search = Reading(matcher, options)
    search.run(find_candidates(scope, _clauses(matcher)))
    return search.result(_notices(indexes, matcher))


def _matcher(pattern: str, indexes: Sequence[ReadableIndex], options: GrepOptions) -> LineMatcher:
    return LineMatcher(
        pattern=None if options.names_only else _compiled(pattern, options),
        defined=_defined(indexes, options.symbols),
        excluded=_defined(indexes, options.excluded_symbols),
        excluded_patterns=[
            _compiled_text(excluded.text, options, is_regex=excluded.is_regex)
            for excluded in options.excluded_texts
        ],
    )


def _compiled(pattern: str, options: GrepOptions) -> Pattern:
    return _compiled_text(pattern, options, is_regex=options.is_regex)


def _compiled_text(text: str, options: GrepOptions, *, is_regex: bool) -> Pattern:
    return compile_pattern(
        text,
        is_regex=is_regex,
        case_sensitive=options.case_sensitive,
        whole_word=options.whole_word,
    )


def _defined(indexes: Sequence[ReadableIndex], names: Sequence[str]) -> DefinedNames | None:
    """The definitions of names; None without names."""
    return find_defined(indexes, names) if names else None


def _clauses(matcher: LineMatcher) -> Sequence[Texts]:
    return matcher.pattern.clauses if matcher.pattern is not None else ()


def _scope(
    targets: Sequence[Target],
    user_id: int | None,
    options: GrepOptions,
    defined: DefinedNames | None,
) -> Scope:
    documents = None
    if defined is not None:
        documents = list(defined.by_document)
    if options.filters.any:
        left = filtered_files(targets, user_id, options.filters).documents
        documents = _in_both(documents, left)
    return Scope(targets, user_id, options.languages, options.excluded_languages, documents)


def _in_both(documents: Documents, left: list[int]) -> list[int]:
    """The documents that are in both lists, where the first is given."""
    if documents is None:
        return left
    return sorted(set(documents) & set(left))


def _notices(indexes: Sequence[ReadableIndex], matcher: LineMatcher) -> list[GrepNotice]:
    notices = []
    if matcher.defined is not None and not matcher.defined.is_exact:
        notices.append(GrepNotice.LONGER_NAMES)
    if any(index.format < Index.LOOKUP_FORMAT for index in indexes):
        notices.append(GrepNotice.OLDER_INDEX)
    elif matcher.defined is None and not _clauses(matcher):
        notices.append(GrepNotice.NO_PIECE)
    return notices
