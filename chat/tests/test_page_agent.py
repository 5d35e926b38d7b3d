"""An answer of an agent on the page, from the choice in the composer to its sources, in a real Chromium."""

import pytest

from chat.models import Message
from chat.testing.tool_script import call, model_name, turn
from chat.tests.test_accessibility import LOOKS, check
from deepwiki.testing.page import ask, begin, finished
from deepwiki.testing.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PRICES = "shop/prices.py"
STEPS = ".answer:last-child .steps"
PLAY = (
    turn(call("read_file", path=PRICES, start=1, end=18), call("grep", pattern="discount")),
    turn(call("read_file", path="shop/none.py"), call("find_callers", symbol="apply_discount")),
    turn(text=f"<answer>\nTen percent: `{PRICES}:L16-L18`, `shop/none.py:L1`."),
)


def ask_agent(page, live, repository):
    begin(page, live, repository)
    page.select_option("#mode", "agent")
    ask(page, "Why is the discount what it is?")


def steps_of(page):
    return page.locator(f"{STEPS} [data-part=step-text]").all_inner_texts()


def test_an_agent_tells_what_it_looks_at_and_where_its_answer_comes_from(
    start, open_page, repository
):
    live = start(model_name(*PLAY))
    page = open_page(live)
    ask_agent(page, live, repository)
    assert finished(page).startswith("Ten percent: prices.py 16–18")
    assert page.inner_text(f"{STEPS} > summary").startswith("Looked at 5 files in 5 steps, ")
    page.click(f"{STEPS} > summary")
    told = steps_of(page)
    assert told[0].startswith("searched with your question: ")
    assert told[1] == "read shop/prices.py 1-18"
    assert told[3] == "looked for shop/none.py, which is not there"
    assert page.locator(f"{STEPS} >> text=failed").filter(visible=True).count() == 0
    assert page.inner_text(".sources .figures >> nth=0").startswith("Cited 2 · Read ")
    page.reload()
    page.click(f"{STEPS} > summary")
    assert steps_of(page) == told
    assert page.locator(f"{STEPS} >> text=failed").filter(visible=True).count() == 0


@pytest.fixture
def looking(start, open_page, repository, model):
    """A page whose agent has made the calls of its first turn and waits for its next one."""
    live = start(model_name(*PLAY, hold=1))
    page = open_page(live)
    ask_agent(page, live, repository)
    model.release()
    page.wait_for_selector(f"{STEPS} li[data-state=done] >> nth=2")
    return page


def test_stop_beside_the_steps_ends_an_agent_also_after_a_reload(looking, model):
    page = looking
    stop = page.locator(".steps-line > [data-action=stop]")
    assert stop.is_visible()
    page.reload()
    stop.click()
    finished(page, "stopped")
    assert stop.is_hidden()
    wait_until(lambda: model.closed == 1)
    assert page.locator(f"{STEPS} li[data-state=running]").count() == 0
    assert "You stopped this answer." in page.inner_text(".answer")
    page.wait_for_selector(".sources:not([hidden]) >> text=Read")


def test_a_reload_while_an_agent_looks_around_keeps_its_steps(looking, model):
    page = looking
    before = steps_of(page)
    page.reload()
    page.wait_for_selector(f"{STEPS}[data-live] li[data-state=done] >> nth=2")
    assert steps_of(page) == before
    model.release(2)
    finished(page)
    assert Message.objects.get(role="assistant").state == "complete"
    page.click(f"{STEPS} > summary")
    assert steps_of(page)[:3] == before and len(steps_of(page)) == 5


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_open_steps_groups_and_the_pane_follow_the_rules(start, open_page, repository, look):
    live = start(model_name(*PLAY))
    page = open_page(live, **look)
    ask_agent(page, live, repository)
    finished(page)
    page.wait_for_selector(".source-group", state="attached")
    page.evaluate("for (const e of document.querySelectorAll('.answer details')) e.open = true")
    check(page, "an agent's answer")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click(f"{STEPS} a.step-place >> nth=0")
    page.wait_for_selector("#pane .marked")
    check(page, "beside it a place of a step")
