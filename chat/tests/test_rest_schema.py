"""Schemathesis over the REST interface of a real server: what the description says is what is done.

A few requests of each operation; `make fuzz-api` goes on for ten minutes.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from urllib.request import urlopen

import pytest

from chat.models import Conversation, Message
from deepwiki.accounts.models import ApiToken, TokenScope
from deepwiki.wiki.tests.wikis import make_wiki
from repos.models import IndexJob

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.fuzz,
    pytest.mark.skipif(not find_spec("schemathesis"), reason="schemathesis is not installed"),
    pytest.mark.timeout(1_200),
]
# Requests with wrong tokens meet the limit of such guesses: test_rest_access is about tokens.
CHECKS = """
[checks]
ignored_auth.enabled = false
"""
# Where a value of the right form may still be refused for what it says: an address, a pattern.
MEANINGS = """
[[operations]]
include-name = "POST /api/v1/repositories"
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422, 429]

[[operations]]
include-name = "GET /api/v1/repositories/{repository_id}/lines"
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422, 429]

[[operations]]
include-name = "POST /api/v1/repositories/{repository_id}/questions"
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 401, 403, 404, 429]

[[operations]]
include-name = "POST /api/v1/conversations/{conversation_id}/questions"
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 401, 403, 404, 429]
"""
# Not the conversation that the others need.
KEPT = """
[[operations]]
include-name = "DELETE /api/v1/conversations/{conversation_id}"
parameters = {"path.conversation_id" = "%s"}
"""
LIMITS = {
    "DEEPWIKI_CALLS_PER_MINUTE": "0",
    "DEEPWIKI_CALLS_PER_DAY": "0",
    "DEEPWIKI_NEW_REPOSITORIES_PER_HOUR": "100000",
}


@pytest.fixture
def things(alice, repository):
    """What the paths name: alice may read all of it, and delete nothing that others need."""
    conversation = Conversation.objects.create(user=alice, repository=repository, title="Mine")
    question = Message.objects.create(conversation=conversation, position=1, role="user")
    answer = Message.objects.create(
        conversation=conversation, position=2, parent=question, role="assistant", content="So."
    )
    make_wiki(repository)
    return {
        "repository_id": repository.pk,
        "conversation_id": conversation.pk,
        "message_id": answer.pk,
        "job_id": IndexJob.objects.create(repository=repository, requested_by=alice).pk,
        "slug": "prices",
    }


def test_what_the_description_says_is_what_is_done(live, alice, things, tmp_path):
    token = ApiToken.issue(alice, scopes=TokenScope.values)[1]
    server = live(**LIMITS)
    parameters = "".join(f'"path.{name}" = "{value}"\n' for name, value in things.items())
    config = tmp_path / "schemathesis.toml"
    config.write_text(
        f"[parameters]\n{parameters}{CHECKS}{KEPT % things['repository_id']}{MEANINGS}"
    )
    with urlopen(f"{server.url}/api/v1/openapi.json") as description:
        assert description.status == 200  # its first request makes it, which takes its time
    seconds = os.environ.get("DEEPWIKI_TEST_API_SECONDS", "")
    bound = ["--max-time", seconds] if seconds else ["--max-examples", "5", "--seed", "1"]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{server.url}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {token}"),
            *("--no-color", "--warnings", "off", *bound),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
