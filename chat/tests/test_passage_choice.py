"""How many passages an answer rests on: those that fit its room, and people are shown these."""

import pytest

from chat.core.context_budget import PASSAGE_OVERHEAD, estimate
from chat.core.events import Sources
from chat.core.passage_choice import CANDIDATES, EXCERPTS, LEAST_TOKENS, PASSAGE_TOKENS
from chat.core.pipeline import answer
from chat.core.ports import Model, Retrieved
from chat.core.prompt import PromptPassage
from chat.testing.agent_parts import OpenTools, TurnScript, agent_context


class Endless:
    """A Retriever that finds as many passages as it is asked for, and notes how many."""

    limit = 0

    async def retrieve(self, question, limit):
        self.limit = limit
        passages = tuple(PromptPassage(f"f{n}.py", 1, 50, "word " * 240) for n in range(limit))
        yield Retrieved(passages, "c0ffee", "words", "a/b")


async def asked(*, mode="quick", is_generative=True, context=64_000):
    retriever = Endless()
    model = TurnScript([["<answer>\nSo."]], is_generative=is_generative)
    events = answer(
        agent_context(
            model,
            OpenTools(),
            retriever=retriever,
            request={"mode": mode},
            model=Model("p", "m", context, 2_000, {}),
        )
    )
    sources = [event async for event in events if isinstance(event, Sources)]
    return retriever.limit, sources[0].items, model.prompts[0]


def tokens(prompt):
    return sum(
        estimate(one.text) + estimate(one.path) + PASSAGE_OVERHEAD for one in prompt.passages
    )


@pytest.mark.parametrize("mode", ["quick", "agent"])
async def test_the_model_reads_the_best_that_fit_and_people_are_shown_these(mode):
    limit, items, prompt = await asked(mode=mode)
    assert limit == CANDIDATES
    assert len(items) == len(prompt.passages)
    assert tokens(prompt) <= PASSAGE_TOKENS


async def test_without_a_language_model_there_are_as_many_as_people_read():
    limit, items, _ = await asked(is_generative=False)
    assert (limit, len(items)) == (EXCERPTS, EXCERPTS)


async def test_a_small_context_has_room_for_some():
    for context in (16_000, 8_000, 3_000):
        _, items, _ = await asked(context=context)
        assert items
        assert len(items) * 400 <= max(LEAST_TOKENS, context * 2 // 3)
