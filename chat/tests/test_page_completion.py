"""Completion in the question field, by keys, mouse and finger, and with an input method."""

import pytest

from chat.models import Message
from chat.tests.test_accessibility import check
from deepwiki.testing.fixtures import write_files
from deepwiki.testing.page import begin, finished
from repos.models import Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST = "#completions [aria-selected=true]"
CHIP = "#further-chosen li"
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
# What an input method does while it composes: a key press, then input that is not final.
COMPOSE = """field => {
    const event = (type, more) => field.dispatchEvent(new InputEvent(type, {bubbles: true, ...more}))
    field.value = "wie geht @app"
    event("input", {isComposing: true})
}"""


@pytest.fixture
def stable(index_folder, tmp_path):
    write_files(tmp_path / "stable", {"zoo.py": "def count_zebras():\n    return 7\n"})
    found = index_folder(tmp_path / "stable")
    Repository.objects.filter(pk=found.pk).update(name="own/stable")
    return found


@pytest.fixture
def live(start):
    return start("fake?tokens=3")


@pytest.fixture
def page(live, open_page, repository):
    return begin(open_page(live), live, repository)


def type_in(page, text):
    page.locator("#question").press_sequentially(text)


def suggested(page, text):
    """Type, and wait until something is suggested."""
    type_in(page, text)
    page.wait_for_selector(FIRST)


def test_a_symbol_is_completed_by_keys_and_asked(page):
    suggested(page, "How does @apply")
    chosen = page.get_attribute(FIRST, "id")
    assert page.get_attribute("#question", "aria-activedescendant") == chosen
    assert "suggestion" in page.inner_text("#suggestion-count")
    page.keyboard.press("Enter")
    assert page.input_value("#question") == "How does `apply_discount` "
    assert page.get_attribute("#question", "aria-activedescendant") is None
    page.keyboard.press("Control+z")
    assert page.input_value("#question") == "How does @apply"
    page.keyboard.press("Control+Shift+z")
    type_in(page, "work?")
    page.keyboard.press("Enter")
    finished(page)
    asked = Message.objects.get(role="user")
    assert asked.content == "How does `apply_discount` work?"


def test_the_arrows_go_round_and_tab_chooses(page):
    suggested(page, "@pri")
    texts = page.locator("#completions li").evaluate_all("all => all.map(one => one.dataset.text)")
    assert len(texts) > 1
    page.keyboard.press("ArrowUp")
    assert page.get_attribute(FIRST, "data-text") == texts[-1]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.input_value("#question") == f"{texts[1]} "
    assert page.evaluate("document.activeElement.id") == "question"


def test_escape_leaves_what_was_typed_and_enter_then_asks_it(page):
    suggested(page, "What is @prices")
    page.keyboard.press("Escape")
    assert page.locator("#completions").is_hidden()
    type_in(page, ".py")
    page.keyboard.press("Enter")
    finished(page)
    assert Message.objects.get(role="user").content == "What is @prices.py"


def test_nothing_is_completed_within_a_word_or_while_an_input_method_composes(page):
    type_in(page, "mail@app")
    page.locator("#question").evaluate(COMPOSE)
    page.locator("#question").evaluate("field => field.dispatchEvent(new Event('compositionend'))")
    page.wait_for_selector(FIRST)
    # One request: neither the address nor what was composed has asked for suggestions.
    asked = page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.includes('completions')).length"
    )
    assert asked == 1


@pytest.mark.parametrize("look", ["desk", "phone"])
def test_a_repository_becomes_a_chip_that_can_be_taken_back(
    live, open_page, repository, stable, look
):
    options = PHONE if look == "phone" else {}
    page = begin(open_page(live, **options), live, repository)
    suggested(page, "Is this like #sta")
    if look == "phone":
        page.tap(FIRST)
    else:
        page.click(FIRST)
    assert page.input_value("#question") == "Is this like own/stable "
    assert "own/stable" in page.inner_text(CHIP)
    suggested(page, "in @count_z")
    assert "own/stable:zoo.py" in page.inner_text(FIRST)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    finished(page)
    assert [one["name"] for one in Message.objects.get(role="user").repositories][1:] == [
        "own/stable"
    ]
    page.click(f"{CHIP} button")
    assert page.locator(CHIP).count() == 0
    assert page.evaluate("document.activeElement.id") == "question"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_list_follows_the_rules_of_accessibility(live, open_page, repository, scheme):
    page = begin(open_page(live, color_scheme=scheme), live, repository)
    suggested(page, "How does @pri")
    check(page, "completion")
