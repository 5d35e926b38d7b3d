"""Answers that end at the model's limit, and reasoning: what is stored, cached, sent back."""

import json

import pytest
from django.core.cache import cache
from django.test import AsyncClient

from chat.core.completion import AnswerContext
from chat.core.errors import CutOff
from chat.core.events import Delta, Done, Notice, Status
from chat.core.pipeline import AnswerLimits, Model, Retrieved, Text, answer
from chat.core.ports import LengthLimit, Thinking
from chat.core.prompt import PromptPassage
from chat.core.request import ChatRequest, Turn
from chat.core.usage_meter import UsageMeter
from chat.models import Message
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread

MODEL = Model("p", "m", 8_000, 1_000, {})


class Shelf:
    """A Retriever of one passage."""

    async def retrieve(self, question, limit):
        yield Retrieved((PromptPassage("a.py", 1, 2, "x = 1"),), "c0ffee", "words", "a/b")


class Script:
    """A Provider that answers each call with its next list of pieces."""

    is_generative = True

    def __init__(self, *answers):
        self.answers = list(answers)
        self.prompts = []

    async def stream(self, prompt, model):
        self.prompts.append(prompt)
        for piece in self.answers.pop(0):
            yield piece


async def events(provider, history=(), limits=AnswerLimits(), meter=None, **kwargs):
    request = ChatRequest("a/b", (Turn("user", "How does it work?"),), **kwargs)
    meter = meter or UsageMeter()
    context = AnswerContext(request, history, Shelf(), provider, MODEL, limits, meter)
    return [event async for event in answer(context)]


def codes(found):
    return [event.code for event in found if isinstance(event, Notice)]


async def test_a_round_of_research_that_is_cut_makes_the_whole_answer_partial():
    plan = [Text("## Research Plan\n## Next Steps\nlook at b"), LengthLimit()]
    end = [Text("## Final Conclusion\ndone")]
    found = await events(Script(plan, end), deep_research=True)
    assert "length_limit" in codes(found)
    assert found[-1] == Done("partial")


async def test_an_answer_that_was_not_cut_says_nothing_of_its_end():
    found = await events(Script([Text("all of it")]))
    assert codes(found) == []
    assert not any(isinstance(event, Done) for event in found)


async def test_thinking_is_told_with_its_seconds_and_not_for_each_thought():
    found = await events(Script([*[Thinking()] * 500, Text("x")]))
    thinking = [event for event in found if isinstance(event, Status) and event.done is not None]
    assert [(event.stage, event.done) for event in thinking] == [("thinking", 0)]
    assert thinking[0].message == "Thinking… 0 s"


async def test_thinking_after_the_first_word_is_not_told():
    found = await events(Script([Text("x"), Thinking(), Text("y")]))
    after = found[next(n for n, event in enumerate(found) if isinstance(event, Delta)) :]
    assert not any(isinstance(event, Status) for event in after)


async def test_the_reasoning_of_earlier_answers_is_not_sent_back():
    history = (
        Turn("user", "<think>mine</think> one"),
        Turn("assistant", "<think>\nhm, secret\n</think>\n\nThe answer."),
        Turn("assistant", "<think>only</think>"),
    )
    provider = Script([Text("terms")], [Text("x")])
    await events(provider, history)
    for prompt in provider.prompts:
        sent = [turn.content for turn in prompt.turns]
        assert "The answer." in sent
        assert not any("secret" in text or "only" in text for text in sent)
        assert "<think>mine</think> one" in sent


async def test_all_calls_of_an_answer_share_its_time():
    meter = UsageMeter()
    meter.add_model_seconds(899.9)
    limits = AnswerLimits(seconds=899.9)
    with pytest.raises(CutOff) as caught:
        await events(Script([Text("x"), Text("y")]), limits=limits, meter=meter)
    assert caught.value.reason == "answer_too_long"


# --- at the endpoints ---


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


async def ask(repository, token, model, query=""):
    body = {
        "repo_url": repository.url,
        "type": "local",
        "messages": [{"role": "user", "content": "How is the discount computed?"}],
        "provider": "openai",
        "model": model,
    }
    response = await AsyncClient().post(
        f"/chat/completions/stream{query}",
        data=json.dumps(body),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}", "accept": "text/event-stream"},
    )
    return b"".join([chunk async for chunk in response.streaming_content]).decode()


@pytest.mark.django_db(transaction=True)
async def test_a_cut_answer_is_stored_as_partial_with_its_notice_and_never_cached(
    repository, token, with_model, settings
):
    settings.CACHE_SECONDS = 60
    await in_thread(cache.clear)
    model = "fake?tokens=2&fault=length"
    read = await ask(repository, token, model, "?events=1")
    assert '"code": "length_limit"' in read
    assert '"state": "partial"' in read
    assert "event: error" not in read
    row = await in_thread(Message.objects.get, role="assistant")
    assert (row.state, row.content, row.error) == ("partial", "t0000 t0001 ", "")
    assert [notice["code"] for notice in row.notices] == ["length_limit"]
    again = await ask(repository, token, model, "?events=1")
    assert "from_cache" not in again
    assert len(with_model.requests) == 2
    await in_thread(cache.clear)


@pytest.mark.django_db(transaction=True)
async def test_a_plain_client_can_tell_a_cut_answer_from_a_whole_one(repository, token, with_model):
    text = await ask(repository, token, "fake?tokens=2&fault=length")
    assert text.startswith("t0000 t0001 \n\nError: The answer reached the longest")
    assert await ask(repository, token, "fake?tokens=2&thoughts=3") == "t0000 t0001 "
