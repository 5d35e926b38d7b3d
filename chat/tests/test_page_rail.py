"""The list of conversations in use: menus, titles changed in place, several chosen; in a real Chromium."""

import pytest

from chat.models import Conversation, Message
from deepwiki.testing.page import begin, loaded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHOLE = """() => {
  const list = document.getElementById('rail').getBoundingClientRect();
  return [...document.querySelectorAll('#rail .item')].filter((item) => {
    const { top, bottom } = item.getBoundingClientRect();
    return top >= list.top && bottom <= list.bottom;
  }).length;
}"""


@pytest.fixture
def conversations(repository, alice):
    return [
        Conversation.objects.create(user=alice, repository=repository, title=f"about {number}")
        for number in range(20)
    ]


@pytest.fixture
def page(start, open_page, repository, conversations):
    live = start()
    opened = begin(open_page(live), live, repository)
    opened.live = live
    return opened


def follow_errors(page):
    errors = []
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    return errors


def titles(page):
    return page.locator("#rail .item .title").all_inner_texts()


def test_fifteen_are_seen_in_a_list_500_pixels_high(page):
    page.evaluate("document.getElementById('rail').style.flex = '0 0 500px'")
    assert page.evaluate(WHOLE) >= 15


def test_a_menu_is_gone_through_with_arrows_and_left_with_escape(page):
    page.focus("#rail .item summary >> nth=0")
    page.keyboard.press("ArrowDown")
    focused = "document.activeElement.innerText"
    assert page.evaluate(focused) == "Pin"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "Delete"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "Rename"
    page.keyboard.press("Escape")
    assert page.locator("#rail details[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_menu_of_the_last_one_opens_where_it_is_seen(page):
    page.locator("#rail .item").last.scroll_into_view_if_needed()
    page.locator("#rail .item summary").last.click()
    box = page.locator("#rail details[open] [role=menu]").bounding_box()
    list_box = page.locator("#rail").bounding_box()
    assert box["y"] >= list_box["y"]
    assert box["y"] + box["height"] <= list_box["y"] + list_box["height"]


def test_a_title_is_changed_in_place(page, conversations):
    last = conversations[-1]
    page.goto(f"{page.live.url}/c/{last.pk}/")
    page.click(f"#menu-{last.pk}")
    page.click(".menu[open] [data-action=rename]")
    page.keyboard.type("Prices and discounts")
    page.keyboard.press("Enter")
    page.wait_for_selector("#rail .title >> text=Prices and discounts")
    assert page.title() == "Prices and discounts · DeepWiki"
    assert page.evaluate("document.activeElement.id") == f"menu-{last.pk}"
    page.click(f"#menu-{last.pk}")
    page.click(".menu[open] [data-action=rename]")
    page.keyboard.type("not this")
    page.keyboard.press("Escape")
    loaded(page)
    last.refresh_from_db()
    assert last.title == "Prices and discounts"
    assert page.locator(f"#item-{last.pk}").is_visible()


def test_a_title_is_kept_when_its_field_is_left(page, conversations):
    page.click("#rail .item summary >> nth=0")
    page.click(".menu[open] [data-action=rename]")
    page.keyboard.type("Left")
    page.click("#question")
    page.wait_for_selector("#rail .title >> text=Left")


def test_several_are_deleted_and_brought_back(page):
    errors = follow_errors(page)
    page.click("#rail-menu-button")
    page.click("text=Select several")
    page.wait_for_selector("#rail .pick >> nth=0")
    page.click("#rail .item > a >> nth=0")  # chooses, as the box does
    page.check("#rail .pick >> nth=1")
    assert page.inner_text("#rail-selected") == "2 selected"
    page.evaluate("document.body.dispatchEvent(new Event('conversations-changed'))")
    page.wait_for_selector("#rail[data-postponed]", state="attached")
    page.click("#rail-selection >> text=Delete")
    page.wait_for_selector("text=2 conversations deleted.")
    assert not page.is_visible("#rail-selection")
    assert len(titles(page)) == 18
    page.click("#rail-notices >> text=Undo")
    page.wait_for_selector("#rail .title >> text=about 19")
    assert page.locator("#rail-notices .banner").count() == 0
    assert len(titles(page)) == 20
    assert errors == []


def test_the_list_is_grouped_and_what_was_deleted_is_restored(page, conversations):
    page.click("#rail-menu-button")
    page.click("text=Group by repository")
    page.wait_for_selector(f"#rail h2:has-text('{conversations[0].repository.name}')")
    page.reload()
    page.click("#rail-menu-button")
    checked = page.locator("#rail-menu [aria-checked=true]")
    assert checked.inner_text() == "Group by repository"
    page.keyboard.press("Escape")
    page.click("#rail .item summary >> nth=0")
    page.click(".menu[open] >> text=Delete")
    page.wait_for_selector("#rail .title >> text=about 19", state="detached")
    page.click("#rail-menu-button")
    page.click("text=Recently deleted")
    page.click("#rail .deleted >> text=Restore")
    page.wait_for_selector("#rail .deleted", state="detached")
    page.click("#rail h2 >> text=Close")
    page.wait_for_selector("#rail .title >> text=about 19")


def test_a_found_place_is_opened_in_its_conversation(page, conversations):
    answer = None
    for number in range(1, 61):
        role = "user" if number % 2 else "assistant"
        text = "a needle, far up" if number == 2 else f"words of number {number}"
        answer = Message.objects.create(
            conversation=conversations[3],
            position=number,
            parent=answer,
            role=role,
            content=text,
        )
    page.fill("#search-history", "needle")
    page.wait_for_selector("#rail .excerpt mark")
    page.click("#rail .item > a")
    page.wait_for_selector("[data-linked]")
    assert page.inner_text("[data-linked] [data-part=body]") == "a needle, far up"
    assert page.locator("[data-linked]").bounding_box()["y"] < 400
    assert page.locator("[data-turn]").count() == 60


def test_what_was_typed_before_another_list_was_asked_for_does_not_replace_it(page, conversations):
    conversations[0].archived = True
    conversations[0].save()
    page.clock.install()
    page.fill("#search-history", "about 7")
    page.clock.run_for(250)
    page.wait_for_selector("#rail .title >> text=about 7")
    page.fill("#search-history", "")
    page.click("#rail-menu-button")
    page.click("#rail-menu >> text=Archive")
    page.wait_for_selector("#rail h2:has-text('Archive')")
    page.clock.run_for(1_000)
    loaded(page)
    assert titles(page) == ["about 0"]
