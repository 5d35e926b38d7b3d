"""Environment variables as typed values: environs' parsers, with refusals of one line.

A variable of the process environment wins over the same one in `.env` beside
`manage.py`. A blank value counts as unset. `deepwiki/settings.py` is the only reader.
"""

from __future__ import annotations

import logging
import os
import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from dotenv.parser import Binding, parse_stream
from environs import Env, EnvValidationError

from deepwiki.foundation.ollama_address import ollama_address

HTTP: Final = ("http", "https")
# https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpproxy
PROXY_SCHEMES: Final = (*HTTP, "socks4", "socks4a", "socks5", "socks5h")
PATH_PREFIX: Final = re.compile(r"(?:/[\w.~-]+)*/?", re.ASCII)
ORIGIN: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://[a-z0-9._~-]+(?::\d+)?|https?://\[[0-9a-f:.]+\](?::\d+)?", re.ASCII
)
LONGEST_DATABASE_NAME: Final = 63  # PostgreSQL's NAMEDATALEN - 1
A_LOG_LEVEL: Final = "must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"


class ConfigError(SystemExit):
    """A setting cannot be used. The message is one line that says what to change.

    Settings load when a process starts, so this ends the process: the line on standard
    error, status 1, no traceback.
    """

    def __init__(self, message: str) -> None:
        super().__init__(f"DeepWiki cannot start: {message}")


class Environment(Env):
    """Typed look-ups over `os.environ` and one `.env` file.

    Every look-up raises ConfigError for a value of the wrong form, the constructor for a
    file that cannot be parsed. `names` collects each variable that was looked up.
    """

    def __init__(self, dotenv: Path | None = None) -> None:
        super().__init__()
        self.names: set[str] = set()
        # environs' own read_env() skips malformed lines and expands ${NAME}.
        self._dotenv: dict[str, str] = {}
        if dotenv is not None and dotenv.exists():
            self._dotenv = _read_dotenv(dotenv)

    def _get_value(self, env_key: str, default: Any) -> Any:
        # environs' hook for reading one variable (its FileAwareEnv overrides it, too).
        self.names.add(env_key)
        value = os.environ.get(env_key, self._dotenv.get(env_key, ""))
        return value.strip() or default

    def spelling(self, name: str) -> str:
        """`DEEPWIKI_<name>` where that is set, else `name`: both spellings work."""
        prefixed = f"DEEPWIKI_{name}"
        if self.text(prefixed):
            return prefixed
        return name

    def text(self, name: str, default: str = "") -> str:
        """The value without surrounding blanks; `default` when unset or blank."""
        return self.str(name, default)

    def items(self, name: str) -> list[str]:
        """A comma-separated list; empty items are dropped."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean: true, false, yes, no, on, off, 1 or 0."""
        return bool(self._parsed("bool", name, default, "must be true or false"))

    def number(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """An integer from `least` to `most`, both included."""
        number = int(self._parsed("int", name, default, "must be a whole number"))
        _check_range(name, number, least, most)
        return number

    def choice(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """One of `allowed`, or `default`."""
        value = self.text(name, default)
        if value != default and value not in allowed:
            raise ConfigError(f"{name} must be one of {', '.join(allowed)}.")
        return value

    def logging_level(self, name: str, default: str) -> int:
        """A level of the logging module, by its name or number."""
        return int(self._parsed("log_level", name, getattr(logging, default), A_LOG_LEVEL))

    def file(self, name: str, default: str = "") -> str:
        """The path of a readable file; empty when unset and without a default."""
        value = self.text(name, default)
        if value and not _is_readable_file(value):
            raise ConfigError(f"{name} must name a file that can be read, not {value!r}.")
        return value

    def folder(self, name: str, default: Path) -> Path:
        """An absolute path, `~` expanded; it need not exist."""
        return _absolute(name, self.text(name, str(default)))

    def folders(self, name: str) -> list[Path]:
        """A comma-separated list of such paths."""
        return [_absolute(name, value) for value in self.items(name)]

    def http_address(self, name: str, default: str) -> str:
        """An http or https URL without its trailing slash."""
        value = self.text(name, default).rstrip("/")
        if not is_address(value, HTTP):
            raise ConfigError(f"{name} must be an http(s) address, not {value!r}.")
        return value

    def origins(self, name: str) -> frozenset[str] | None:
        """Web origins (scheme://host[:port], or null), comma-separated; None when unset."""
        origins = [value.rstrip("/").lower() for value in self.items(name)]
        for origin in origins:
            if origin != "null" and not _is_origin(origin):
                raise ConfigError(
                    f"{name} must list origins such as https://wiki.example.org, not {origin!r}."
                )
        return frozenset(origins) or None

    def path_prefix(self, name: str, address: str) -> str:
        """The path of the address that `name` gave, without its trailing slash."""
        parts = urlsplit(address)
        if parts.query or parts.fragment or not PATH_PREFIX.fullmatch(parts.path):
            raise ConfigError(
                f"{name} must not have a path with more than letters, digits and -._~, such as /wiki."
            )
        return parts.path.rstrip("/")

    def service_address(self, name: str) -> str:
        """The address of a service: an http(s) URL, or host[:port] alone; empty when unset. A
        refusal never repeats it: it may hold a password."""
        value = self.text(name)
        if value and not _is_service_address(value):
            raise ConfigError(f"{name} must be an http(s) address, or the name of a host.")
        return value

    def ollama_address(self, name: str) -> str:
        """OLLAMA_HOST in any form that Ollama takes, as a URL; empty when unset. A refusal
        never repeats it."""
        try:
            return ollama_address(self.text(name))
        except ValueError:
            raise ConfigError(
                f"{name} must be an http(s) address, or host:port of an Ollama."
            ) from None

    def proxy_address(self, name: str) -> str:
        """A proxy in git's form: [scheme://][user[:password]@]host[:port]. Never repeated
        in a refusal: it may hold a password."""
        value = self.text(name)
        if "://" in value and not is_address(value, PROXY_SCHEMES):
            raise ConfigError(f"{name} must be an http, https or socks5 address.")
        return value

    def redis_address(self, name: str) -> str:
        """The URL of a Redis server; empty when unset. A refusal never repeats it: it may
        hold a password."""
        value = self.text(name)
        if value and not _is_redis(value):
            raise ConfigError(f"{name} must be the address of a Redis, redis://host:6379/0.")
        return value

    def postgres_database(self, name: str) -> dict[str, Any]:
        """Django's settings of the PostgreSQL database at a URL; empty when unset. A
        refusal never repeats the URL: it may hold a password."""
        refusal = ConfigError(
            f"{name} must name a PostgreSQL database, postgresql://user:password@host/name."
        )
        if not self.text(name):
            return {}
        try:
            database: dict[str, Any] = dict(self.dj_db_url(name))
        except EnvValidationError:
            raise refusal from None
        if not _is_usable(database):
            raise refusal
        return database

    def _parsed(self, parser: str, name: str, default: object, requirement: str) -> Any:
        try:
            return getattr(self, parser)(name, default)
        except EnvValidationError:
            raise ConfigError(f"{name} {requirement}, not {self.text(name)!r}.") from None


def is_address(text: str, schemes: Collection[str]) -> bool:
    """True if `text` is a URL of one of `schemes` with a host and no broken port."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets without an IPv6 address, a port that is no number
        return False


def _is_origin(value: str) -> bool:
    """https://www.rfc-editor.org/rfc/rfc6454#section-6.2; browser extensions have schemes of
    their own."""
    return ORIGIN.fullmatch(value) is not None and is_address(value, (urlsplit(value).scheme,))


def _is_service_address(value: str) -> bool:
    if "://" not in value:
        value = f"http://{value}"
    return is_address(value, HTTP) and len(value.split()) == 1


def _is_readable_file(path: str) -> bool:
    return Path(path).is_file() and os.access(path, os.R_OK)


def _check_range(name: str, number: int, least: int, most: int | None) -> None:
    if number < least:
        raise ConfigError(f"{name} must be at least {least}, not {number}.")
    if most is not None and number > most:
        raise ConfigError(f"{name} must be at most {most}, not {number}.")


def _is_redis(url: str) -> bool:
    from redis.connection import parse_url  # slow to import, and rarely needed

    try:
        parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:
        return False
    return True


def _is_usable(database: dict[str, Any]) -> bool:
    """True for a PostgreSQL database with a name that Django accepts, or a libpq service."""
    if database["ENGINE"] != "django.db.backends.postgresql":
        return False
    if not database["NAME"]:
        return "service" in database.get("OPTIONS", {})
    return len(database["NAME"]) <= LONGEST_DATABASE_NAME


def read_toml(name: str, path: Path) -> dict[str, Any]:
    """The tables of the TOML file that variable `name` gave. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError
        raise ConfigError(f"{name} must name a TOML file: {error}.") from None


def _absolute(name: str, value: str) -> Path:
    try:
        return Path(value).expanduser().resolve()
    except (OSError, RuntimeError):  # an unknown user's home, a loop of links
        raise ConfigError(f"{name} must name a folder, not {value!r}.") from None


def _read_dotenv(path: Path) -> dict[str, str]:
    """The variables of a `.env` file. Raises ConfigError with the number of the first line
    that is not NAME=value."""
    values = {}
    for binding in _bindings(path):
        if binding.error or "\x00" in (binding.value or ""):
            raise ConfigError(f"{path.name}, line {binding.original.line}: expected NAME=value.")
        if binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    return values


def _bindings(path: Path) -> list[Binding]:
    try:
        with path.open(encoding="utf-8") as stream:
            return list(parse_stream(stream))
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path.name} cannot be read as UTF-8 text. Mend or remove it.") from None
