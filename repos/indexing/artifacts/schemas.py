"""Tables, messages, types and models: the shapes of stored and exchanged data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from repos.indexing.artifacts.rules import declared, rule
from repos.indexing.artifacts.source import DeclaringFile, first_group
from repos.indexing.symbols import Artifact, SymbolDefinition

SCHEMA, ROUTE, MODEL = "schema", "route", "model"
NOTHING = re.compile("(?!)")
Finder = Callable[[DeclaringFile], Iterator[Artifact]]
RULES = (
    rule(r"\.proto$", SCHEMA, r"^\s*(?P<target>message|enum|service)\s+(?P<name>\w+)\s*\{?"),
    rule(
        r"\.(graphqls?|gql)$",
        SCHEMA,
        r"^(?:extend\s+)?(?P<target>type|input|interface|enum|union|scalar)\s+(?P<name>\w+)",
    ),
    rule(r"\.prisma$", SCHEMA, r"^(?P<target>model|enum|view|type)\s+(?P<name>\w+)\s*\{"),
    rule(
        r"(^|/)db/(schema|structure|migrate/[^/]+)\.rb$",
        SCHEMA,
        r"\b(?P<target>create_table)\s+[:\"'](?P<name>\w+)",
    ),
    rule(r"\.php$", SCHEMA, r"\bSchema::(?P<target>create)\(\s*[\"'](?P<name>\w+)"),
)
SQL_TABLE = re.compile(
    r"^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+|UNLOGGED\s+)?(?P<kind>TABLE|(?:MATERIALIZED\s+)?VIEW|TYPE)"
    r"\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"`\[]?(?P<name>[\w.]+)",
    re.IGNORECASE,
)
# The head of a class of a data model, by language.
MODELS = {
    "python": re.compile(
        r"\((?:[^()]*[\s,])?(?:\w+\.)*(?:models\.Model|db\.Model|SQLModel|BaseModel|DeclarativeBase|Document"
        r"|Abstract\w*User|TypedDict)\s*[,)]"
    ),
    "ruby": re.compile(r"<\s*(?:::)?(?:ApplicationRecord|ActiveRecord::Base)"),
    "php": re.compile(r"\bextends\s+(?:\\?\w+\\)*(?:Model|Authenticatable|Pivot)\b"),
}
# A row above a class, or inside of it, that makes it a data model.
MARKS = {
    "python": re.compile(r"^\s+__tablename__\s*(?::[^=]*)?=\s*[\"'](?P<table>\w+)"),
    **dict.fromkeys(
        ("java", "kotlin", "typescript", "php"),
        re.compile(
            r"^\s*(?:@|#\[ORM\\)(?:Entity|Table|Document)\b(?:\([^\"']*[\"'](?P<table>\w+))?"
        ),
    ),
}
MONGOOSE = re.compile(r"\bmodel(?:<[^<>]*>)?\(\s*[\"'](?P<name>\w+)[\"']\s*,\s*\w*[sS]chema")
OPENAPI = re.compile(
    r"^\s*[\"']?(?P<name>openapi|swagger|asyncapi)[\"']?\s*:\s*[\"']?(?P<target>\d[\w.]*)"
)
OPENAPI_LINE = re.compile(
    r"^\s{1,8}[\"']?(?P<path>/[^\s\"':]*)[\"']?\s*:\s*(?:\{\s*)?$"
    r"|^\s{2,16}[\"']?(?P<verb>get|put|post|delete|patch|head|options)[\"']?\s*:"
)
OPERATION = re.compile(r"operationId[\"']?\s*:\s*[\"']?([\w.-]+)")
OPENAPI_ROWS = 30  # in which the title of a schema stands
OPERATION_ROWS = 12
JSON_SCHEMA = re.compile(
    r"^\s*[\"']?\$schema[\"']?\s*:\s*[\"']?(?P<target>https?://json-schema\.org/[^\s\"']*)"
)
TITLE = re.compile(r"[\"']?title[\"']?\s*:\s*[\"']?([^\"'\n,]+)")
TYPES = frozenset({"class", "struct", "interface"})


def find_schemas(file: DeclaringFile) -> Iterator[Artifact]:
    """Schemas of SQL, protobuf, GraphQL, Prisma, JSON Schema, OpenAPI, and classes of models."""
    yield from declared(RULES, file)
    for find in BY_LANGUAGE.get(file.language, ()):
        yield from find(file)


def _tables(file: DeclaringFile) -> Iterator[Artifact]:
    for line, match in file.matches(SQL_TABLE):
        yield Artifact(SCHEMA, match["name"], line, match["kind"].lower())


def _mongoose(file: DeclaringFile) -> Iterator[Artifact]:
    for line, match in file.matches(MONGOOSE):
        yield Artifact(SCHEMA, match["name"], line, MODEL)


def _models(file: DeclaringFile) -> Iterator[Artifact]:
    """Classes that are data models by what they inherit, or by a mark in or above them."""
    tables = dict(_marked(file))
    head = MODELS.get(file.language, NOTHING)
    for definition in file.symbols.definitions:
        start = definition.start
        if definition.kind in TYPES and (start in tables or head.search(definition.signature)):
            yield Artifact(SCHEMA, definition.name, start, tables.get(start) or MODEL)


def _marked(file: DeclaringFile) -> Iterator[tuple[int, str]]:
    """The first lines of marked classes, with the names of their tables."""
    for line, match in file.matches(MARKS.get(file.language, NOTHING)):
        yield from ((d.start, match["table"] or "") for d in _types_at(file, line))


def _types_at(file: DeclaringFile, line: int) -> Iterator[SymbolDefinition]:
    found = (file.around(line, TYPES), file.below(line))
    return islice(filter(None, found), 1)


def _json_schema(file: DeclaringFile) -> Iterator[Artifact]:
    for line, match in islice(file.matches(JSON_SCHEMA), 1):
        title = first_group(TITLE, "\n".join(file.rows[:OPENAPI_ROWS]))
        yield Artifact(SCHEMA, title or file.name, line, match["target"])


def _interfaces(file: DeclaringFile) -> Iterator[Artifact]:
    """A document of OpenAPI, Swagger or AsyncAPI, with its operations."""
    for line, match in islice(file.matches(OPENAPI), 1):
        yield Artifact(SCHEMA, file.name, line, f"{match['name']} {match['target']}")
        yield from _operations(file)


def _operations(file: DeclaringFile) -> Iterator[Artifact]:
    path = ""
    for line, match in file.matches(OPENAPI_LINE):
        path = match["path"] or path
        if path and match["verb"]:
            name = f"{match['verb'].upper()} {path}"
            yield Artifact(ROUTE, name, line, _operation(file, line))


def _operation(file: DeclaringFile, line: int) -> str:
    return first_group(OPERATION, "\n".join(file.rows[line : line + OPERATION_ROWS]))


BY_LANGUAGE: dict[str, tuple[Finder, ...]] = {
    "sql": (_tables,),
    **dict.fromkeys(("yaml", "json"), (_json_schema, _interfaces)),
    **dict.fromkeys((*MODELS, *MARKS), (_models,)),
    "javascript": (_mongoose,),
    "typescript": (_models, _mongoose),
}
