"""The composer: one surface, whose choices open above it."""

import pytest

from deepwiki.accounts.models import Profile
from deepwiki.testing.page import ask, begin, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEIGHT = "document.querySelector('.composer .box').getBoundingClientRect().height"
BELOW = """() => document.querySelector('.suggestions').getBoundingClientRect().top
           > document.querySelector('.composer').getBoundingClientRect().top"""


@pytest.fixture
def page(start, open_page, repository):
    live = start("fake?tokens=3")
    return begin(open_page(live), live, repository)


@pytest.mark.parametrize(("width", "most"), [(1_280, 98), (390, 78)])
def test_it_is_low_at_rest(page, width, most):
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate(HEIGHT) <= most


def test_before_the_first_question_it_stands_above_the_suggestions_and_then_at_the_end(page):
    assert page.evaluate(BELOW)
    ask(page, "How?")
    finished(page)
    assert page.locator(".suggestions:not(.follow-ups)").count() == 0
    bottom = page.locator(".composer").bounding_box()
    assert bottom["y"] + bottom["height"] == pytest.approx(page.viewport_size["height"], abs=2)


def test_a_model_is_chosen_from_a_list_with_its_facts_and_remembered(page):
    assert page.inner_text("#model-name") == "fake · Test"
    page.click("#models summary")
    assert "32k" in page.inner_text("#model-list [aria-pressed=true]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#models[open]").count() == 0
    assert page.inner_text("#model-name") != "fake · Test"
    chosen = page.input_value("#model")
    page.reload()
    assert page.input_value("#model") == chosen


def test_escape_and_a_click_elsewhere_close_what_is_open(page):
    page.click("#options summary")
    page.keyboard.press("Escape")
    assert page.locator("#options[open]").count() == 0
    assert page.evaluate("document.activeElement.parentElement.id") == "options"
    page.click("#options summary")
    page.fill("input[name=included_dirs]", "shop")
    page.click("#question")
    assert page.locator("#options[open]").count() == 0
    assert "(1)" in page.inner_text("#options summary")


def test_what_opens_is_no_higher_than_there_is_room_below_the_header(page):
    page.set_viewport_size({"width": 1024, "height": 560})
    page.click("#options summary")
    panel, main = (page.locator(part).bounding_box() for part in ("#options .panel", "#main"))
    assert panel["y"] >= main["y"] and panel["height"] > 150


def test_a_question_that_is_sent_closes_what_is_open(page):
    page.click("#options summary")
    ask(page, "How?")
    assert page.locator(".popup[open]").count() == 0
    finished(page)


def test_a_later_choice_in_the_profile_counts_for_more_than_one_of_the_tab(page, alice):
    page.eval_on_selector(
        "#language", "field => { field.value = 'ja'; field.dispatchEvent(new Event('change')) }"
    )
    page.reload()
    assert page.input_value("#language") == "ja"
    Profile.objects.update_or_create(user=alice, defaults={"answer_language": "fr"})
    page.reload()
    assert page.input_value("#language") == "fr"
