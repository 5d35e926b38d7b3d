"""Statements that read documents say of which generation of an index, all in the same words.

See `docs/decisions/0040-generations-are-written-out.md`. A document that an update replaced is kept
while an answer reads it: a statement without the condition would show it as well.
"""

import re

import pytest

from deepwiki.tests.test_sql_layers import ROOT, sources, strings

READERS = ("repos/graph/", "repos/search/")
READS = re.compile(r"\b(?:FROM|JOIN)\s+repos_document\b")
SHOWN_AT = re.compile(
    r"(?P<of>(?:\w+\.)?)added_in <= (?P<at>\S+)"
    r" AND \((?P=of)is_live OR (?P=of)retired_in > (?P=at)\)"
)
# Statements that read another state, and why.
OTHERS = {
    "repos/graph/completeness.py": "counts for a job that has just ended",
    "repos/graph/concerned_documents.sql": "links of the live state, in its update",
    "repos/graph/definers.sql": "links of the live state, in its update",
    "repos/graph/file_ranks.py": "links of the live state, in its update",
    "repos/graph/linker.py": "links of the live state, in its update",
    "repos/graph/sources.sql": "links of the live state, in its update",
    "repos/graph/update_degrees.sql": "links of the live state, in its update",
    "repos/search/chunk_symbols.py": "the outline of a file that a person reads now",
    "repos/search/chunk_symbols_of_file.sql": "the outline of a file that a person reads now",
    "repos/search/files.py": "texts by the ids that a search gave",
    "repos/search/grep/candidates.py": "a part of candidates.sql, which has the condition",
    "repos/search/grep/reading.py": "texts by the ids that candidates.sql gave",
    "repos/search/largest_folders.sql": "suggested questions of the live state",
    "repos/search/named.sql": "a part of search.sql, which has the condition",
}
# The one statement that looks for retired documents by themselves.
WITH_RETIRED = "repos/search/search.sql"


def reading():
    """Each path of a module or SQL file of the readers, with its statements that read documents."""
    for path in sources():
        if str(path).startswith(READERS):
            yield str(path), [text for text in strings(ROOT / path) if READS.search(text)]


def without_condition(statements):
    return [text for text in statements if not SHOWN_AT.search(text)]


def test_every_reader_of_documents_reads_one_generation():
    found = {path for path, statements in reading() if without_condition(statements)}
    assert found == OTHERS.keys()


def test_the_condition_has_one_spelling():
    for path in filter(lambda path: str(path).startswith(READERS), sources()):
        for text in strings(ROOT / path):
            rest = SHOWN_AT.sub("", text)
            assert "retired_in" not in rest or str(path) == WITH_RETIRED, path


@pytest.mark.parametrize(
    "other",
    [
        "d.added_in <= %(at)s AND (d.is_live OR t.retired_in > %(at)s)",
        "d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(then)s)",
        "d.added_in < %(at)s AND (d.is_live OR d.retired_in > %(at)s)",
        "d.added_in <= %(at)s AND (d.is_live OR d.retired_in >= %(at)s)",
        "d.added_in <= %(at)s AND d.is_live",
    ],
)
def test_other_conditions_are_told_from_it(other):
    assert not SHOWN_AT.search(f"SELECT 1 FROM repos_document d WHERE {other}")
