"""The code graph of an index: definitions, references and what they mean to each other.

Readers take the id of an index that their caller may read: this package lies below
`repos.access`. `at` is the generation of a snapshot of it, else they read the live documents. An
index made before `Index.LOOKUP_FORMAT` has no graph; its answers are empty.
"""

from repos.graph.artifacts import IndexArtifact, artifacts
from repos.graph.calls import Callee, Caller, callees, callers, hover, name_at
from repos.graph.completeness import (
    Completeness,
    completeness,
    count_incomplete,
    count_read_by_words,
)
from repos.graph.definitions import (
    Definition,
    definitions,
    definitions_in,
    outline,
    with_depths,
)
from repos.graph.edges import EdgeKind
from repos.graph.file_links import FileEdge, FileLinks, file_edges, tests_of
from repos.graph.importance import RankedFile, top_files, top_symbols, use_counts
from repos.graph.linker import change_of, link_changes, link_index
from repos.graph.name_completion import CompletedName, complete_name
from repos.graph.references import (
    FileReferences,
    ReferenceLine,
    References,
    references,
    references_within,
)
from repos.graph.repository_map import MappedFile, repository_map
from repos.graph.whole_graph import GraphLink, GraphNode, WholeGraph, whole_graph
from repos.graph.writer import write_symbols
from repos.indexing.symbols import ReferenceKind

__all__ = [
    "Callee",
    "Caller",
    "CompletedName",
    "Completeness",
    "Definition",
    "EdgeKind",
    "FileEdge",
    "FileLinks",
    "FileReferences",
    "GraphLink",
    "GraphNode",
    "IndexArtifact",
    "MappedFile",
    "RankedFile",
    "ReferenceKind",
    "ReferenceLine",
    "References",
    "WholeGraph",
    "artifacts",
    "callees",
    "callers",
    "change_of",
    "complete_name",
    "completeness",
    "count_incomplete",
    "count_read_by_words",
    "definitions",
    "definitions_in",
    "file_edges",
    "hover",
    "link_changes",
    "link_index",
    "name_at",
    "outline",
    "references",
    "references_within",
    "repository_map",
    "tests_of",
    "top_files",
    "top_symbols",
    "use_counts",
    "whole_graph",
    "with_depths",
    "write_symbols",
]
