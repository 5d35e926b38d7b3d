"""The files of an index, their links and artifacts, as the plan takes them."""

from __future__ import annotations

from deepwiki.wiki.plan import CodeBase, FileArtifact, FileLink, LinkKind, PlannedFile
from repos.graph import GraphNode, artifacts, whole_graph
from repos.search import IndexSnapshot

ARTIFACTS_PER_KIND = 2_000


def read_code_base(snapshot: IndexSnapshot, name: str) -> CodeBase:
    """What a repository called `name` holds at the commit of a snapshot."""
    graph = whole_graph(snapshot.index_id, at=snapshot.generation)
    files = {node.path: _file(node) for node in graph.files}
    found = artifacts(snapshot.index_id, per_kind=ARTIFACTS_PER_KIND, at=snapshot.generation)
    return CodeBase(
        name=name,
        commit=snapshot.commit,
        files=files,
        links=[
            FileLink(link.source, link.target, LinkKind(int(link.kinds)), link.weight)
            for link in graph.links
        ],
        artifacts=[
            FileArtifact(each.kind, each.name, each.path, each.line, each.target)
            for each in found
            if each.path in files
        ],
    )


def _file(node: GraphNode) -> PlannedFile:
    return PlannedFile(
        path=node.path,
        language=node.language,
        role=node.role,
        lines=node.lines,
        rank=node.rank,
        in_degree=node.in_degree,
        size=node.size,
    )
