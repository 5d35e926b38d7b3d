"""Routes that annotations of Java, Kotlin and C# declare, of classes and their methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from repos.indexing.artifacts.source import DeclaringFile, first_group
from repos.indexing.symbols import Artifact

LANGUAGES = frozenset({"java", "kotlin", "csharp"})
VERBS = "Get|Post|Put|Delete|Patch|Head|Options"
ANNOTATION = re.compile(
    rf"(?:@(?P<spring>{VERBS}|Request)Mapping\b|@(?P<jax>GET|POST|PUT|DELETE|PATCH|HEAD)\b|@(?P<at>Path)\b"
    rf"|@(?P<micronaut>{VERBS})\b(?!\w)|\[Http(?P<net>{VERBS})\b|\[(?P<route>Route)\b)"
    r"(?:\([^\"\n]*\"(?P<path>[^\"\n]*)\")?"
)
METHOD = re.compile(r"RequestMethod\.(\w+)")
CONTROLLER = re.compile(
    r"@(?:Rest)?Controller\b|@Path\b|Mapping\b|\[Http|\[Route\b|\[ApiController|javax|jakarta"
)
TYPES = frozenset({"class", "interface"})


@dataclass
class _Served:
    """What the annotations of a definition say, and the line of the first."""

    line: int
    verb: str = ""
    path: str = ""

    def add(self, match: re.Match[str], row: str) -> None:
        """Add what one annotation says; what an earlier one said stays."""
        verb = match["spring"] or match["jax"] or match["micronaut"] or match["net"] or ""
        if verb == "Request":
            verb = first_group(METHOD, row)
        self.verb = self.verb or verb.upper()
        self.path = self.path or match["path"] or ""


def find_jvm_routes(file: DeclaringFile) -> Iterator[Artifact]:
    """Routes of Spring, JAX-RS, Micronaut and ASP.NET, the class's address in front."""
    if file.language not in LANGUAGES or not CONTROLLER.search(file.text):
        return
    served = _served(file)
    prefixes = {number: said.path for number, said in served.items() if _is_type(file, number)}
    for number, said in served.items():
        if number not in prefixes:
            definition = file.symbols.definitions[number]
            path = _joined(prefixes.get(definition.parent, ""), said.path)
            yield Artifact("route", f"{said.verb} {path}".strip(), said.line, definition.name)


def _served(file: DeclaringFile) -> dict[int, _Served]:
    """What annotations say, by the numbers of the definitions that have them."""
    served: dict[int, _Served] = {}
    for line, row in file.numbered():
        for match in ANNOTATION.finditer(row):
            number = file.number_around(line)
            if number is not None:
                served.setdefault(number, _Served(line)).add(match, row)
    return served


def _is_type(file: DeclaringFile, number: int) -> bool:
    return file.symbols.definitions[number].kind in TYPES


def _joined(prefix: str, path: str) -> str:
    parts = (part.strip("/") for part in (prefix, path))
    return "/" + "/".join(filter(None, parts))
