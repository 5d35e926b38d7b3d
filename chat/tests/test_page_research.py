"""The rounds of a Deep Research on one line that stays in view; in a real Chromium."""

from urllib.parse import quote

import pytest

from chat.core.research_rounds import ResearchRound
from deepwiki.testing.page import ask, begin, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STEPS = "## Next Steps\n1. Look at **how** `total_of` [rounds](https://x.org/a)\n- the _tax_\n"
LONG = "word\n\n" * 60


@pytest.mark.parametrize(
    ("missing", "aim"),
    [
        (
            "1. Look at **how** `total_of` [rounds](https://x.org/a).\n- [ ] the _tax_:\n\n### And more",
            "Look at how total_of rounds; the tax; And more",
        ),
        ("snake_case_name and __init__ stay", "snake_case_name and init stay"),
        ("", "the topic"),
    ],
)
def test_what_a_round_looks_for_is_told_without_markdown(missing, aim):
    assert ResearchRound(2, "update", "the *topic*", missing).summary == aim


def test_the_line_stays_in_view_with_the_time_and_stops_the_answer(
    start, open_page, repository, model
):
    live = start(f"fake?text={quote(quote(LONG + STEPS))}&hold=40")
    page = begin(open_page(live), live, repository)
    page.select_option("#mode", "research")
    ask(page, "How does the shop work?")
    model.release(2)  # the plan, and a round: what it says is shown once it calls nothing
    page.wait_for_selector(".stages button:has-text('Update 2')")
    page.wait_for_function(
        "() => /^\\d+:\\d\\d$/.test(document.querySelector('.elapsed').textContent)"
    )
    page.click(".stages button:has-text('Plan')")
    page.evaluate("document.getElementById('main').scrollTo(0, 400)")
    top = page.locator("#main").bounding_box()["y"]
    assert abs(page.locator(".stepper").bounding_box()["y"] - top) < 2
    page.click(".stepper [data-action=stop]")
    page.wait_for_selector(".answer[data-state=stopped]")
    assert page.locator(".stepper [data-action=stop]").is_hidden()
    assert page.inner_text(".elapsed") == ""


def test_each_round_tells_what_it_looked_for(start, open_page, repository):
    live = start(f"fake?text={quote(quote(STEPS))}")
    page = begin(open_page(live), live, repository)
    page.select_option("#mode", "research")
    ask(page, "How does the shop work?")
    finished(page)
    for _ in range(2):  # live, and after a reload
        page.click(".stages button:has-text('Update 2')")
        aim = page.inner_text("[data-part=stage-topic]")
        assert aim.startswith("Look at how total_of rounds; the tax ·")
        box = page.locator(".stepper").bounding_box()
        assert box["height"] < 48, "it is more than one line"
        page.reload()
        finished(page)
