"""Settings are read once, loudly."""

import os
import subprocess
import sys

import pytest

from deepwiki.env import ConfigError, Environment


def test_a_dotenv_value_is_read_and_the_process_environment_wins(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("A_NAME=file\nB_NAME='two words'\n# a comment\n")
    monkeypatch.setenv("A_NAME", "process")
    env = Environment(tmp_path / ".env")
    assert env.text("A_NAME") == "process"
    assert env.text("B_NAME") == "two words"


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
    [("PORT", "x"), ("DATABASE_URL", "mysql://a/b"), ("DEEPWIKI_PUBLIC_URL", "ftp://x"), ("DATA_DIR", "/dev/null/x")],
)
def test_a_bad_setting_stops_the_start_with_one_line(name, value):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], capture_output=True, text=True, env={**os.environ, name: value}
    )
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1
    assert "cannot start" in done.stderr


def test_every_key_the_settings_read_stands_in_the_example():
    import re
    from pathlib import Path

    source = Path("deepwiki/settings.py").read_text() + Path("deepwiki/accounts/providers.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', source)) | set(
        re.findall(r'"((?:OPENAI|OPENROUTER|OLLAMA|AZURE|GOOGLE)_\w+)"', source)
    )
    example = set(re.findall(r"^#?\s?([A-Z_]+)=", Path(".env.example").read_text(), re.MULTILINE))
    assert read == example
