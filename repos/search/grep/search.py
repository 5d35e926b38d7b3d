"""Search by regular expression or literal text.

pattern -> pieces that every match holds -> documents with their trigrams (`candidates.sql`,
with permission and filters) -> RE2 over their texts, in batches and within bounds
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from repos.graph.definitions import Definition, definitions_of
from repos.search.filtered_files import filtered_files
from repos.search.grep.candidates import Scope, find_candidates, has_older_index
from repos.search.grep.pattern import Pattern, compile_pattern
from repos.search.grep.reading import Reading
from repos.search.grep.results import GrepNotice, GrepOptions, GrepResult
from repos.search.targets import Target, find_readable_indexes

HEAD_LINES = 5  # of a definition that may hold its name

Documents = list[int] | None  # None stands for all
DefiningLines = Mapping[int, set[int]]  # by document


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
    compiled = _compiled(pattern, options)
    wanted = list(targets)
    defined = _defining_lines(wanted, user_id, options.symbols)
    scope = _scope(wanted, user_id, options, defined)
    if scope.documents == []:
        return GrepResult()
    search = Reading(compiled, options, defined)
    search.run(find_candidates(scope, compiled.clauses))
    return search.result(_notices(scope, compiled))


def _compiled(pattern: str, options: GrepOptions) -> Pattern:
    return compile_pattern(
        pattern,
        is_regex=options.is_regex,
        case_sensitive=options.case_sensitive,
        whole_word=options.whole_word,
    )


def _scope(
    targets: Sequence[Target],
    user_id: int | None,
    options: GrepOptions,
    defined: DefiningLines | None,
) -> Scope:
    documents = None
    if defined is not None:
        documents = list(defined)
    if options.filters.any:
        left = filtered_files(targets, user_id, options.filters).documents
        documents = _in_both(documents, left)
    return Scope(targets, user_id, options.languages, options.excluded_languages, documents)


def _in_both(documents: Documents, left: list[int]) -> list[int]:
    """The documents that are in both lists, where the first is given."""
    if documents is None:
        return left
    return sorted(set(documents) & set(left))


def _defining_lines(
    targets: Sequence[Target], user_id: int | None, names: Sequence[str]
) -> DefiningLines | None:
    """The lines with the head of a definition of one of the names; None without names."""
    if not names:
        return None
    lines: dict[int, set[int]] = {}
    for index in find_readable_indexes(targets, user_id):
        for found in definitions_of(index.id, names, None, at=index.generation).values():
            for definition in found:
                lines.setdefault(definition.document_id, set()).update(_head(definition))
    return lines


def _head(definition: Definition) -> range:
    return range(definition.start, min(definition.end, definition.start + HEAD_LINES - 1) + 1)


def _notices(scope: Scope, pattern: Pattern) -> list[GrepNotice]:
    if has_older_index(scope):
        return [GrepNotice.OLDER_INDEX]
    if not pattern.clauses:
        return [GrepNotice.NO_PIECE]
    return []
