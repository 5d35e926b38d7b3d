"""Groups of files that belong together, in levels, by their links and folders. Repeatable.

Files are nodes of a weighted graph; each folder is a node, too, linked to its files and to the
folder around it, so that files of a folder stay together where nothing else links them.
Communities are found by the Louvain method (Blondel et al. 2008,
https://arxiv.org/abs/0803.0476), with a fixed seed over nodes in the order of their paths.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from deepwiki.wiki.plan.code_base import CodeBase, LinkKind, PlannedFile

SEED = 1
MAX_NODES = 2_000  # of one graph; more files are divided by their folders first
MAX_CHILDREN = 10  # of one group
MAX_DEPTH = 4
MAX_PARTS = 60  # of all levels
FOLDER_WEIGHT = 3.0  # of a file's link to its folder, and of that to the folder around it
NEARLY_ALL = 0.7  # of the files of a group
MIN_FILES = 3  # of a group beside others
SAME_NAME = 3  # files of one name that count; the rest say the same
BYTES_PER_TOKEN = 4
LEAF_TOKENS = 12_000
LEAF_FILES = 25
KIND_WEIGHTS = {LinkKind.INHERIT: 2.0, LinkKind.IMPORT: 1.5, LinkKind.CALL: 1.0, LinkKind.USE: 0.3}

Weights = dict[int, dict[int, float]]


@dataclass(frozen=True)
class Group:
    """Files that belong together; `children` divide them, a leaf has none."""

    files: tuple[str, ...]
    children: tuple[Group, ...] = ()

    @property
    def size(self) -> int:
        """How many groups it consists of, itself included."""
        return 1 + sum(child.size for child in self.children)


@dataclass(frozen=True)
class LeafLimits:
    """What a leaf holds at most."""

    files: int
    tokens: int

    @classmethod
    def of(cls, files: Sequence[PlannedFile]) -> LeafLimits:
        """Smaller leaves for few files, larger ones where there would be too many of them."""
        weight = _Size.of(files)
        leaves = MAX_PARTS * 2 / 3
        few = max(4, math.ceil(weight.files / 4))
        return cls(
            files=max(math.ceil(weight.files / leaves), min(LEAF_FILES, few)),
            tokens=max(math.ceil(weight.tokens / leaves), LEAF_TOKENS),
        )

    def can_contain(self, files: Sequence[PlannedFile]) -> bool:
        """Do these files fit a leaf? A single one always does."""
        size = _Size.of(files)
        return size.files <= 1 or size.fits(self)


@dataclass(frozen=True)
class _Size:
    """How much there is to say about files: of many of one name, SAME_NAME count."""

    files: int
    tokens: int

    @classmethod
    def of(cls, files: Iterable[PlannedFile]) -> _Size:
        seen: Counter[str] = Counter()
        count = size = 0
        for file in files:
            name = file.path.rpartition("/")[2]
            seen[name] += 1
            if seen[name] <= SAME_NAME:
                count += 1
                size += file.size
        return cls(count, size // BYTES_PER_TOKEN)

    def fits(self, limits: LeafLimits) -> bool:
        return self.files <= limits.files and self.tokens <= limits.tokens


def group_files(code: CodeBase, paths: Iterable[str]) -> Group:
    """Divide files into groups of groups, at most MAX_PARTS besides the root."""
    chosen = sorted(paths)
    division = _Division(code, LeafLimits.of([code.files[path] for path in chosen]))
    return _bounded(division.divide(chosen, 0))


def _bounded(root: Group) -> Group:
    while root.size - 1 > MAX_PARTS:
        root = _without_smallest(root)
    return root


@dataclass(frozen=True)
class _Division:
    code: CodeBase
    limits: LeafLimits

    def divide(self, paths: Sequence[str], depth: int) -> Group:
        files = [self.code.files[path] for path in paths]
        if depth == MAX_DEPTH or self.limits.can_contain(files):
            return Group(tuple(paths))
        parts = self._parts(paths)
        if len(parts) < 2:
            return Group(tuple(paths))
        children = [self.divide(part, depth + 1) for part in parts]
        return Group(tuple(paths), tuple(_raised(children, len(paths))))

    def _parts(self, paths: Sequence[str]) -> list[list[str]]:
        parts = []
        if len(paths) <= MAX_NODES:
            parts = _communities(self.code, paths)
        if len(parts) < 2:
            parts = by_folder(paths)
        if len(parts) < 2:
            parts = _runs(paths, self.limits.files)
        return sorted(parts)


def _raised(children: Sequence[Group], file_count: int) -> Iterator[Group]:
    """The groups of one that is nearly all stand in its place: it would say the same again."""
    most = MAX_CHILDREN - len(children) + 1
    for child in children:
        is_nearly_all = len(child.files) >= NEARLY_ALL * file_count
        if is_nearly_all and 0 < len(child.children) <= most:
            yield from child.children
        else:
            yield child


def by_folder(paths: Sequence[str]) -> list[list[str]]:
    """Files by the folder below the one that holds them all; small ones are put together."""
    start = len(common_folder(paths))
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        rest = path[start:].lstrip("/")
        found[rest.split("/", 1)[0] if "/" in rest else ""].append(path)
    folders = sorted(found.values(), key=lambda part: (-len(part), part))
    kept = [part for part in folders[: MAX_CHILDREN - 1] if len(part) >= MIN_FILES]
    rest_of_them = sorted(path for part in folders[len(kept) :] for path in part)
    return [*kept, rest_of_them] if rest_of_them else kept


def common_folder(paths: Sequence[str]) -> str:
    """The deepest folder that holds all of some files; empty for the root."""
    if not paths:
        return ""
    first, last = min(paths).split("/")[:-1], max(paths).split("/")[:-1]
    common = []
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        common.append(one)
    return "/".join(common)


def _runs(paths: Sequence[str], length: int) -> list[list[str]]:
    """Files of one folder without links, in the order of their names."""
    length = max(length, math.ceil(len(paths) / MAX_CHILDREN))
    return [_slice(paths, start, length) for start in range(0, len(paths), length)]


def _slice(paths: Sequence[str], start: int, length: int) -> list[str]:
    return list(paths[start : start + length])


def _communities(code: CodeBase, paths: Sequence[str]) -> list[list[str]]:
    """The communities of files, at most MAX_CHILDREN, none too small beside others."""
    weights = _weights(code, paths)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(weights)))
    graph.add_weighted_edges_from(
        (source, target, weight)
        for source, row in sorted(weights.items())
        for target, weight in sorted(row.items())
        if source < target
    )
    found = nx.community.louvain_communities(graph, seed=SEED)
    members = _merged([sorted(nodes) for nodes in found], weights, len(paths))
    return [[paths[node] for node in nodes] for nodes in members]


def _weights(code: CodeBase, paths: Sequence[str]) -> Weights:
    """Both directions of the edges between files, and between them and their folders."""
    numbers = {path: number for number, path in enumerate(paths)}
    weights = _no_weights()
    for number, path in enumerate(paths):
        weights[number]
        for link in code.outgoing.get(path, ()):
            target = numbers.get(link.target)
            if target is not None and target != number:
                _add(weights, number, target, _strength(code, link.kinds, link.target))
    _add_folders(weights, paths)
    return weights


def _no_weights() -> Weights:
    return defaultdict(lambda: defaultdict(float))


def _add_folders(weights: Weights, paths: Sequence[str]) -> None:
    folders: dict[str, int] = {}
    for number, path in enumerate(paths):
        _link_to_folders(weights, folders, number, path, len(paths))


def _strength(code: CodeBase, kinds: LinkKind, target: str) -> float:
    """What all files use says little about where they belong."""
    return _kind_weight(kinds) / math.sqrt(1 + code.files[target].in_degree)


def _kind_weight(kinds: LinkKind) -> float:
    return sum(weight for kind, weight in KIND_WEIGHTS.items() if kind in kinds)


def _link_to_folders(
    weights: Weights, folders: dict[str, int], number: int, path: str, file_count: int
) -> None:
    child, folder, is_new = number, path.rpartition("/")[0], True
    while is_new:
        is_new = folder not in folders
        node = folders.setdefault(folder, file_count + len(folders))
        _add(weights, child, node, FOLDER_WEIGHT)
        child, is_new = node, is_new and bool(folder)
        folder = folder.rpartition("/")[0]


def _add(weights: Weights, one: int, other: int, weight: float) -> None:
    weights[one][other] += weight
    weights[other][one] += weight


def _merged(communities: Sequence[list[int]], weights: Weights, file_count: int) -> list[list[int]]:
    """The files of communities, small ones put to those that they are linked to most."""
    members = {number: list(nodes) for number, nodes in enumerate(sorted(communities))}
    sizes = {number: sum(node < file_count for node in nodes) for number, nodes in members.items()}
    between = _between(members, weights)
    while len(members) > 1:
        smallest = min(members, key=lambda number: (sizes[number], number))
        if sizes[smallest] >= MIN_FILES and len(members) <= MAX_CHILDREN:
            break
        target = _nearest(between[smallest], members, smallest)
        members[target] += members.pop(smallest)
        sizes[target] += sizes.pop(smallest)
        for other, weight in between.pop(smallest).items():
            if other != target:
                _add(between, target, other, weight)
            between[other].pop(smallest, None)
    found = [sorted(node for node in nodes if node < file_count) for nodes in members.values()]
    return [nodes for nodes in found if nodes]


def _between(members: Mapping[int, Sequence[int]], weights: Weights) -> Weights:
    community = {node: number for number, nodes in members.items() for node in nodes}
    between = _no_weights()
    for source, row in weights.items():
        for target, weight in row.items():
            if community[source] < community[target]:
                _add(between, community[source], community[target], weight)
    return between


def _nearest(weights: Mapping[int, float], members: Iterable[int], own: int) -> int:
    others = weights or {number: 0.0 for number in members if number != own}
    return min(others, key=lambda number: (-others[number], number))


def _without_smallest(group: Group) -> Group:
    """The group whose smallest division of leaves is undone, at any level."""
    if all(not child.children for child in group.children):
        return Group(group.files)
    target = min(_divided(group), key=lambda child: (_smallest_division(child), child.files))
    children = [_without_smallest(child) if child is target else child for child in group.children]
    return Group(group.files, tuple(children))


def _smallest_division(group: Group) -> int:
    """The number of files in the smallest group of leaves."""
    return min(map(_smallest_division, _divided(group)), default=len(group.files))


def _divided(group: Group) -> list[Group]:
    """The children that have children."""
    return [child for child in group.children if child.children]
