"""Parts of the page that load themselves anew take nothing from a reader's hands; in a real Chromium."""

from urllib.parse import quote

import pytest

from chat.models import Conversation
from deepwiki.testing.page import ask, begin, finished
from repos.models import IndexJob

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHANGED = "document.body.dispatchEvent(new Event('conversations-changed'))"


@pytest.fixture
def conversations(repository, alice):
    return [
        Conversation.objects.create(user=alice, repository=repository, title=f"about {number}")
        for number in range(40)
    ]


@pytest.fixture
def job(repository, alice):
    """A job that runs: the page asks for its state each second."""
    return IndexJob.objects.create(
        repository=repository, requested_by=alice, state=IndexJob.State.RUNNING, stage="embed"
    )


def reload_rail(page):
    with page.expect_response("**/parts/rail*"):
        page.evaluate(CHANGED)


def test_a_rail_that_is_loaded_anew_keeps_an_open_menu_and_a_title_half_typed(
    start, open_page, repository
):
    live = start("fake?tokens=3")
    page = begin(open_page(live), live, repository)
    ask(page, "How?")
    finished(page)
    page.click(".item summary")
    page.click(".item [data-action=rename]")
    page.fill(".item input[name=title]", "Half a ti")
    with page.expect_response("**/parts/rail"):
        page.evaluate("document.body.dispatchEvent(new Event('conversations-changed'))")
    page.wait_for_selector("#rail[data-postponed]", state="attached")
    assert page.input_value(".item input[name=title]") == "Half a ti"
    with page.expect_response("**/parts/rail"):
        page.keyboard.press("Escape")
    page.wait_for_selector("#rail:not([data-postponed])", state="attached")


def test_a_click_that_began_before_a_part_is_loaded_anew_counts(start, open_page, repository, job):
    live = start()
    page = begin(open_page(live), live, repository)
    box = page.locator("#job-cancel").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_selector("#status[data-postponed]", state="attached")
    with page.expect_request("**/job/cancel*"):
        page.mouse.up()
    page.wait_for_selector("#status:not([data-postponed])", state="attached")


def test_focus_and_place_in_the_list_stay_when_it_is_loaded_anew(
    start, open_page, repository, conversations
):
    live = start()
    page = begin(open_page(live), live, repository)
    page.focus(f"#item-{conversations[0].pk}")
    place = page.evaluate("document.getElementById('rail').scrollTop")
    assert place > 0
    page.evaluate("document.querySelector('#rail .item').dataset.old = ''")
    reload_rail(page)
    page.wait_for_selector("#rail .item[data-old]", state="detached")
    assert page.evaluate("document.activeElement.id") == f"item-{conversations[0].pk}"
    assert page.evaluate("document.getElementById('rail').scrollTop") == place


def test_found_and_archived_conversations_stay_listed(start, open_page, repository, conversations):
    Conversation.objects.filter(title="about 7").update(archived=True)
    live = start()
    page = begin(open_page(live), live, repository)
    page.click("#rail-menu summary")
    page.click("#rail-menu >> text=Archive")
    page.wait_for_selector("#rail h2:has-text('Archive')")
    reload_rail(page)
    assert_only(page, "about 7")
    page.click("#rail h2 >> text=Close")
    page.wait_for_selector("#rail .item >> text=about 39")
    page.type("#search-history", "about 12")
    page.wait_for_selector("#rail .item >> text=about 39", state="detached")
    reload_rail(page)
    assert_only(page, "about 12")
    page.click(".item summary")
    page.click(".item >> text=Pin")
    page.wait_for_selector(".item details[open]", state="detached")
    assert_only(page, "about 12")


def assert_only(page, title):
    page.wait_for_load_state("networkidle")
    assert page.locator("#rail .item .title").all_inner_texts() == [title]


def test_a_list_from_before_a_deletion_does_not_come_after_it(
    start, open_page, repository, conversations
):
    live = start()
    page = begin(open_page(live), live, repository)
    held = []
    page.route("**/parts/rail*", lambda route: held.append((route, route.fetch())), times=1)
    with page.expect_request("**/parts/rail*"):
        page.evaluate(CHANGED)
    page.click(".item summary >> nth=0")
    page.click(".item >> text=Delete")
    page.wait_for_selector("#rail .item >> text=about 39", state="detached")
    ((route, response),) = held
    with page.expect_request("**/parts/rail*"):
        route.fulfill(response=response)
    page.wait_for_selector("#rail:not([data-postponed])", state="attached")
    assert page.locator("#rail .item >> text=about 39").count() == 0


def test_a_page_whose_repository_became_ready_waits_for_an_open_dialog(
    start, open_page, repository, job
):
    live = start()
    page = begin(open_page(live), live, repository)
    page.wait_for_selector("#status .dot.working")
    page.evaluate("window.marker = 1")
    page.click("[data-action=help]")
    IndexJob.objects.filter(pk=job.pk).update(state=IndexJob.State.DONE)
    page.wait_for_selector("#status .dot.ready", state="attached")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.marker") == 1
    page.keyboard.press("Escape")
    page.wait_for_function("() => window.marker === undefined")


def test_what_is_open_and_scrolled_in_a_growing_block_stays(start, open_page, repository, model):
    words = "word " * 200
    text = f"<details>\n<summary>More</summary>\n\n```\n{words}\n```\n\n{words}\n\n</details>"
    live = start(f"fake?hold=170&text={quote(quote(text))}")
    page = begin(open_page(live), live, repository)
    ask(page, "How?")
    page.click("[data-part=body] summary")
    page.wait_for_selector("[data-part=body] details[open] pre")
    page.evaluate("document.querySelector('[data-part=body] pre').scrollLeft = 40")
    model.release()
    finished(page)
    page.wait_for_selector("[data-part=body] details[open] .code")
    assert page.evaluate("document.querySelector('[data-part=body] pre').scrollLeft") == 40
    assert page.evaluate("document.activeElement.tagName") in ("SUMMARY", "TEXTAREA")


def test_a_click_that_began_in_a_growing_block_counts(start, open_page, repository, model):
    path = "shop/prices.py"
    text = f"See `{path}:L1-L2`, " + "and so on, " * 60 + "to the end."
    live = start(f"fake?hold=40&text={quote(quote(text))}")
    page = begin(open_page(live), live, repository)
    ask(page, "How?")
    box = page.wait_for_selector("[data-part=body] a.cite").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    model.release()
    page.wait_for_selector(".answer[data-state=complete]")
    page.mouse.up()
    page.wait_for_selector("#pane:visible")
    page.wait_for_selector("text=to the end.")
