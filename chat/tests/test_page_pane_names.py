"""Names in the source pane beside an answer, in a real Chromium: as on the pages of files."""

from pathlib import Path

import pytest

from chat.models import Conversation, Message, Share
from chat.tests.test_accessibility import LOOKS, check
from chat.tests.test_page_reader_names import ANNOUNCED, middle_of, press
from deepwiki.testing.page import bring_session
from repos.models import Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARTIFACTS = Path("test-artifacts")
MARKED = "[...document.querySelectorAll('#pane .marked')].map((row) => row.value)"


def point_at(page, name, line):
    """The middle of a name on a line of the pane, on the screen."""
    return middle_of(page.locator(f'#pane [data-code] li[value="{line}"]'), name)


@pytest.fixture
def conversation(repository, alice):
    """An answer that cites a test of `apply_discount`."""
    started = Conversation.objects.create(user=alice, repository=repository, title="Discount")
    question = Message.objects.create(
        conversation=started, role="user", content="What is tested?", position=1
    )
    Message.objects.create(
        conversation=started,
        role="assistant",
        parent=question,
        position=2,
        state="complete",
        content="The discount, see `tests/test_prices.py:L4-L5`.",
        citations=[{"path": "tests/test_prices.py", "start": 4, "end": 5, "found": True}],
        commit=repository.current_index.commit,
    )
    return started


@pytest.fixture
def pane(start, open_page, conversation):
    """The conversation's page with the pane of its citation open."""

    def pane(path=f"/c/{conversation.pk}/", **options):
        live = start()
        page = open_page(live, **options)
        bring_session(page, live)
        page.goto(live.url + path)
        page.click(".prose a.cite")
        page.wait_for_selector("#pane .marked")
        return page

    return pane


def shows(page, path, *lines):
    page.wait_for_function(f"() => document.getElementById('pane-path').textContent === '{path}'")
    page.wait_for_function(f"() => {MARKED}.join() === '{','.join(map(str, lines))}'")


def test_a_name_shows_its_card_leads_to_its_definition_and_back(pane):
    page = pane()
    page.mouse.move(*point_at(page, "apply_discount", 5))
    page.wait_for_selector("#name-card >> text=Ten percent off above one hundred.")
    page.mouse.click(*point_at(page, "apply_discount", 5))
    shows(page, "shop/prices.py", 16)
    assert page.locator("#name-card").is_hidden() and "/c/" in page.url
    page.click("[data-action=pane-back]")
    shows(page, "tests/test_prices.py", 4, 5)
    assert page.locator("[data-action=pane-back]").is_hidden()


def test_uses_stand_below_the_lines_and_open_in_the_pane(pane):
    page = pane()
    page.mouse.move(*point_at(page, "apply_discount", 5))
    page.click("#name-card >> text=References")
    page.wait_for_selector("#code-panel >> text=3 uses")
    page.click("#code-panel a:has-text('return apply_discount')")
    shows(page, "shop/prices.py", 13)
    assert page.locator("#code-panel").is_visible()
    page.click("#code-panel >> text=Close")
    assert page.locator("#code-panel").is_hidden() and page.locator("#pane").is_visible()


def test_the_keyboard_goes_to_lines_names_and_uses_and_escape_closes_one_thing_at_a_time(pane):
    page = pane()
    page.wait_for_function("() => document.activeElement.matches('#pane .code-lines')")
    press(page, "ArrowDown", "ArrowDown")
    assert page.evaluate("document.activeElement.value") == 5
    press(page, "ArrowRight")
    page.wait_for_function(f"() => {ANNOUNCED}.includes('Ten percent off')")
    assert page.evaluate("document.activeElement.textContent") == "apply_discount"
    press(page, "Shift+F12")
    page.wait_for_function("() => document.activeElement.id === 'panel-title'")
    press(page, "Escape")
    assert page.locator("#code-panel").is_hidden()
    page.wait_for_function("() => document.activeElement.matches('#pane .code-lines')")
    press(page, "ArrowDown", "ArrowRight")
    page.wait_for_selector("#pane .name")
    press(page, "Escape")
    assert page.locator("#name-card").is_hidden() and page.locator("#pane").is_visible()
    press(page, "Escape")
    assert page.locator("#pane").is_hidden()


def test_another_citation_forgets_where_names_led(pane):
    page = pane()
    page.mouse.click(*point_at(page, "apply_discount", 5))
    shows(page, "shop/prices.py", 16)
    page.keyboard.press("n")
    shows(page, "tests/test_prices.py", 4, 5)
    assert page.locator("[data-action=pane-back]").is_hidden()


def test_readers_of_a_shared_conversation_have_them_too(pane, conversation):
    Repository.objects.update(shares_allowed=True)
    share = Share.objects.create(
        conversation=conversation, last=conversation.messages.get(role="assistant")
    )
    page = pane(f"/s/{share.key}/")
    page.mouse.click(*point_at(page, "apply_discount", 5))
    shows(page, "shop/prices.py", 16)


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_the_pane_with_a_card_and_uses_follows_the_rules(pane, look, request):
    page = pane(**look)
    page.mouse.move(*point_at(page, "apply_discount", 5))
    page.click("#name-card >> text=References")
    page.wait_for_selector("#code-panel >> text=3 uses")
    page.mouse.move(*point_at(page, "apply_discount", 5))
    page.wait_for_selector("#name-card >> text=Ten percent off")
    check(page, "the pane with a card")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"pane-names-{request.node.callspec.id}.png")
