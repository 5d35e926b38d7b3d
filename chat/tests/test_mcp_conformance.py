"""The conformance suite of the Model Context Protocol over `/mcp`: every scenario that asks for no tool,
prompt or resource of the suite's own."""

import re

import pytest

from deepwiki.testing import js_packages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.integration]
SUITE = "@modelcontextprotocol/conformance"
# `tools-call-error` calls a tool that is not there.
SCENARIOS = {
    "server-initialize",
    "ping",
    "tools-list",
    "tools-call-error",
    "resources-list",
    "server-sse-multiple-streams",
    "dns-rebinding-protection",
}


def test_what_the_suite_asks_of_every_server_holds(start, public_repository):
    if not js_packages.are_installed():
        pytest.skip(js_packages.MISSING)
    live = start(DEEPWIKI_ALLOW_ANONYMOUS="true")
    told = js_packages.run_program(SUITE, "server", "--url", f"{live.url}/mcp")
    passed = set(re.findall(r"^✓ ([\w-]+): \d+ passed, 0 failed$", told, re.MULTILINE))
    assert passed >= SCENARIOS, told
