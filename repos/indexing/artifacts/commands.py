"""Commands that programs offer, and the functions with which programs begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from repos.indexing.artifacts.source import DeclaringFile, first_group
from repos.indexing.symbols import Artifact

COMMAND, MAIN = "command", "main"
DJANGO_COMMAND = re.compile(r"(?:^|/)management/commands/([A-Za-z]\w*)\.py$")
DECORATOR = re.compile(
    r"^\s*@(?:\w+\.){0,3}(?:command|group)\b(?:\(\s*(?:name\s*=\s*)?(?:[\"'](?P<name>[^\"']+))?)?"
)
PYTHON_MAIN = re.compile(r"^if\s+__name__\s*==\s*[\"']__main__[\"']")
INTERPRETER = re.compile(r"#!\s*(\S*/.*)")
WRAPPERS = frozenset(
    {"sys.exit", "exit", "asyncio.run", "SystemExit", "raise", "quit", "anyio.run", "print"}
)
CALL = re.compile(r"([A-Za-z_][\w.]*)\(")
MAX_MAIN_ROWS = 5
# language -> a line that declares a command; `name` and perhaps `target`
COMMANDS = {
    "python": re.compile(r"\.add_parser\(\s*[\"'](?P<name>[\w:.-]+)"),
    "go": re.compile(r"^\s*Use:\s*\"(?P<name>[\w:.-]+)"),
    **dict.fromkeys(
        ("javascript", "typescript"), re.compile(r"\.command\(\s*[\"'`](?P<name>[\w:.-]+)")
    ),
    "ruby": re.compile(r"^\s*(?:task\s+:?[\"']?|desc_task\s+:)(?P<name>\w[\w:]*)"),
    "php": re.compile(
        r"(?:\$signature\s*=\s*|\$defaultName\s*=\s*|AsCommand\(\s*(?:name:\s*)?)[\"'](?P<name>[\w:.-]+)"
    ),
}
# language -> a line with which a program begins
MAINS = {
    "go": re.compile(r"^func\s+(?P<name>main)\s*\(\s*\)"),
    **dict.fromkeys(
        ("c", "cpp"), re.compile(r"^(?:int|void|auto)\s+(?:\w+\s+){0,2}(?P<name>w?main)\s*\(")
    ),
    "java": re.compile(r"\bstatic\s+(?:final\s+)?void\s+(?P<name>main)\s*\("),
    "kotlin": re.compile(r"^(?:suspend\s+)?fun\s+(?P<name>main)\s*\("),
    "rust": re.compile(r"^(?:pub\s+)?(?:async\s+)?fn\s+(?P<name>main)\s*\("),
    "csharp": re.compile(r"\bstatic\s+(?:async\s+)?[\w<>]+\s+(?P<name>Main)\s*\("),
    "scala": re.compile(r"\bdef\s+(?P<name>main)\s*\(|\bobject\s+(?P<app>\w+)\s+extends\s+App\b"),
    "swift": re.compile(r"^\s*@(?P<name>main)\b"),
    "dart": re.compile(r"^(?:void|Future<void>)?\s*(?P<name>main)\s*\("),
}
JAVASCRIPT = ("javascript", "typescript")
FLAGS = {
    **dict.fromkeys(JAVASCRIPT, re.compile(r"commander|yargs|\bcac\b")),
    "go": re.compile(r"cobra"),
}


def find_commands(file: DeclaringFile) -> Iterator[Artifact]:
    """Commands of Django, click, typer, argparse, cobra, commander, rake, Laravel and Symfony."""
    yield from _django_commands(file)
    if file.language == "python":
        yield from _decorated(file)
    pattern = COMMANDS.get(file.language)
    if pattern is not None and _uses_a_library(file):
        for line, match in file.matches(pattern):
            yield Artifact(COMMAND, match["name"], line, file.name_around(line))


def find_mains(file: DeclaringFile) -> Iterator[Artifact]:
    """Where programs begin: main functions, `__main__`, scripts that name their interpreter."""
    yield from _scripts(file)
    if file.language == "python":
        yield from _python_mains(file)
    pattern = MAINS.get(file.language)
    if pattern is not None and file.symbols.definitions:
        for line, match in file.matches(pattern):
            yield Artifact(MAIN, match[match.lastgroup or 0], line, file.name_around(line))


def _django_commands(file: DeclaringFile) -> Iterator[Artifact]:
    name = first_group(DJANGO_COMMAND, file.path)
    if name:
        classes = (d for d in file.symbols.definitions if d.name == "Command")
        yield from (Artifact(COMMAND, name, d.start, d.name) for d in islice(classes, 1))


def _decorated(file: DeclaringFile) -> Iterator[Artifact]:
    """Functions that click or typer make commands."""
    for line, _ in file.matches(DECORATOR):
        function = file.name_below(line)
        given = first_group(DECORATOR, file.statement(line))
        yield Artifact(COMMAND, given or function.replace("_", "-"), line, function)


def _scripts(file: DeclaringFile) -> Iterator[Artifact]:
    match = INTERPRETER.match(file.rows[0])
    if match:
        yield Artifact(MAIN, file.name, 1, match[1])


def _python_mains(file: DeclaringFile) -> Iterator[Artifact]:
    for line, _ in file.matches(PYTHON_MAIN):
        yield Artifact(MAIN, "__main__", line, _first_call(file, line))


def _uses_a_library(file: DeclaringFile) -> bool:
    """Does a file name a library for commands, where its language has none of its own?"""
    flag = FLAGS.get(file.language)
    return flag is None or flag.search(file.text) is not None


def _first_call(file: DeclaringFile, line: int) -> str:
    """What the rows below a line call first."""
    rows = "\n".join(file.rows[line : line + MAX_MAIN_ROWS])
    return next((name for name in CALL.findall(rows) if name not in WRAPPERS), "")
