"""A person's own conversations: found, put in order, taken along, gone and brought back; never anybody else's."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation, Message
from chat.tasks import tidy
from repos.models import Index

pytestmark = pytest.mark.django_db


def rail(client, **query):
    return client.get("/parts/rail", query).content.decode()


def change(client, conversation, action, **data):
    return client.post(f"/c/{conversation.pk}/{action}", data)


def test_words_are_looked_for_in_titles_and_answers(client, mine):
    mine("How are prices made?", "With `PriceList.total_of`.")
    mine("Where is mail sent?")
    assert "prices made" in rail(client, q="total_of pricelist")
    assert "mail sent" not in rail(client, q="total_of")
    assert "No conversation holds these words" in rail(client, q="zebra")


def test_pinned_ones_come_first_and_archived_ones_apart(client, mine):
    first, second = mine("Question one"), mine("Question two")
    assert "Pinned" in change(client, first, "pin").content.decode()
    change(client, second, "archive")
    assert "Question two" not in rail(client)
    assert "Question two" in rail(client, archived=1)
    change(client, second, "unarchive")
    assert "Question two" in rail(client)
    assert "Pinned" not in change(client, first, "unpin").content.decode()


def test_a_deleted_one_is_gone_at_once_can_be_brought_back_and_is_removed_a_week_later(
    client, mine
):
    conversation = mine("A secret question")
    assert "Undo" in change(client, conversation, "delete").content.decode()
    assert "A secret question" not in rail(client)
    assert client.get(f"/c/{conversation.pk}/").status_code == 404
    assert "A secret question" in change(client, conversation, "restore").content.decode()
    change(client, conversation, "delete")
    tidy(0)
    assert Conversation.objects.count() == 1
    Conversation.objects.update(deleted_at=timezone.now() - timedelta(days=8))
    tidy(0)
    assert Message.objects.count() == 0


def test_a_title_can_be_changed_and_holds_nothing_alive(client, mine):
    conversation = mine("Old title")
    shown = change(client, conversation, "rename", title="  <b>New</b>   title ").content.decode()
    assert "&lt;b&gt;New&lt;/b&gt; title" in shown
    change(client, conversation, "rename", title="   ")
    conversation.refresh_from_db()
    assert conversation.title == "<b>New</b> title"


def test_they_can_be_taken_along_one_by_one_and_all_at_once(client, mine):
    conversation = mine("How are prices made?", "So.")
    text = client.get(f"/c/{conversation.pk}/export.md").content.decode()
    assert text.startswith("# How are prices made?") and "So." in text
    one = json.loads(client.get(f"/c/{conversation.pk}/export.json").content)
    assert [message["content"] for message in one["messages"]] == ["How are prices made?", "So."]
    everything = json.loads(client.get("/conversations.json").content)
    assert everything["conversations"] == [one]


@pytest.mark.parametrize("action", ["pin", "archive", "rename", "delete", "restore"])
def test_nobody_changes_or_exports_somebody_elses(client, mine, bob, action):
    conversation = mine("Mine alone")
    client.force_login(bob)
    assert change(client, conversation, action, title="x").status_code == 404
    assert client.get(f"/c/{conversation.pk}/export.json").status_code == 404
    assert json.loads(client.get("/conversations.json").content) == {"conversations": []}
    assert "Mine alone" not in rail(client, q="Mine")


def test_a_long_conversation_is_a_bounded_number_of_queries(
    client, mine, django_assert_max_num_queries
):
    conversation = mine("Long")
    rows = [conversation.messages.last()]
    for n in range(3, 201):
        role = "user" if n % 2 else "assistant"
        rows.append(
            Message(
                conversation=conversation,
                position=n,
                parent=rows[-1],
                role=role,
                content=f"number {n} `a.py:L1`",
            )
        )
    Message.objects.bulk_create(rows[1:])
    path, seen = f"/c/{conversation.pk}/", []
    with django_assert_max_num_queries(14):
        page = client.get(path).content.decode()
    # The newest are there; scrolling up brings the others, part by part, each once.
    while True:
        seen = re.findall(r"number (\d+)", page) + seen
        more = re.search(r'hx-get="([^"]+before=[^"]+)"', page)
        if more is None:
            break
        with django_assert_max_num_queries(8):
            page = client.get(
                more.group(1).replace("&amp;", "&"), headers={"HX-Request": "true"}
            ).content.decode()
    assert seen == [str(n) for n in range(3, 201)]


def test_a_price_in_the_models_file_is_told_beside_the_answer(
    client, mine, settings, tmp_path, fresh_providers
):
    file = tmp_path / "models.toml"
    file.write_text("""[openai]
label = "Test"
adapter = "openai"
models = [{ id = "m", context = 1000, output = 100, price = [2.0, 8.0] }]
""")
    settings.MODELS_FILE = file
    conversation = mine("How much?")
    Message.objects.filter(role="assistant").update(
        provider="openai",
        model="m",
        usage={"input_tokens": 10_000, "output_tokens": 1_000},
        verified_share=0.5,
    )
    page = client.get(f"/c/{conversation.pk}/").content.decode()
    assert "0.0280" in page and "50 %" in page


def test_an_answer_tells_how_far_the_index_has_gone_on_since(client, mine, repository):
    conversation = mine("How far?")
    Index.objects.update(commit_history=[["c0ffee", 3], ["beef", 11]])
    assert (
        "Answered from commit c0ffee, 14 commits ago"
        in client.get(f"/c/{conversation.pk}/").content.decode()
    )
    Index.objects.update(commit_history=[["c0ffee", 3], ["beef", None]])
    assert (
        "Answered from commit c0ffee; the index has moved on"
        in client.get(f"/c/{conversation.pk}/").content.decode()
    )
    Message.objects.filter(role="assistant").update(commit=repository.current_index.commit)
    assert "Answered from" not in client.get(f"/c/{conversation.pk}/").content.decode()


def test_old_answers_are_taken_along_without_the_reasoning_they_were_stored_with(client, mine):
    conversation = mine("Why?", "<think>Prices\nfirst.</think>\n\nSo: `<think>` stays.")
    answer = conversation.messages.get(role="assistant")
    for path in (
        f"/c/{conversation.pk}/export.md",
        f"/c/{conversation.pk}/export.json",
        f"/c/{conversation.pk}/",
        f"/m/{answer.pk}/answer.md",
        f"/m/{answer.pk}/content.md",
    ):
        shown = client.get(path)
        text = shown.content.decode()
        assert shown.status_code == 200, path
        assert "Prices" not in text, path
        assert "So: " in text, path


def test_a_question_keeps_what_looks_like_reasoning(client, mine):
    conversation = mine("<think>mine</think> Why?")
    assert conversation.messages.get(role="user").content.startswith("<think>mine")
