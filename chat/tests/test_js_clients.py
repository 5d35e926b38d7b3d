"""What OpenAI's clients call, with the official client in JavaScript and the one that chat front
ends are made of; and the snippet of the documentation."""

import re
from pathlib import Path

import pytest

from deepwiki.accounts.models import ApiToken
from deepwiki.testing import js_packages
from repos.models import Repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.integration]
MODEL = "deepwiki/shop/pocket"
CITING = "fake?text=See `shop/prices.py:L16-L18` and `shop/prices.py:L90-L99`."
TEXT = "See `shop/prices.py:L16-L18` and `shop/prices.py:L90-L99`."
PLACE = "shop/prices.py:L16-L18"
PROGRAMS = Path(__file__).resolve().parents[2] / "docs" / "programs.md"


@pytest.fixture
def environment(start, public_repository, alice):
    if not js_packages.are_installed():
        pytest.skip(js_packages.MISSING)
    Repository.objects.update(name="shop/pocket")
    live = start(CITING)
    token = ApiToken.issue(alice)[1]
    return {"DEEPWIKI_SERVER": live.url, "DEEPWIKI_TOKEN": token, "DEEPWIKI_MODEL": MODEL}


def test_openais_own_client_gets_models_answers_streams_and_errors(environment):
    told = js_packages.run("openai.mjs", **environment)
    assert told["models"] == [MODEL, f"{MODEL}:research"]
    text = told["whole"]["message"]["content"]
    assert text.startswith(TEXT) and told["whole"]["finish_reason"] == "stop"
    assert told["usage"]["completion_tokens"] > 0
    [annotation] = told["whole"]["message"]["annotations"]
    cited = annotation["url_citation"]
    assert text[cited["start_index"] : cited["end_index"]] == f"[{PLACE}]({cited['url']})"
    assert told["streamed"]["text"] == told["helped"] == text
    assert told["streamed"]["usage"]["total_tokens"] > 0
    assert [one["url_citation"]["title"] for one in told["streamed"]["annotations"]] == [PLACE]
    assert told["response"]["text"] == told["final"] == text
    assert told["response"]["content"][0]["annotations"][0]["type"] == "url_citation"
    assert told["events"][0] == "response.created"
    assert told["events"][-1] == "response.completed"
    refused = told["refused"]
    assert refused["model"][:2] == ["NotFoundError", 404]
    assert refused["token"][:3] == ["AuthenticationError", 401, "invalid_api_key"]
    assert refused["body"][:2] == ["BadRequestError", 400] and "message" in refused["body"][3]


def test_the_client_of_chat_front_ends_answers_and_goes_on_in_a_chat(environment, model):
    told = js_packages.run("ai_sdk.mjs", **environment)
    assert told["whole"]["text"].startswith(TEXT)
    assert told["streamed"]["text"] == told["whole"]["text"]
    for answer in (told["whole"], told["streamed"]):
        assert answer["reason"] == "stop"
        assert answer["usage"]["outputTokens"] > 0
    name, status, message = told["refused"]
    assert (name, status) == ("AI_APICallError", 404) and "deepwiki/owner/repo" in message
    [*_, last] = model.requests
    assert "And above that?" in str(last["messages"])


def test_the_snippet_of_the_documentation_prints_an_answer(environment):
    snippet = re.search(r"```js\n(.+?)```", PROGRAMS.read_text("utf-8"), re.DOTALL)[1]
    snippet = snippet.replace("https://deepwiki.example", environment["DEEPWIKI_SERVER"])
    snippet = snippet.replace("dw_…", environment["DEEPWIKI_TOKEN"])
    snippet = snippet.replace("deepwiki/pallets/flask", MODEL)
    assert js_packages.run_text(snippet).startswith(TEXT)
