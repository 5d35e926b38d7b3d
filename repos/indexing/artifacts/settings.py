"""Settings: keys of configuration files, and environment variables that code reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from repos.indexing.artifacts.source import DeclaringFile, first_group
from repos.indexing.symbols import Artifact

SETTING = "setting"
MAX_KEYS = 500  # of one configuration file
MAX_VALUE_CHARS = 80
ENVIRONMENT_FILE = re.compile(
    r"(^|/)(\.?env[._-](example|sample|template|dist|defaults?)|[^/]*\.env\.(example|sample|template|dist))$",
    re.IGNORECASE,
)
ENVIRONMENT_LINE = re.compile(
    r"^\s*#?\s?(?:export\s+)?(?P<name>[A-Z][A-Z0-9_]{1,100})\s*=(?P<value>.*)"
)
SETTINGS_MODULE = re.compile(
    r"(^|/)(\w*settings\w*(/\w+)?|default_config)\.py$|^(\w+/)?config\.py$"
)
CONFIGURATION_FILE = re.compile(
    r"(^|/)([^/]*(config|settings|conf|application|appsettings)[^/]*|config/([^/]+/)?[^/]+|conf/[^/]+)"
    r"\.(toml|ya?ml|ini|cfg|properties|json)$",
    re.IGNORECASE,
)
# Configuration of other tools has its own kinds, or none.
OTHERS = re.compile(
    r"(^|/)(package(-lock)?\.json|tsconfig[^/]*\.json|composer\.(json|lock)|setup\.cfg|\.[^/]+/.*"
    r"|\.pre-commit-config\.yaml)$|(^|/)(node_modules|locale|fixtures|workflows)/"
)
NAME = r"(?P<name>[A-Za-z_][A-Za-z0-9_]{0,100})"
QUOTED = rf"[\"'`]{NAME}[\"'`]"
READS = {
    "python": re.compile(
        rf"\b(?:environ(?:\.get|\.pop|\.setdefault)?\s*[\[(]|getenv\(|env(?:\.\w+)?\(|config\()\s*{QUOTED}"
    ),
    **dict.fromkeys(
        ("javascript", "typescript", "tsx", "vue", "svelte"),
        re.compile(
            rf"\b(?:process|import\.meta|Deno|Bun)\.env(?:\.(?:get\(\s*{QUOTED}|(?P<plain>[A-Z][A-Z0-9_]+))"
            rf"|\[\s*[\"'`](?P<keyed>\w+)[\"'`])"
        ),
    ),
    "go": re.compile(rf"\b(?:os|syscall)\.(?:Getenv|LookupEnv)\(\s*{QUOTED}"),
    "rust": re.compile(
        rf"\benv(?:::var(?:_os)?\(|!\(|::var::<[^>]*>\()\s*{QUOTED}|\boption_env!\(\s*[\"'](?P<plain>\w+)"
    ),
    **dict.fromkeys(
        ("java", "kotlin", "scala", "groovy"),
        re.compile(
            rf"\b(?:System\.getenv(?:\(\)\.get)?\(|sys\.env(?:\.get(?:OrElse)?)?\(|env\()\s*{QUOTED}"
        ),
    ),
    "csharp": re.compile(rf"\bEnvironment\.GetEnvironmentVariable\(\s*{QUOTED}"),
    "ruby": re.compile(rf"\bENV(?:\[|\.fetch\(|\.key\?\()\s*{QUOTED}"),
    "php": re.compile(rf"(?:\b(?:getenv|env)\(|\$_(?:ENV|SERVER)\[)\s*{QUOTED}"),
    **dict.fromkeys(("c", "cpp"), re.compile(rf"\b(?:secure_)?getenv\(\s*{QUOTED}")),
    "swift": re.compile(rf"\.environment\[\s*{QUOTED}"),
    "elixir": re.compile(rf"\bSystem\.(?:get_env|fetch_env!?)\(\s*{QUOTED}"),
}
NOT_PYTHONIC = re.compile(r"\b(?:env(?:\.\w+)?\(|config\()\s*[\"'](?![A-Z][A-Z0-9_]+[\"'])")
SECTION = re.compile(r"^\s*\[+\s*(?P<name>[\w.\"' -]+?)\s*\]+\s*$")
KEY = re.compile(
    r"^(?P<indent>\s*)[\"']?(?P<name>[A-Za-z_][\w.-]{0,100})[\"']?\s*[:=](?:\s+|$|(?=\S))(?P<value>.*)$"
)
FLAT = frozenset({"toml", "ini"})
MAX_DEPTH = 2


def find_settings(file: DeclaringFile) -> Iterator[Artifact]:
    """Keys of settings, and the environment variables that a program reads."""
    if ENVIRONMENT_FILE.search(file.path):
        yield from _example(file)
    elif file.language in READS:
        yield from _reads(file)
    elif CONFIGURATION_FILE.search(file.path) and not OTHERS.search(file.path):
        yield from islice(_keys(file), MAX_KEYS)
    if SETTINGS_MODULE.search(file.path):
        yield from _constants(file)


def _example(file: DeclaringFile) -> Iterator[Artifact]:
    for line, match in file.matches(ENVIRONMENT_LINE):
        yield Artifact(SETTING, match["name"], line, _value(match["value"]))


def _constants(file: DeclaringFile) -> Iterator[Artifact]:
    """The constants in capitals of a module of settings, as Django's."""
    for one in file.symbols.definitions:
        if one.kind == "constant" and one.name.isupper():
            yield Artifact(SETTING, one.name, one.start, _value(one.signature.partition("=")[2]))


def _reads(file: DeclaringFile) -> Iterator[Artifact]:
    """The first read of each variable in a file, with the definition that reads it."""
    seen: set[str] = set()
    for line, name in _names_read(file):
        if name not in seen:
            seen.add(name)
            yield Artifact(SETTING, name, line, file.name_around(line))


def _names_read(file: DeclaringFile) -> Iterator[tuple[int, str]]:
    for line, row in file.numbered():
        for match in READS[file.language].finditer(row):
            if file.language != "python" or not NOT_PYTHONIC.match(match[0]):
                yield line, match[match.lastgroup or 0]


def _value(text: str) -> str:
    return text.strip(" \t").rstrip(",{[")[:MAX_VALUE_CHARS]


def _keys(file: DeclaringFile) -> Iterator[Artifact]:
    """The keys of a configuration file down to MAX_DEPTH, with their values."""
    section = ""
    open_keys: list[tuple[int, str]] = []
    for number, row in file.numbered():
        match = KEY.match(row)
        if file.language in FLAT and SECTION.match(row):
            section = first_group(SECTION, row).replace('"', "")
        elif match is not None:
            _close(open_keys, len(match["indent"]))
            open_keys.append((len(match["indent"]), match["name"]))
            if len(open_keys) <= MAX_DEPTH:
                name = ".".join(filter(None, (section, *(key for _, key in open_keys))))
                yield Artifact(SETTING, name, number, _value(match["value"]))


def _close(open_keys: list[tuple[int, str]], indent: int) -> None:
    while open_keys and open_keys[-1][0] >= indent:
        open_keys.pop()
