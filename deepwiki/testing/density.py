"""How much a line and a function hold, and the limits: `python -m deepwiki.testing.density`.

Short modules and functions say little by themselves: a small one can be set in small type.
So nodes of the syntax tree are counted as well, and conditional expressions. Tests and
migrations are left out.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LEFT_OUT = {"tests", "migrations", ".venv", "node_modules"}
FORMATTER_OFF = ("fmt: " + "skip", "fmt: " + "off")


@dataclass(frozen=True)
class Limits:
    """The most that each figure may be."""

    function_nodes: float = 47  # median of syntax nodes a function
    conditionals: float = 1.2  # conditional expressions in 1,000 nodes
    line_chars: int = 92  # 95th percentile of the lines that are not blank
    formatter_off: int = 0  # times
    module_lines: int = 250  # 95th percentile
    longest_module: int = 300


@dataclass
class Figures:
    """What was counted in a set of modules."""

    module_lines: dict[Path, int] = field(default_factory=dict)
    function_lines: list[int] = field(default_factory=list)
    function_nodes: list[int] = field(default_factory=list)
    line_chars: list[int] = field(default_factory=list)
    nodes: int = 0
    conditionals: int = 0
    formatter_off: int = 0

    def count(self, path: Path) -> None:
        """Add the figures of one module."""
        text = path.read_text("utf-8")
        lines = text.splitlines()
        self.module_lines[path] = len(lines)
        self.line_chars += [len(line) for line in lines if line.strip()]
        self.formatter_off += sum(text.count(mark) for mark in FORMATTER_OFF)
        for node in ast.walk(ast.parse(text)):
            self._count_node(node)

    def _count_node(self, node: ast.AST) -> None:
        self.nodes += 1
        match node:
            case ast.IfExp():
                self.conditionals += 1
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.function_nodes.append(sum(1 for _ in ast.walk(node)))
                self.function_lines.append((node.end_lineno or 0) - node.lineno + 1)

    def conditionals_per_thousand(self) -> float:
        return self.conditionals / self.nodes * 1000

    def report(self) -> Iterator[str]:
        """One line for each figure."""
        longest = max(self.module_lines, key=self.module_lines.__getitem__)
        yield f"lines a module: {_spread([*self.module_lines.values()])} ({longest})"
        yield f"lines a function: {_spread(self.function_lines)}"
        yield f"syntax nodes a function: {_spread(self.function_nodes)}"
        conditionals = self.conditionals_per_thousand()
        yield f"conditionals inside expressions per 1,000 nodes: {conditionals:.2f}"
        yield f"length of a line: p95 {p95(self.line_chars)}"
        yield f"formatter switched off {self.formatter_off} times"

    def exceeded(self, limits: Limits) -> Iterator[str]:
        """One line for each limit that is exceeded."""
        nodes = statistics.median(self.function_nodes)
        conditionals = round(self.conditionals_per_thousand(), 2)
        module_lines = p95([*self.module_lines.values()])
        for name, figure, limit in (
            ("median of syntax nodes a function", nodes, limits.function_nodes),
            ("conditionals per 1,000 nodes", conditionals, limits.conditionals),
            ("p95 of a line's length", p95(self.line_chars), limits.line_chars),
            ("formatter switched off", self.formatter_off, limits.formatter_off),
            ("p95 of lines a module", module_lines, limits.module_lines),
        ):
            if figure > limit:
                yield f"{name}: {figure}, at most {limit}"
        for path, lines in self.module_lines.items():
            if lines > limits.longest_module:
                yield f"{path}: {lines} lines, at most {limits.longest_module}"


def measure(folders: Sequence[str]) -> Figures:
    """The figures of all modules below `folders`."""
    figures = Figures()
    for path in _modules(folders):
        figures.count(path)
    return figures


def _modules(folders: Sequence[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.py")):
            if not LEFT_OUT & set(path.parts):
                yield path


def p95(values: Sequence[int]) -> int:
    """The 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)]


def _spread(values: Sequence[int]) -> str:
    return f"median {statistics.median(values):.0f}, p95 {p95(values)}, max {max(values)}"


def main() -> int:
    """Print the figures of the folders named on the command line; 1 if a limit is exceeded."""
    figures = measure(sys.argv[1:] or ["deepwiki", "chat", "repos"])
    exceeded = list(figures.exceeded(Limits()))
    print("\n".join([*figures.report(), *exceeded]))  # noqa: T201
    return int(bool(exceeded))


if __name__ == "__main__":
    sys.exit(main())
