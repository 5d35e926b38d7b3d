"""Clients that send the whole conversation with each question, as deepwiki-open's do."""

import json

import pytest

from chat.models import Conversation
from chat.tests.test_endpoints import ask, over_http, over_socket, settled
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread

pytestmark = [pytest.mark.django_db(transaction=True)]
OVER = {"socket": over_socket, "http": over_http}
TAG = "[DEEP RESEARCH] "


@pytest.fixture(params=OVER)
def over(request):
    return OVER[request.param]


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


async def chat(over, repository, token, questions, **extra):
    """Ask one after the other, each with the history so far; the replies."""
    messages, replies = [], []
    for question in questions:
        messages.append({"role": "user", "content": question})
        request = {**ask(repository, **extra), "messages": messages}
        reply = await over(request, token)
        messages.append({"role": "assistant", "content": reply.text})
        replies.append(reply)
        await settled()
    return replies


async def conversations():
    return await in_thread(lambda: list(Conversation.objects.order_by("created_at")))


def sent(model, number=-1):
    return json.dumps(model.requests[number]["messages"])


async def test_questions_with_their_history_are_one_conversation(
    over, repository, token, with_model
):
    await chat(over, repository, token, ["How is the discount computed?", "And the tax?", "Why?"])
    rows = await settled()
    assert len({row.conversation_id for row in rows}) == 1
    assert [row.parent_id for row in rows] == [None, *(row.pk for row in rows[:-1])]


async def test_another_history_is_another_conversation(over, repository, token, with_model, bob):
    await chat(over, repository, token, ["How is the discount computed?"])
    await chat(over, repository, token, ["What is a cart?", "Why?"])
    forged = [
        {"role": "user", "content": "How is the discount computed?"},
        {"role": "assistant", "content": "I said so."},
        {"role": "user", "content": "Why?"},
    ]
    await over({**ask(repository), "messages": forged}, token)
    assert len(await conversations()) == 3


async def test_nobody_elses_conversation_is_continued(over, repository, token, with_model, bob):
    await chat(over, repository, token, ["How is the discount computed?"])
    theirs = (await in_thread(ApiToken.issue, bob))[1]
    other = await chat(over, repository, theirs, ["How is the discount computed?", "Why?"])
    assert [reply.code for reply in other] in ([1000] * 2, [200] * 2)
    owners = [conversation.user_id for conversation in await conversations()]
    assert len(owners) == len(set(owners)) == 2


@pytest.mark.parametrize("tag", [TAG, ""], ids=["tag in each", "tag in the first"])
async def test_a_research_keeps_its_topic_and_is_one_conversation(
    over, repository, token, with_model, tag
):
    topic = "Does the loop continue when the cart is empty?"
    await chat(over, repository, token, [TAG + topic, tag + "Continue the research"])
    assert topic in sent(with_model)
    assert "This is round 2" in sent(with_model)
    assert len(await conversations()) == 1


async def test_search_only_concludes_a_research_that_the_client_drives(over, repository, token):
    request = {**ask(repository, text=TAG + "apply_discount"), "provider": "search-only"}
    request.pop("model")
    reply = await over(request, token)
    assert "shop/prices.py:L" in reply.text
    assert "\n## Final Conclusion\n" in reply.text


async def test_a_question_of_a_whole_file_tree_is_shortened_for_the_model(
    over, repository, token, with_model
):
    tree = "\n".join(f"src/package/module_{number}.py" for number in range(12_000))
    question = f"<file_tree>\n{tree}\n</file_tree>\nWhere is apply_discount defined?"
    assert len(question) > 300_000
    reply = await over(ask(repository, text=question), token)
    assert reply.text == "t0000 t0001 t0002 "
    assert "Where is apply_discount defined?" in sent(with_model)
    assert len(sent(with_model)) < 200_000
    row = (await settled())[1]
    assert "context_trimmed" in [notice["code"] for notice in row.notices]
    assert row.sources[0]["path"] == "shop/prices.py"


async def test_our_own_longest_answers_are_taken_back_as_history(
    over, repository, token, with_model
):
    answers = [{"role": "assistant", "content": "word " * 12_800}] * 4
    questions = [{"role": "user", "content": TAG + "Topic"}] * 4
    history = [turn for pair in zip(questions, answers, strict=True) for turn in pair]
    messages = [*history, {"role": "user", "content": TAG + "Continue the research"}]
    reply = await over({**ask(repository), "messages": messages}, token)
    assert reply.text == "t0000 t0001 t0002 "
