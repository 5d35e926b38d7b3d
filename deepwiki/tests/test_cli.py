"""The command `deepwiki`: its help, questions to a real server elsewhere, and what is wrong with one."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import timezone

from deepwiki.accounts.models import ApiToken, TokenScope
from deepwiki.cli.event_lines import NotEvents, read_events
from deepwiki.cli.main import SHELLS, cli
from deepwiki.testing.ports import reserved_port
from deepwiki.testing.servers import child_environment
from deepwiki.testing.waiting import wait_until
from repos.models import IndexJob

ROOT = Path(__file__).resolve().parents[2]
MODELS = """
[openai]
label = "Test"
adapter = "openai"
key = "OPENAI_API_KEY"
address = ["OPENAI_BASE_URL", ""]
models = [{ id = "fake?tokens=5", context = 32000, output = 1000 }]
"""


def invoke(*arguments, **environment):
    cleared = {"DEEPWIKI_SERVER": None, "DEEPWIKI_TOKEN": None}
    return CliRunner(env={**cleared, **environment}).invoke(cli, arguments, prog_name="deepwiki")


def test_each_command_has_help_with_an_example_or_its_exit_codes():
    shown = invoke("--help")
    assert shown.exit_code == 0 and "DEEPWIKI_SERVER" in shown.output
    for name, command in cli.commands.items():
        assert name in shown.output
        text = invoke(name, "--help").output
        assert len(text.split()) > 12, text
        assert command.help


@pytest.mark.integration  # click asks bash for its version
@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_printed_for_each_shell(shell):
    assert "_DEEPWIKI_COMPLETE" in invoke("completion", shell).output


@pytest.mark.integration
def test_commands_and_options_are_completed():
    done = subprocess.run(
        [sys.executable, "-m", "deepwiki.cli.main"],
        env={
            **os.environ,
            "_DEEPWIKI_COMPLETE": "zsh_complete",
            "COMP_WORDS": "deepwiki wiki ",
            "COMP_CWORD": "2",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert {"build", "read", "export"} <= set(done.stdout.split())


def test_events_are_read_and_anything_else_is_refused():
    lines = [
        "id: 1",
        'data: {"event": "delta",',
        'data: "text": "a"}',
        "",
        ": ping",
        "",
        'data: {"event": "done"}',
    ]
    assert [each["event"] for each in read_events(lines)] == ["delta", "done"]
    for bad in ("data: <html>", "data: [1]", "data: " + "[" * 200_000):
        with pytest.raises(NotEvents):
            list(read_events([bad, ""]))
    with pytest.raises(NotEvents):
        list(read_events(["data: " + "x" * 1_000_000] * 9))


@pytest.fixture
def server(live, model, public_repository, tmp_path):
    models = Path(os.environ["DATA_DIR"]) / "cli-models.toml"
    models.write_text(MODELS)
    server = live(
        OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url, DEEPWIKI_MODELS_FILE=str(models)
    )
    server.wait_until_serving()
    return server


@pytest.fixture
def elsewhere(server, alice):
    token = ApiToken.issue(alice)[1]
    return {"DEEPWIKI_SERVER": server.url, "DEEPWIKI_TOKEN": token}


@pytest.mark.django_db(transaction=True)
def test_a_question_to_a_server_is_written_as_it_comes_with_its_sources(elsewhere):
    asked = invoke("ask", "shop/pocket", "What is the discount?", **elsewhere)
    assert asked.exit_code == 0, asked.output
    assert "t0004" in asked.stdout
    assert "Sources at" in asked.stdout and "shop/prices.py:" in asked.stdout
    assert "\x1b" not in asked.output  # no colours where nobody looks
    asked = invoke("ask", "shop/pocket", "What is the discount?", "--json", **elsewhere)
    report = json.loads(asked.stdout)
    assert (report["state"], report["error"]) == ("complete", None)
    assert report["sources"][0]["path"]


@pytest.mark.django_db(transaction=True)
def test_search_and_wiki_go_to_the_server_and_what_is_refused_says_why(elsewhere):
    found = invoke("search", "shop/pocket", "discount", "--limit", "2", "--json", **elsewhere)
    assert {"path", "start", "end"} <= set(json.loads(found.stdout)["passages"][0])
    assert len(json.loads(found.stdout)["passages"]) <= 2
    missing = invoke("wiki", "read", "shop/pocket", **elsewhere)
    assert (missing.exit_code, "no wiki" in missing.stderr) == (2, True)
    unknown = invoke("search", "shop/nothing", "discount", **elsewhere)
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    here = invoke("doctor", **elsewhere)
    assert (here.exit_code, "leave --server out" in here.stderr) == (2, True)


@pytest.fixture
def manager_elsewhere(server, alice):
    token = ApiToken.issue(alice, scopes=TokenScope.values)[1]
    return {"DEEPWIKI_SERVER": server.url, "DEEPWIKI_TOKEN": token}


def end_the_job(**values):
    """What a worker does; there is none beside the server."""
    queued = IndexJob.objects.filter(state="queued")
    wait_until(queued.exists)
    queued.update(finished_at=timezone.now(), **values)


@pytest.mark.django_db(transaction=True)
def test_indexing_on_a_server_is_followed_to_its_end(manager_elsewhere, public_repository):
    def index(*arguments, **ended):
        with ThreadPoolExecutor() as pool:
            asked = pool.submit(invoke, "index", *arguments, **manager_elsewhere)
            end_the_job(**ended)
            return asked.result()

    address = public_repository.url
    done = index(address, "--json", state="done")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["state"], report["error"]) == (0, "done", None)
    assert report["commit"] == public_repository.current_index.commit
    failed = index(address, "--force", state="failed", error="There is no such repository.")
    assert (failed.exit_code, "no such repository" in failed.stderr) == (1, True)
    assert "queued" in failed.stderr and failed.stdout == ""


@pytest.mark.django_db(transaction=True)
def test_what_a_server_does_not_do_is_told(elsewhere, manager_elsewhere, public_repository):
    address = public_repository.url
    scope = invoke("index", address, **elsewhere)  # its token may only read and ask
    assert (scope.exit_code, "manage" in scope.stderr) == (2, True)
    owner = invoke("index", address, "--owner", "bob", **manager_elsewhere)
    assert (owner.exit_code, "this machine alone" in owner.stderr) == (2, True)
    waiting = invoke("wiki", "build", public_repository.name, "--wait", **manager_elsewhere)
    assert (waiting.exit_code, "this machine alone" in waiting.stderr) == (2, True)
    foreign = invoke("wiki", "build", public_repository.name, **manager_elsewhere)
    assert (foreign.exit_code, "manages" in foreign.stderr) == (2, True)
    unknown = invoke("wiki", "build", "shop/nothing", **manager_elsewhere)
    assert (unknown.exit_code, "no repository shop/nothing" in unknown.stderr) == (2, True)
    public_repository.__class__.objects.update(added_by=ApiToken.objects.first().user)
    built = invoke("wiki", "build", public_repository.name, "--json", **manager_elsewhere)
    assert (built.exit_code, json.loads(built.stdout)["state"]) == (0, "queued"), built.stderr


@pytest.mark.django_db(transaction=True)
def test_a_wrong_token_is_told_and_never_repeated(elsewhere):
    for command in (("ask", "shop/pocket", "Why?"), ("search", "shop/pocket", "Why?")):
        refused = invoke(*command, **{**elsewhere, "DEEPWIKI_TOKEN": "dw_secret_of_the_test"})
        assert refused.exit_code in (1, 2)
        assert refused.stderr.strip() and "dw_secret" not in refused.output
        assert "Traceback" not in refused.output


class OtherSite(BaseHTTPRequestHandler):
    """Says something that is no answer of ours."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b"<html>hello</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        return


def test_a_server_that_is_away_or_another_site_is_told_in_words():
    with reserved_port() as port:
        away = invoke("--server", f"http://127.0.0.1:{port}", "ask", "a/b", "Why?")
    assert (away.exit_code, "does not answer" in away.stderr) == (1, True)
    assert invoke("--server", "nothing at all", "search", "a/b", "x").exit_code == 2
    site = ThreadingHTTPServer(("127.0.0.1", 0), OtherSite)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        other = invoke("--server", f"http://127.0.0.1:{site.server_port}", "search", "a/b", "x")
        assert (other.exit_code, "nothing of DeepWiki" in other.stderr) == (2, True)
    finally:
        site.shutdown()
        site.server_close()


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_without_a_server_commands_work_on_this_machine(public_repository, alice):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "deepwiki.cli.main", *arguments],
            env=child_environment(8000, {}),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=100,
        )

    found = run("search", "shop/pocket", "discount", "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["passages"]
    token = json.loads(run("token", "alice", "--json").stdout)["token"]
    assert token.startswith("dw_")
    assert run("wiki", "read", "shop/pocket").returncode == 2
    assert "git" in run("doctor", "--list").stdout.split()
