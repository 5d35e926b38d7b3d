"""The steps of an answer on the page, in a real Chromium, over a real socket."""

import pytest

from chat.core.events import Delta, Html, Step
from chat.testing.scripted_run import ScriptedRun
from deepwiki.testing.page import bring_session, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
READ = "shop/prices.py"
STEPS = ".answer:last-child .steps"
TITLE = f"{STEPS} > summary"


def step(n, state="done", **fields):
    arguments = {"path": READ} if fields.get("tool", "read_file") == "read_file" else {}
    return Step(n, fields.pop("tool", "read_file"), arguments, state, **fields)


def read(n, first=1, last=4):
    return step(
        n,
        summary=f"read `{READ}` {first}-{last}",
        passages=[f"{READ}:L{first}-L{last}"],
        ms=4,
        tokens=80,
    )


def said(text):
    """Words of the answer, rendered: a page that has none of them would load itself anew at the end."""
    return Delta(text), Html(0, f"<p>{text}</p>")


def callers(n):
    return step(
        n,
        tool="find_callers",
        summary="looked for who calls `total_of`: 2 places",
        passages=[f"{READ}:L3-L3", "shop/mail.js:L2-L2"],
        ms=1_240,
    )


@pytest.fixture
def opened(start, open_page, repository, people):
    """A page on which an answer is running, and the run to go on with."""

    runs = []

    def opened(**context):
        live = start()
        run = ScriptedRun(people["alice"], repository)
        runs.append(run)
        page = open_page(live, **context)
        bring_session(page, live)
        page.goto(f"{live.url}/c/{run.conversation.pk}/")
        return page, run

    yield opened
    for run in runs:
        if run.message.finished_at is None:
            run.end("stopped")  # or the server is taken to be busy


def test_steps_grow_and_fold_when_the_answer_begins(opened):
    page, run = opened()
    run.add(step(1, "running"))
    page.wait_for_selector(f"{STEPS}[open] li[data-state=running] >> text=reading shop/prices.py")
    assert "Looking around: 1 step" in page.inner_text(TITLE)
    run.add(read(1), step(2, "running", tool="find_callers"))
    page.wait_for_selector(f"{STEPS} li[data-state=done] >> text=read shop/prices.py 1-4")
    run.add(callers(2))
    page.wait_for_selector(f"{STEPS} li >> text=looked for who calls total_of: 2 places")
    run.add(*said("The total is a sum."))
    page.wait_for_selector(f"{STEPS}:not([open])")
    assert page.inner_text(TITLE).startswith("Looked at 2 files in 2 steps, ")
    run.end()
    assert finished(page) == "The total is a sum."


def test_steps_are_there_after_a_reload_in_the_middle_and_at_the_end(opened):
    page, run = opened()
    run.add(read(1), step(2, "running"))
    page.wait_for_selector(f"{STEPS} li[data-state=running]")
    page.reload()
    page.wait_for_selector(f"{STEPS}[data-live] li[data-state=running]")
    assert page.locator(f"{STEPS} li[data-state]").count() == 2
    run.add(read(2, 5, 9), *said("Done."))
    run.end(usage={"first_token_ms": 8_000})
    finished(page)
    page.reload()
    assert page.inner_text(TITLE) == "Looked at 1 file in 2 steps, 8 s"


def test_what_the_reader_has_opened_or_closed_stays_so(opened):
    page, run = opened()
    run.add(read(1), callers(2))
    page.wait_for_selector(f"{STEPS} li >> nth=1")
    page.focus(TITLE)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.click(f"{STEPS} .places:not([hidden]) summary")
    run.add(callers(2), read(3), *said("So."))
    page.wait_for_selector(f"{STEPS} li >> nth=2")
    page.wait_for_selector("text=Looked at 2 files in 3 steps")
    assert page.locator(f"{STEPS}[open] .places[open] a.cite").count() == 2
    run.end()


def test_a_place_opens_in_the_source_pane_by_mouse_and_keyboard(opened):
    page, run = opened()
    run.add(read(1, 2, 3), callers(2))
    page.click(f"{STEPS} a.step-place")
    page.wait_for_selector(".pane li.marked")
    assert page.locator(".pane li.marked").count() == 2
    page.keyboard.press("n")
    page.wait_for_selector(".pane li[value='3'].marked")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.places > summary')")
    run.add(*said("So."))
    run.end()
    finished(page)
    page.reload()  # folded: the reader was in them
    page.focus(TITLE)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pane li.marked")


def test_a_stopped_answer_says_what_did_not_end(opened):
    page, run = opened()
    run.add(read(1), step(2, "running"))
    page.wait_for_selector(f"{STEPS} li[data-state=running]")
    run.end("stopped")
    finished(page, "stopped")
    assert page.locator(f"{STEPS} li[data-state=failed] >> text=failed").count() == 1
    assert page.inner_text(TITLE).startswith("Looked at 1 file in 2 steps, ")


def test_readers_of_the_screen_hear_of_the_steps_once_at_the_end(opened):
    page, run = opened()
    run.add(read(1))
    page.wait_for_selector(f"{STEPS} li")
    live = "[aria-live], [role=status], [role=alert], [role=log]"
    assert page.locator(STEPS).evaluate(f"e => e.closest('{live}')") is None
    assert page.inner_text("#announce") == ""
    run.add(*said("So."))
    page.wait_for_selector(f"{STEPS}:not([open])")
    assert page.inner_text("#announce") == ""
    run.end()
    finished(page)
    assert "Looked at 1 file in 1 step" in page.inner_text("#announce")


def test_sixty_steps_stay_calm_and_fit_a_phone(opened):
    page, run = opened(viewport={"width": 390, "height": 844})
    long = "src/a/rather/deeply/nested/folder/" + "with_a_long_name" * 8 + ".py"
    run.add(*(step(n, summary=f"read `{long}` 1-{n}") for n in range(1, 61)))
    page.wait_for_selector(f"{STEPS} li >> nth=59")
    assert page.locator(f"{STEPS} li:visible").count() == 6
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click(TITLE)
    page.click(TITLE)
    assert page.locator(f"{STEPS} li:visible").count() == 60
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    run.add(*said("So."))
    run.end()


def test_lines_that_were_read_after_they_were_cited_lose_their_mark_at_the_end(opened):
    page, run = opened()
    place = 'data-path="shop/mail.js" data-start="2" data-end="2"'
    note = '<span class="cite-note" data-note="cite_unread"> not read for this answer</span>'
    run.add(Delta("See `shop/mail.js:L2`."))
    run.add(Html(0, f'<p>See <a class="cite unread" href="#" {place}>mail.js 2{note}</a>.</p>'))
    page.wait_for_selector(".prose .cite.unread")
    cited = {"path": "shop/mail.js", "start": 2, "end": 2, "found": True, "state": "read"}
    run.add(step(1, summary="read `shop/mail.js` 1-3", passages=["shop/mail.js:L1-L3"]))
    run.end(citations=[cited])
    page.wait_for_selector(".source-group", state="attached")
    assert page.locator(".prose .cite.unread, .prose .cite-note").count() == 0
    assert page.locator(".prose a.cite").count() == 1


def test_what_a_step_says_never_comes_alive(opened):
    page, run = opened()
    evil = "<img src=x onerror=alert(1)>`<script>alert(2)</script>`"
    run.add(step(1, summary=evil, passages=["<img src=x>:L1-L2"]), callers(2))
    page.wait_for_selector(f"{STEPS} li >> nth=1")
    assert page.locator(f"{STEPS} img, {STEPS} script").count() == 0
    run.add(*said("So."))
    run.end()
    finished(page)
    page.reload()
    assert page.locator(f"{STEPS} img, {STEPS} script").count() == 0
