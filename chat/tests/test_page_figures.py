"""Figures of the pages in a real Chromium, printed with `-s`: bytes and shifts are bounds, times are told.

`docs/figures.md` has them from an idle machine.
"""

import statistics
import sys
from urllib.parse import urljoin

import pytest

from deepwiki.testing.page import ask, begin, bring_session, finished, loaded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_FONT_BYTES = 90_000
MOST_SHIFT = 0.02
TRIES = 5
OBSERVED = """
window.shifts = []; window.tasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.tasks.push(entry.duration);
}).observe({ type: "longtask", buffered: true });
"""
SHIFT = "window.shifts.reduce((sum, value) => sum + value, 0)"
FONTS = """performance.getEntriesByType("resource")
  .filter((entry) => entry.name.includes(".woff2")).map((entry) => [entry.name, entry.encodedBodySize])"""
UNTIL_ASKED = """(text) => new Promise((resolve) => {
  const field = document.getElementById("question");
  const count = document.querySelectorAll(".question").length;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const begun = performance.now();
  new MutationObserver((_, observer) => {
    if (document.querySelectorAll(".question").length === count) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - begun));
  }).observe(document.getElementById("thread"), { childList: true, subtree: true });
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
})"""


def show(name, value):
    sys.stdout.write(f"\n{name}: {value}\n")


@pytest.fixture
def opened(start, open_page):
    """Opens a path as alice in a browser that observes shifts and long tasks."""

    def opened(path, **options):
        live = start("fake?tokens=200")
        page = open_page(live, **options)
        page.add_init_script(OBSERVED)
        bring_session(page, live)
        page.goto(live.url + path)
        loaded(page)
        return page

    return opened


@pytest.mark.parametrize("locale", ["en-US", "ru-RU", "vi-VN", "zh-CN"])
def test_the_fonts_of_a_first_visit_are_few(opened, long_conversation, locale):
    page = opened(f"/c/{long_conversation.pk}/", locale=locale)
    page.evaluate("document.fonts.ready.then(() => true)")
    sizes = page.evaluate(FONTS)
    show(f"fonts of a conversation, {locale}", sum(size for _, size in sizes))
    assert sizes
    assert sum(size for _, size in sizes) <= MOST_FONT_BYTES


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_pages_do_not_shift(opened, long_conversation, repository, width):
    thread = f"/c/{long_conversation.pk}/"
    page = opened(thread, viewport={"width": width, "height": 900})
    page.evaluate("document.fonts.ready.then(() => true)")
    show(f"shift at {width} px of a first visit, {thread[:3]}", round(page.evaluate(SHIFT), 4))
    # From here on the fonts are in the browser's cache: when they come is no chance of the machine.
    paths = ("/", f"/r/{repository.pk}/", f"/r/{repository.pk}/about", thread)
    for path in (*paths, f"/r/{repository.pk}/code/shop/prices.py"):
        page.goto(urljoin(page.url, path))
        loaded(page)
        page.wait_for_load_state("networkidle")
        shift = page.evaluate(SHIFT)
        show(f"shift at {width} px, {path[:3]}…{path[-8:]}", round(shift, 4))
        assert shift <= MOST_SHIFT, path


def test_fonts_that_come_late_move_no_text(start, open_page, long_conversation):
    live = start()
    page = open_page(live, viewport={"width": 390, "height": 900})
    page.add_init_script(OBSERVED)
    bring_session(page, live)
    held = []
    page.route("**/*.woff2", lambda route: held.append(route))
    page.goto(f"{live.url}/c/{long_conversation.pk}/", wait_until="domcontentloaded")
    page.wait_for_selector(".question")
    page.wait_for_function("() => performance.getEntriesByType('paint').length > 0")
    assert held
    while held:
        held.pop().continue_()
    page.unroute("**/*.woff2")
    page.wait_for_load_state()
    loaded(page)
    page.evaluate("document.fonts.ready.then(() => true)")
    shift = page.evaluate(SHIFT)
    show("shift of a first visit whose fonts come late", round(shift, 4))
    assert shift <= MOST_SHIFT


def test_an_answer_does_not_shift_while_it_streams(start, open_page, repository):
    live = start("fake?tokens=400&delay_ms=8")  # as fast as models write
    page = open_page(live)
    page.add_init_script(OBSERVED)
    begin(page, live, repository)
    loaded(page)
    ask(page, "How is the discount computed?")
    finished(page)
    shift = page.evaluate(SHIFT)
    show("shift of an answer that streams", round(shift, 4))
    assert shift <= MOST_SHIFT


def test_a_question_stands_in_the_thread_at_once(opened, repository):
    page = opened(f"/r/{repository.pk}/")
    times = []
    for number in range(TRIES):
        times.append(page.evaluate(UNTIL_ASKED, f"Question number {number}?"))
        page.wait_for_function(
            "(n) => document.querySelectorAll('.answer[data-state=complete]').length === n",
            arg=number + 1,
        )
        loaded(page)
    show(
        "from Enter until the question stands in the thread, ms", round(statistics.median(times), 1)
    )
    assert len(times) == TRIES


def test_earlier_turns_are_loaded_in_short_tasks(opened, long_conversation):
    page = opened(f"/c/{long_conversation.pk}/")
    longest = []
    for _ in range(TRIES):
        page.evaluate("window.tasks = []")
        before = page.locator(".question").count()
        page.evaluate("document.getElementById('main').scrollTop = 0")
        page.wait_for_function(
            "(n) => document.querySelectorAll('.question').length > n", arg=before
        )
        loaded(page)
        longest.append(max(page.evaluate("window.tasks"), default=0))
        assert page.locator(".question").count() == 2 * before
        page.reload()
        loaded(page)
    show("longest task while earlier turns load, ms", round(statistics.median(longest)))
