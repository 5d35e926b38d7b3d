"""What OpenAI's clients call, with the official client over HTTP to a real server."""

import openai
import pytest

from chat.models import Conversation, Message
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async
from repos.models import Repository

pytestmark = pytest.mark.django_db(transaction=True)
MODEL = "deepwiki/shop/pocket"
ASKED = [{"role": "user", "content": "How is the discount computed?"}]
CITING = "fake?text=See `shop/prices.py:L16-L18` and `shop/prices.py:L90-L99`."
PLACE = "shop/prices.py:L16-L18"


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


@pytest.fixture
def pocket(public_repository):
    Repository.objects.update(name="shop/pocket")
    return public_repository


@pytest.fixture
async def client(start, pocket, token):
    live = start(CITING)
    async with openai.AsyncOpenAI(api_key=token, base_url=f"{live.url}/v1", max_retries=0) as made:
        yield made


def cited(text, annotation):
    return text[annotation.start_index : annotation.end_index]


async def test_repositories_are_models(client):
    names = [model.id async for model in client.models.list()]
    assert names == [MODEL, f"{MODEL}:research"]
    assert (await client.models.retrieve(MODEL)).owned_by == "deepwiki"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("deepwiki/shop/nothing")


async def test_a_completion_cites_lines_and_tells_its_usage(client):
    answer = await client.chat.completions.create(model=MODEL, messages=ASKED)
    message = answer.choices[0].message
    assert message.content.startswith("See `shop/prices.py:L16-L18`")
    [annotation] = message.annotations  # the lines that do not exist are left out
    assert (
        cited(message.content, annotation.url_citation)
        == f"[{PLACE}]({annotation.url_citation.url})"
    )
    assert annotation.url_citation.url.startswith("https://github.com/shop/pocket/blob/")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens > 0
    assert answer.model == MODEL


async def test_a_streamed_completion_is_the_same(client):
    text, reasons, usages, annotations = "", [], [], []
    stream = await client.chat.completions.create(
        model=MODEL, messages=ASKED, stream=True, stream_options={"include_usage": True}
    )
    async for chunk in stream:
        usages += [chunk.usage] if chunk.usage else []
        for choice in chunk.choices:
            text += choice.delta.content or ""
            annotations += getattr(choice.delta, "annotations", None) or []
            reasons += [choice.finish_reason] if choice.finish_reason else []
    whole = await client.chat.completions.create(model=MODEL, messages=ASKED)
    assert text == whole.choices[0].message.content
    assert reasons == ["stop"]
    assert [usage.completion_tokens > 0 for usage in usages] == [True]
    assert [one["url_citation"]["title"] for one in annotations] == [PLACE]


async def test_responses_are_answered_whole_and_streamed(client):
    whole = await client.responses.create(model=MODEL, input="How is the discount computed?")
    assert whole.status == "completed"
    [annotation] = whole.output[0].content[0].annotations
    assert cited(whole.output_text, annotation).startswith(f"[{PLACE}](https://github.com/")
    assert whole.usage.output_tokens > 0
    async with client.responses.stream(model=MODEL, input=ASKED) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    assert final.output_text == whole.output_text
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[-1] == "response.completed"
    assert "response.output_text.delta" in kinds


async def test_a_chat_goes_on_in_one_conversation(client):
    first = await client.chat.completions.create(model=MODEL, messages=ASKED)
    answer = {"role": "assistant", "content": first.choices[0].message.content}
    more = [*ASKED, answer, {"role": "user", "content": "And above that?"}]
    await client.chat.completions.create(model=MODEL, messages=more)
    assert await in_thread(Conversation.objects.count) == 1
    assert await in_thread(Message.objects.count) == 4


async def test_a_repository_is_named_by_a_field_or_by_its_address_as_well(client, pocket):
    for name, extra in (
        ("deepwiki", {"repository": "shop/pocket"}),
        ("deepwiki:quick", {"repository": str(pocket.pk)}),
        ("deepwiki/https://github.com/shop/pocket", {}),
    ):
        answer = await client.chat.completions.create(
            model=name, messages=ASKED, extra_body={**extra, "language": "es"}
        )
        assert PLACE in answer.choices[0].message.content


async def test_a_name_may_ask_for_research(client, model):
    await client.chat.completions.create(model=f"{MODEL}:research", messages=ASKED)
    assert await in_thread(lambda: Message.objects.get(role="assistant").stages)


async def test_parts_of_text_are_read(client, model):
    parts = [{"type": "text", "text": "How is"}, {"type": "text", "text": "it computed?"}]
    await client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": parts}])
    question = await in_thread(lambda: Message.objects.get(role="user").content)
    assert question == "How is\nit computed?"


async def test_an_answer_ends_when_its_client_leaves(client, model):
    model.default = "fake?tokens=50&hold=1"
    stream = await client.chat.completions.create(model=MODEL, messages=ASKED, stream=True)
    async for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    await stream.close()
    answers = Message.objects.filter(role="assistant")
    await wait_until_async(lambda: in_thread(answers.filter(state="stopped").exists))
    model.release()


async def test_trouble_in_the_middle_is_raised_by_the_client(client, model):
    model.default = "fake?tokens=9&fault=mid"
    stream = await client.chat.completions.create(model=MODEL, messages=ASKED, stream=True)
    with pytest.raises(openai.APIError):
        async for _ in stream:
            pass
    model.default = "fake?fault=401"
    with pytest.raises(openai.APIStatusError) as raised:
        await client.chat.completions.create(model=MODEL, messages=ASKED)
    assert raised.value.status_code == 502
