"""The examples of docs/programs.md for the REST interface, run as they stand, with curl."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from deepwiki.accounts.models import ApiToken, TokenScope

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.integration]
TEXT = (Path(__file__).resolve().parents[2] / "docs" / "programs.md").read_text("utf-8")
REST = TEXT.partition("## REST\n")[2].partition("\n## ")[0]
EXAMPLES = re.findall(r"```sh\n(.+?)```", REST, re.DOTALL)


def test_there_are_examples():
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_gives_what_it_says(live, alice, repository, number):
    type(alice).objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    token = ApiToken.issue(alice, scopes=TokenScope.values)[1]
    server = live()
    command = EXAMPLES[number].replace("https://deepwiki.example", server.url)
    command = command.replace("dw_…", token).replace("REPOSITORY_ID", str(repository.pk))
    done = subprocess.run(
        ["sh", "-c", f"{command.strip()} --silent --show-error --fail-with-body"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) & {"items", "hits", "file", "address", "content", "checks"}


def test_the_check_of_a_signature_in_the_documents_accepts_ours_and_no_other():
    from repos.outgoing.delivery import signature

    source = re.search(r"```python\n(import hashlib.+?)```", TEXT, re.DOTALL).group(1)
    names = {}
    exec(source, names)
    headers = {
        "X-DeepWiki-Timestamp": "7",
        "X-DeepWiki-Signature": signature("secret", "7", b"{}"),
    }
    assert names["is_authentic"]("secret", headers, b"{}")
    assert not names["is_authentic"]("secret", {**headers, "X-DeepWiki-Timestamp": "8"}, b"{}")
    assert not names["is_authentic"]("other", headers, b"{}")
