"""Addresses that programs serve, with what serves them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from repos.indexing.artifacts.source import DeclaringFile, first_group
from repos.indexing.symbols import Artifact

ROUTE = "route"
SLASH = re.compile(r"[/*]")
QUOTE = re.compile(r"[(\"'`]")
VERBS = "get|post|put|delete|patch|head|options|all|any"
STRING = (
    r"(?:[rbuf]{0,2}\"(?P<path>[^\"\n]*)\"|[rbuf]{0,2}'(?P<path2>[^'\n]*)'|`(?P<path3>[^`\n]*)`)"
)
AFTER_ADDRESS = re.compile(
    r"[\"'`]\s*,\s*(?:(?:\w+\.)?include\(\s*[\"'(]*(?P<included>[\w.]+)"
    r"|(?:[\w.]+\([^()]*\),\s*)?(?:(?:get|post|put|delete|patch|any)\()?(?P<name>[A-Za-z_][\w.:]*?)"
    r"(?:\.as_view)?(?=\s*[(),;]|\s*$))"
)
METHODS = re.compile(r"methods\s*=\s*[\[({]\s*[\"'](\w+)")
PREFIX = re.compile(
    r"^\s*(?P<name>\w+)\s*=\s*(?:[\w.]+\.)?(?:APIRouter|Blueprint)\("
    r".*?(?:url_)?prefix\s*=\s*[\"'](?P<prefix>[^\"']+)"
)


@dataclass(frozen=True)
class RoutePattern:
    """A call or decorator that declares a route: the start of it, the address follows.

    Where the address may be anything, `needs_slash` is false. `is_above` says that what
    serves it is the definition below; else it is the argument after the address.
    """

    call: re.Pattern[str]
    needs_slash: bool = True
    is_above: bool = False


def _pattern(call: str, *, needs_slash: bool = True, is_above: bool = False) -> RoutePattern:
    return RoutePattern(re.compile(rf"{call}\s*{STRING}(?P<rest>.*)"), needs_slash, is_above)


DECORATED = _pattern(
    rf"^\s*@(?P<object>\w+(?:\.\w+)?)\.(?P<verb>route|websocket|{VERBS})\(\s*(?:path\s*=|rule\s*=)?",
    is_above=True,
)
DJANGO = _pattern(r"^\s*(?:\w+\s*\+?=\s*\[?\s*)?(?P<verb>path|re_path|url)\(", needs_slash=False)
HANDLERS = (
    r"\b(?P<object>app|api|server|routes?|\w*[Rr]outer|fastify|e|r|g|mux|http|group|v\d+)"
    rf"\.(?P<verb>HandleFunc|Handle|(?i:{VERBS}))\("
)
SERVED = _pattern(HANDLERS)
RAILS = _pattern(
    r"^\s*(?P<verb>get|post|put|patch|delete|match|root|resources?|namespace)\(?\s",
    needs_slash=False,
)
SYMBOL = re.compile(r"^\s*(?P<verb>resources?|get|post)\s+:(?P<path>\w+)")
LARAVEL = _pattern(
    rf"\bRoute::(?:\w+\([^()]*\)->)?(?P<verb>{VERBS}|match|resource|apiResource|view)\(",
    needs_slash=False,
)
AXUM = _pattern(r"\.(?P<verb>route|nest)\(")
ATTRIBUTE = _pattern(rf"^\s*#\[(?:\w+::)?(?P<verb>{VERBS})\(", is_above=True)
NEST = _pattern(r"^\s*@(?P<verb>Get|Post|Put|Delete|Patch|All)\(", needs_slash=False, is_above=True)
ASP = _pattern(r"\.Map(?P<verb>Get|Post|Put|Delete|Patch)\(")
RAILS_FILE = re.compile(r"(^|/)config/routes(/.*)?(\.rb|/\w+\.rb)$")
LARAVEL_FILE = re.compile(r"(^|/)routes/[^/]+\.php$")
RAILS_TARGET = re.compile(r"[\"'](\w[\w/]*#\w+)[\"']")
PHP_TARGET = re.compile(r"(\w+)::class(?:\s*,\s*[\"'](\w+))?|[\"'](\w[\w\\]*@\w+)")
BY_LANGUAGE: dict[str, tuple[RoutePattern, ...]] = {
    "python": (DECORATED,),
    **dict.fromkeys(("javascript", "typescript", "tsx"), (SERVED, NEST)),
    "go": (SERVED,),
    "rust": (AXUM, ATTRIBUTE),
    "csharp": (ASP,),
}
# Words that stand for no method of HTTP.
NO_METHOD = frozenset(
    {"route", "path", "re_path", "url", "handle", "handlefunc", "nest", "match", "root"}
)


def find_routes(file: DeclaringFile) -> Iterator[Artifact]:
    """Routes of Django, Flask, FastAPI, Express, Go, Rust, ASP.NET, NestJS, Rails and Laravel."""
    patterns = _patterns(file)
    if RAILS in patterns:
        yield from _symbols(file)
    if patterns:
        prefixes = dict(_prefixes(file))
        for line, _ in file.matches(QUOTE):
            yield from _routes(file, line, patterns, prefixes)


def _patterns(file: DeclaringFile) -> tuple[RoutePattern, ...]:
    """Those of the frameworks that a file may use."""
    if RAILS_FILE.search(file.path):
        return (RAILS,)
    if LARAVEL_FILE.search(file.path):
        return (LARAVEL,)
    if file.language == "python" and "urlpatterns" in file.text:
        return (DJANGO, DECORATED)
    return BY_LANGUAGE.get(file.language, ())


def _prefixes(file: DeclaringFile) -> Iterator[tuple[str, str]]:
    for _, match in file.matches(PREFIX):
        yield match["name"], match["prefix"]


def _routes(
    file: DeclaringFile, line: int, patterns: tuple[RoutePattern, ...], prefixes: dict[str, str]
) -> Iterator[Artifact]:
    found = ((pattern, match) for pattern in patterns for match in _match(pattern, file, line))
    for pattern, match in islice(found, 1):
        address = prefixes.get(match.groupdict().get("object") or "", "") + _address(match)
        statement = file.statement(line)
        name = _route_name(match["verb"], address, statement)
        yield Artifact(ROUTE, name, line, _target(file, line, pattern, statement))


def _match(pattern: RoutePattern, file: DeclaringFile, line: int) -> Iterator[re.Match[str]]:
    """The match of a pattern on a line, or on it and those after it, if there is one."""
    match = pattern.call.search(file.rows[line - 1]) or _continued(pattern, file, line)
    if match is not None and not (pattern.needs_slash and not SLASH.match(_address(match))):
        yield match


def _address(match: re.Match[str]) -> str:
    return match["path"] or match["path2"] or match["path3"] or ""


def _continued(pattern: RoutePattern, file: DeclaringFile, line: int) -> re.Match[str] | None:
    """A match of a call whose arguments begin on the next row."""
    if not file.rows[line - 1].rstrip().endswith("("):
        return None
    return pattern.call.search(file.statement(line))


def _route_name(verb: str, address: str, statement: str) -> str:
    """An address with its method in front, where there is one."""
    method = METHODS.search(statement)
    if method is not None:
        return f"{method[1].upper()} {address}"
    if verb.lower() in NO_METHOD:
        return address or "/"
    return f"{verb.upper()} {address or '/'}"


def _target(file: DeclaringFile, line: int, pattern: RoutePattern, statement: str) -> str:
    """What serves a route."""
    if pattern.is_above:
        return file.name_below(line + 1)
    if pattern is RAILS:
        return first_group(RAILS_TARGET, statement)
    if pattern is LARAVEL:
        return ".".join(filter(None, chain.from_iterable(PHP_TARGET.findall(statement)[:1])))
    return _argument(statement)


def _argument(statement: str) -> str:
    """The name that stands after an address: a view, a handler or an included module."""
    return "".join(chain.from_iterable(AFTER_ADDRESS.findall(statement)[:1]))


def _symbols(file: DeclaringFile) -> Iterator[Artifact]:
    """Resources of Rails, which are named by symbols."""
    for line, match in file.matches(SYMBOL):
        yield Artifact(ROUTE, f"{match['verb'].upper()} /{match['path']}", line, match["path"])
