"""Settings are read once, loudly."""

import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import deepwiki.settings
from deepwiki.foundation import model_services
from deepwiki.foundation.env import ConfigError, Environment
from repos.embedders.base import EmbedderError
from repos.embedders.registry import EmbedderConfig, configured

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = set(re.findall(r"^#?\s?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
SHORT = {"PORT", "HOST", "DATA_DIR"}  # also spelled DEEPWIKI_PORT …
MODELS = tomllib.loads((ROOT / "chat" / "providers" / "models.toml").read_text())
# Any text will do: names, passwords, keys.
FREE = set(
    """
    HOST DEEPWIKI_HOST DEEPWIKI_HOSTS DEEPWIKI_TRUSTED_PROXIES DEEPWIKI_SECRET_KEY
    DEEPWIKI_TOKEN_KEYS DEEPWIKI_GITHUB_CLIENT_ID DEEPWIKI_GITHUB_CLIENT_SECRET
    DEEPWIKI_GOOGLE_CLIENT_ID DEEPWIKI_GOOGLE_CLIENT_SECRET DEEPWIKI_OIDC_NAME
    DEEPWIKI_OIDC_CLIENT_ID DEEPWIKI_OIDC_CLIENT_SECRET DEEPWIKI_OIDC_AUDIENCE
    DEEPWIKI_SIGN_IN_ORIGINS DEEPWIKI_EMAIL_HOST
    DEEPWIKI_EMAIL_USER DEEPWIKI_EMAIL_PASSWORD DEEPWIKI_EMAIL_FROM DEEPWIKI_CLONE_ALLOW
    DEEPWIKI_EMBEDDER_MODEL DEEPWIKI_WIKI_MODEL DEEPWIKI_METRICS_TOKEN DEEPWIKI_AUTH_CODE
    DEEPWIKI_SLACK_SIGNING_SECRET DEEPWIKI_SLACK_BOT_TOKEN
    """.split()
) | model_services.text_variables(MODELS)
FLAGS = set(
    """
    DEEPWIKI_DEBUG DEEPWIKI_SSL_REDIRECT DEEPWIKI_OLLAMA_DISCOVERY DEEPWIKI_MODEL_LISTS
    DEEPWIKI_ALLOW_ANONYMOUS DEEPWIKI_MODEL_TITLES
    DEEPWIKI_SIGN_UP DEEPWIKI_SOCIAL_SIGN_UP DEEPWIKI_STAFF_TWO_FACTOR DEEPWIKI_EMAIL_TLS DEEPWIKI_WEBSOCKET_DEFLATE
    """.split()
)
BAD = {
    "DATA_DIR": "~nosuchuser/data",
    "DEEPWIKI_DATA_DIR": "~nosuchuser/data",
    "DEEPWIKI_PUBLIC_URL": "http://[x",
    "DEEPWIKI_PROVIDER": "nobody",
    "DEEPWIKI_MODELS_FILE": "README.md",
    "DEEPWIKI_EMBEDDER": "nothing",
    "DATABASE_URL": "postgresql://user:secret@host:port/name",
    "REDIS_URL": "http://:secret@localhost",
    "DEEPWIKI_OIDC_SERVER": "id.example.org",
    "DEEPWIKI_LOCAL_ROOTS": "/srv,~nosuchuser",
    "DEEPWIKI_CA_FILE": "/no/such/file",
    "DEEPWIKI_ANONYMOUS_ORIGINS": "null, https://wiki.example/path",
    "DEEPWIKI_ANONYMOUS_REQUESTS_PER_MINUTE": "many",
    "DEEPWIKI_GIT_PROXY": "ftp://user:secret@proxy",
    "DEEPWIKI_SLACK_REPOSITORIES": "C0123=a/b, C0456",
    "DEEPWIKI_SLACK_API": "slack.com",
    "DEEPWIKI_LOG_LEVEL": "loud",
    **dict.fromkeys(sorted(FLAGS), "perhaps"),
    **dict.fromkeys(sorted(model_services.address_variables(MODELS)), "http://me:secret@[x"),
}
NUMBERS = (EXAMPLE | SHORT) - set(BAD) - FREE


def refusal(monkeypatch, **environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "deepwiki" / "settings.py"))
    return stopped.value.code


@pytest.mark.parametrize(
    ("name", "value"), [*BAD.items(), *((name, "abc") for name in sorted(NUMBERS))]
)
def test_a_bad_value_of_any_setting_is_one_line_that_names_it_and_no_password(
    name, value, monkeypatch
):
    if name == "DEEPWIKI_OIDC_SERVER":
        monkeypatch.setenv("DEEPWIKI_OIDC_CLIENT_ID", "id")
    line = refusal(monkeypatch, **{name: value})
    assert line.startswith(f"DeepWiki cannot start: {name} must ")
    assert "\n" not in line
    assert "secret" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("DEEPWIKI_PORT", "65536"),
        ("DEEPWIKI_POOL_SIZE", "1"),
        ("DEEPWIKI_CACHE_SECONDS", "-1"),
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "nothing"),
        ("DATABASE_URL", "postgresql://host"),
        ("DATABASE_URL", "postgresql://host/" + "n" * 64),
        ("REDIS_URL", "redis://localhost:port"),
        ("DEEPWIKI_PUBLIC_URL", "ftp://x"),
        ("DEEPWIKI_PUBLIC_URL", "https://x:port"),
        ("DEEPWIKI_PUBLIC_URL", "https://x/a b"),
        ("DEEPWIKI_PUBLIC_URL", "https://x/wiki?a=b"),
        ("DEEPWIKI_PUBLIC_URL", "https://x//evil.example/"),
        ("DEEPWIKI_MODELS_FILE", "/no/such/file"),
        ("OPENAI_BASE_URL", "ftp://models.example.org"),
        ("OLLAMA_HOST", "a b"),
        ("OLLAMA_HOST", "localhost:port"),
    ],
)
def test_so_is_one_out_of_range_or_of_the_wrong_kind(name, value, monkeypatch):
    assert refusal(monkeypatch, **{name: value}).startswith(f"DeepWiki cannot start: {name} must ")


def test_every_name_that_the_settings_read_stands_in_the_example():
    assert deepwiki.settings.env.names - SHORT == EXAMPLE


def test_every_embedder_that_the_settings_allow_is_there():
    for name in deepwiki.settings.EMBEDDERS:
        try:
            configured(EmbedderConfig(name))
        except EmbedderError as error:  # needs a key
            assert "must be one of" not in str(error)


def test_both_spellings_work_and_the_prefixed_one_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("PORT", "8001")
    monkeypatch.setenv("HOST", "::1")
    monkeypatch.setenv("DEEPWIKI_PORT", "8002")
    monkeypatch.setenv("DEEPWIKI_DATA_DIR", str(tmp_path))
    values = runpy.run_path(str(ROOT / "deepwiki" / "settings.py"))
    assert (values["PORT"], values["HOST"], values["DATA_DIR"]) == (8002, "::1", tmp_path)
    assert values["PUBLIC_URL"] == "http://localhost:8002"


def test_a_provider_of_ones_own_gets_the_variables_that_its_section_names(monkeypatch, tmp_path):
    models = tmp_path / "models.toml"
    models.write_text(
        '[house]\nkey = "HOUSE_KEY"\naddress = ["HOUSE_URL", ""]\n[odd]\naddress = 7\n'
    )
    monkeypatch.setenv("DEEPWIKI_MODELS_FILE", str(models))
    monkeypatch.setenv("HOUSE_KEY", "sk-house")
    monkeypatch.setenv("HOUSE_URL", "https://models.example.org/v1")
    values = runpy.run_path(str(ROOT / "deepwiki" / "settings.py"))
    given = values["PROVIDER_ENVIRONMENT"]
    assert (given["HOUSE_KEY"], given["HOUSE_URL"]) == ("sk-house", "https://models.example.org/v1")


def test_a_blank_value_counts_as_unset(monkeypatch):
    monkeypatch.setenv("A_NAME", " ")
    env = Environment()
    assert (env.text("A_NAME", "x"), env.number("A_NAME", 7), env.flag("A_NAME", default=True)) == (
        "x",
        7,
        True,
    )
    assert (env.items("A_NAME"), env.postgres_database("A_NAME"), env.redis_address("A_NAME")) == (
        [],
        {},
        "",
    )


def test_a_dotenv_value_is_read_and_the_process_environment_wins(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text(
        "A_NAME=file\nB_NAME='two words'\n# a comment\nC_NAME=pa${B_NAME}ss\n"
    )
    monkeypatch.setenv("A_NAME", "process")
    env = Environment(tmp_path / ".env")
    assert env.text("A_NAME") == "process"
    assert env.text("B_NAME") == "two words"
    assert env.text("C_NAME") == "pa${B_NAME}ss"


def test_a_broken_dotenv_names_its_line(tmp_path):
    (tmp_path / ".env").write_text("GOOD=1\nthis is = not 'closed\n")
    with pytest.raises(ConfigError, match="line 2"):
        Environment(tmp_path / ".env")


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("PORT", "0")])
def test_a_bad_number_is_one_clear_line(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        Environment().number(name, 8000, least=1)


def test_a_bad_flag_is_one_clear_line(monkeypatch):
    monkeypatch.setenv("A_FLAG", "maybe")
    with pytest.raises(ConfigError, match="true or false"):
        Environment().flag("A_FLAG")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "x"),
        ("DATABASE_URL", "mysql://a/b"),
        ("DEEPWIKI_PUBLIC_URL", "ftp://x"),
        ("DATA_DIR", "/dev/null/x"),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line(name, value):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        capture_output=True,
        text=True,
        env={**os.environ, name: value},
    )
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1
    assert "cannot start" in done.stderr
