"""Circular imports between our modules: `python -m deepwiki.testing.import_cycles`.

Imports inside functions count: they only postpone a circle. Those for type checking do not.
A circle is a strongly connected component of the import graph with more than one module.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

import grimp

PACKAGES = ("deepwiki", "chat", "repos")
Graph = Mapping[str, set[str]]


def import_graph() -> dict[str, set[str]]:
    """Module -> the modules of ours that it imports."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def circles(graph: Graph) -> list[list[str]]:
    """The strongly connected components with more than one module, sorted.

    Kosaraju's algorithm: modules in the order in which a search leaves them, last first,
    each gather what reaches them backwards and is not gathered yet.
    """
    order: list[str] = []
    visited: set[str] = set()
    for module in sorted(graph):
        order += _left(module, graph, visited)
    importers = _reversed(graph)
    gathered: set[str] = set()
    components = [sorted(_left(module, importers, gathered)) for module in reversed(order)]
    return sorted(component for component in components if len(component) > 1)


def _reversed(graph: Graph) -> dict[str, set[str]]:
    """Module -> the modules that import it."""
    importers: dict[str, set[str]] = {module: set() for module in graph}
    for module, imported in graph.items():
        for name in imported:
            importers[name].add(module)
    return importers


def _left(start: str, graph: Graph, visited: set[str]) -> Iterator[str]:
    """Depth-first search without recursion: yields each module not in `visited` when all it
    leads to has been visited."""
    if start in visited:
        return
    visited.add(start)
    path = [(start, iter(sorted(graph[start])))]
    while path:
        module, following = path[-1]
        name = next((name for name in following if name not in visited), None)
        if name is None:
            path.pop()
            yield module
        else:
            visited.add(name)
            path.append((name, iter(sorted(graph[name]))))


def main() -> int:
    """Print each circle; returns 1 if there is one."""
    found = circles(import_graph())
    for circle in found:
        print(" <-> ".join(circle))  # noqa: T201
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
