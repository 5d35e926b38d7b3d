"""The documentation: its clients work against a real server, and what it names exists."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deepwiki.accounts.models import ApiToken
from deepwiki.cli.main import cli
from deepwiki.runtime.doctor import all_checks
from deepwiki.testing import programs

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
EXAMPLE = set(re.findall(r"^#?\s?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
MODELS = """
[openai]
label = "Test"
adapter = "openai"
key = "OPENAI_API_KEY"
address = ["OPENAI_BASE_URL", ""]
models = [{ id = "fake?tokens=5", context = 32000, output = 1000 }]
"""


def command_of(name):
    """How an example is run; skips it where its program is not here."""
    match Path(name).suffix:
        case ".sh":
            return ["sh"]
        case ".py":
            return [sys.executable]
    if not programs.node():
        pytest.skip("no Node 20 or newer is here")
    return [programs.node()]


@pytest.mark.acceptance
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir()))
def test_a_client_of_the_documentation_gets_its_answer(name, live, model, public_repository, alice):
    models = Path(os.environ["DATA_DIR"]) / "docs-models.toml"
    models.write_text(MODELS)
    server = live(
        OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url, DEEPWIKI_MODELS_FILE=str(models)
    )
    server.wait_until_serving()
    environment = {**os.environ, "DEEPWIKI_SERVER": server.url}

    def run(token):
        return subprocess.run(
            [*command_of(name), str(EXAMPLES / name), "shop/pocket", "What is the discount?"],
            env={**environment, "DEEPWIKI_TOKEN": token},
            capture_output=True,
            text=True,
            timeout=60,
        )

    answered = run(ApiToken.issue(alice)[1])
    assert answered.returncode == 0, answered.stderr
    assert "t0000 t0001 t0002 t0003 t0004" in answered.stdout
    refused = run("dw_nothing")
    assert refused.returncode != 0


def test_each_client_stands_on_the_page_of_the_protocol():
    # A formatter once took a line that includes one for code.
    page = (DOCS / "protocol.md").read_text()
    assert set(re.findall(r'^--8<-- "examples/(.+)"$', page, re.MULTILINE)) == {
        path.name for path in EXAMPLES.iterdir()
    }


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_settings_that_a_page_names_exist(page):
    named = set(
        re.findall(
            r"\b(?:DEEPWIKI|OPENAI|GOOGLE|AZURE|OLLAMA|OPENROUTER|DATABASE|REDIS)_[A-Z_]+",
            page.read_text(),
        )
    )
    ours = {
        "DEEPWIKI_SERVER",
        "DEEPWIKI_TOKEN",
        "DEEPWIKI_TEST_SLOW_BROWSER",
        "DEEPWIKI_TEST_SLOW_NETWORK",
    }
    assert {
        name for name in named - ours if name.rstrip("_") not in EXAMPLE and not name.endswith("_")
    } == set()


def test_every_check_of_the_doctor_and_every_command_is_described():
    doctor = (DOCS / "doctor.md").read_text()
    names = {each.name for each in all_checks("x") if not each.name.startswith("provider-")}
    assert {name for name in names if f"`{name}`" not in doctor} == set()
    command = (DOCS / "command.md").read_text()
    assert {name for name in cli.commands if f"deepwiki {name}" not in command} == set()
