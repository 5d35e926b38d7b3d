"""What a short follow-up is searched with, and what is said where nothing is found."""

from dataclasses import replace

import pytest

from chat.core.completion import AnswerContext
from chat.core.events import Delta, Notice
from chat.core.pipeline import answer
from chat.core.ports import AnswerLimits, Model, Retrieved
from chat.core.prompt import PromptPassage
from chat.core.request import ChatRequest, Turn
from chat.providers.search_only import SearchOnly

MODEL = Model("search-only", "excerpts", 100_000, 1_000, {})
PREVIOUS = "How is the discount computed?"
HISTORY = (Turn("user", PREVIOUS), Turn("assistant", "So."))


class Index:
    """A Retriever that finds one passage for questions that hold a word."""

    def __init__(self, word, match_reason="words", has_terms=True):
        self.word = word
        passage = PromptPassage("shop/prices.py", 1, 2, "def f(): ...", match_reason=match_reason)
        self.found = Retrieved((passage,), "c0ffee", "words", "a/b", has_terms=has_terms)
        self.questions = []

    async def retrieve(self, question, limit):
        self.questions.append(question)
        yield self.found if self.word in question else replace(self.found, passages=())


async def events_of(index, question, history=HISTORY):
    request = ChatRequest("a/b", (Turn("user", question),))
    context = AnswerContext(request, history, index, SearchOnly(), MODEL, AnswerLimits())
    return [event async for event in answer(context)]


async def test_a_follow_up_whose_words_stand_nowhere_is_not_answered_with_the_excerpts_before():
    index = Index("discount")
    events = await events_of(index, "asdfgh qwertz")
    assert index.questions[-1] == "asdfgh qwertz"
    text = "".join(event.text for event in events if isinstance(event, Delta))
    assert "shop/prices.py" not in text
    assert text.count("Nothing in this repository matches") == 1
    assert "nothing_found" not in [event.code for event in events if isinstance(event, Notice)]


async def test_words_alone_count_and_not_that_something_is_always_nearest():
    index = Index("", match_reason="meaning")
    await events_of(index, "asdfgh qwertz")
    assert index.questions[-1] == "asdfgh qwertz"


@pytest.mark.parametrize(
    "index", [Index("called"), Index("discount", has_terms=False)], ids=["its words", "no words"]
)
async def test_other_short_follow_ups_are_searched_with_the_question_before(index):
    await events_of(index, "and where is it called?")
    assert index.questions[-1] == f"and where is it called?\n{PREVIOUS}"
