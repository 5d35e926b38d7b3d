"""Titles of conversations: from the question's words, and by a model in one small call beside the answer."""

import pytest

from chat.core.titles import MAX_CHARS, UNTITLED, checked_title, title_from_words
from chat.models import Conversation, Message
from chat.services import titles
from deepwiki.testing.page import ask, begin, finished

browser_test = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How is the discount computed?", "Discount computed"),
        ("What does apply_discount do?", "apply_discount"),
        ("Where do prices come from, and what is rounded?", "Prices"),
        ("Explain `src/app.py`: who calls it?", "src/app.py"),
        ("Please show me the retry loop of the worker\n\nThanks", "Retry loop of the worker"),
        ("¿Cómo se calcula el descuento?", "Calcula el descuento"),
        ("Как работает очередь?", "Работает очередь"),
        ("価格はどこで計算されますか？ 教えて", "価格はどこで計算されますか"),
        ("how", "How"),
        ("   ", UNTITLED),
        ("[DEEP RESEARCH] How is the index built?", "Index built"),
    ],
)
def test_the_words_of_a_question_make_a_title(question, title):
    assert title_from_words(question) == title


def test_a_long_question_is_cut_between_words():
    title = title_from_words("The discount " + "of a customer " * 40)
    assert len(title) <= MAX_CHARS and title.endswith("…")
    assert len(title_from_words("価格" * 400)) <= MAX_CHARS


@pytest.mark.parametrize(
    ("reply", "title"),
    [
        ("Discount computation", "Discount computation"),
        ('"Discount computation."\n', "Discount computation"),
        ("**Title: Discounts**", "Discounts"),
        ("Title: `apply_discount` rules", "apply_discount rules"),
        ("# Rabatte", "Rabatte"),
        ("折扣如何计算。", "折扣如何计算"),
        ("The discount is computed by\nshop/prices.py", ""),
        ("x" * 200, ""),
        ("see https://example.org", ""),
        ("…", ""),
        ("", ""),
    ],
)
def test_a_reply_that_is_no_title_is_none(reply, title):
    assert checked_title(reply) == title


class TestOnThePage:
    pytestmark = browser_test

    @pytest.fixture
    def asked(self, start, open_page, repository, model):
        def ask_first(title_reply):
            live = start("fake?tokens=3&hold=2", DEEPWIKI_MODEL_TITLES="true")
            page = begin(open_page(live), live, repository)
            ask(page, "How is the discount computed?")
            page.wait_for_selector("text=t0000")
            model.default = title_reply
            model.release()
            finished(page)
            return page

        return ask_first

    def test_a_model_titles_a_conversation_after_its_first_answer(self, asked, model):
        page = asked("fake?text=Discounts%2520and%2520prices")
        page.wait_for_selector("#rail .title >> text=Discounts and prices")
        page.wait_for_function("() => document.title === 'Discounts and prices · DeepWiki'")
        request = model.requests[-1]
        assert "How is the discount computed?" in str(request) and "t0000" in str(request)
        assert request["max_tokens"] <= 120
        assert Message.objects.get(role="assistant").usage["title_tokens"] > 0
        before = len(model.requests)
        ask(page, "And the tax?")
        page.wait_for_selector(".answer[data-state=complete] >> nth=1")
        assert len(model.requests) > before
        assert Conversation.objects.get().title == "Discounts and prices"

    def test_what_a_model_says_instead_of_a_title_is_not_taken(self, asked, model):
        page = asked("fake?text=Line%2520one%250ALine%2520two")
        page.wait_for_function("() => document.querySelector('[hx-get*=\"/title?\"]') === null")
        assert Conversation.objects.get().title == "Discount computed"

    def test_a_failing_model_changes_nothing(self, asked, model):
        asked("fake?fault=500")
        assert Conversation.objects.get().title == "Discount computed"
        assert Message.objects.get(role="assistant").state == "complete"


@pytest.mark.django_db(transaction=True)
def test_a_title_that_a_person_chose_meanwhile_stays(message, alice):
    from chat.core.ports import Tokens
    from chat.services.intake import AcceptedQuestion

    conversation = message.conversation
    Conversation.objects.update(title="Mine")
    accepted = AcceptedQuestion(
        conversation.repository, conversation_id=conversation.pk, answer_id=message.pk
    )
    titles._store(accepted, "How?", "By the model", Tokens(200, 8))
    conversation.refresh_from_db()
    message.refresh_from_db()
    assert conversation.title == "Mine"
    assert message.usage["title_tokens"] == 208
