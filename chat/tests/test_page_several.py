"""Asking several repositories on the page: choosing them by keys, and opening what is cited."""

import os
import re

import pytest

from chat.models import Message
from chat.testing.tool_script import call, model_name, turn
from deepwiki.testing.fixtures import write_files
from deepwiki.testing.page import ask, begin, finished
from repos.models import Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = (
    "The total is in `own/pocket:shop/prices.py:L4-L6`, seven zebras in `own/stable:app.py:L1-L2`."
)
SCRIPT = [
    turn(
        call("read_file", repository="own/pocket", path="shop/prices.py"),
        call("read_file", repository="own/stable", path="app.py"),
    ),
    turn(text=f"<answer>\n{TEXT}"),
]
CHOSEN = "#further-chosen li"
FOUND = "#further .found button"


@pytest.fixture
def zoos(repository, index_folder, tmp_path, people):
    """`own/pocket`, `own/stable`, and `own/secret`, which is bob's."""
    Repository.objects.filter(pk=repository.pk).update(name="own/pocket")
    found = {"own/pocket": repository}
    for name in ("stable", "secret"):
        write_files(tmp_path / name, {"app.py": f"def count_{name}():\n    return 7\n"})
        found[f"own/{name}"] = index_folder(tmp_path / name)
        Repository.objects.filter(pk=found[f"own/{name}"].pk).update(name=f"own/{name}")
    secret = Repository.objects.filter(pk=found["own/secret"].pk)
    secret.update(is_private=True, added_by=people["bob"])
    return found


def shot(page, name):
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def fold_options(page):
    page.click("#options > summary", position={"x": 12, "y": 8})


def choose(page, typed="sta"):
    fold_options(page)
    page.fill("#further-input", typed)
    page.wait_for_selector(FOUND)


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_another_repository_is_asked_opened_and_kept(start, open_page, zoos, look):
    live = start(model_name(*SCRIPT))
    size = {"width": 390, "height": 800} if look == "phone" else {"width": 1280, "height": 800}
    scheme = "dark" if look == "dark" else "light"
    page = begin(open_page(live, viewport=size, color_scheme=scheme), live, zoos["own/pocket"])
    choose(page, "")
    assert page.locator(FOUND).all_inner_texts() == ["own/stable"]  # not the page's, not bob's
    shot(page, f"choose-{look}")
    page.press("#further-input", "Enter")
    page.wait_for_selector(f"{CHOSEN} >> text=own/stable")
    shot(page, f"chosen-{look}")
    fold_options(page)
    assert page.locator(CHOSEN).is_visible()  # above the question
    page.select_option("#mode", "agent")
    ask(page, "How many zebras does the total count?")
    assert "seven zebras" in finished(page)
    shot(page, f"answer-{look}")
    page.click(".answer [data-part=body] a.cite[data-path='own/stable:app.py']")
    page.wait_for_selector("#pane .marked >> text=count_stable")
    assert "own/stable" in page.inner_text("#pane-body")
    shot(page, f"pane-{look}")
    if look == "phone":
        return
    page.click(".answer [data-part=body] a.cite[data-path='own/pocket:shop/prices.py']")
    page.wait_for_selector("#pane .marked >> text=PriceList")
    page.reload()
    page.wait_for_selector(".answer [data-part=body] a.cite[data-path='own/stable:app.py']")
    assert page.locator(CHOSEN).count() == 1
    page.click(".answer [data-part=body] a.cite[data-path='own/stable:app.py']")
    page.wait_for_selector("#pane .marked >> text=count_stable")
    page.click(".answer .steps > summary")
    assert page.locator("[data-part=step-tokens]").nth(1).inner_text().endswith(" tokens")
    shot(page, f"steps-{look}")
    ask(page, "And now?")
    finished(page)
    page.wait_for_function("document.querySelectorAll('.answer[data-state=complete]').length == 2")
    last = Message.objects.filter(role="user").order_by("-position").first()
    assert [one["name"] for one in last.repositories] == ["own/pocket", "own/stable"]


def test_a_list_that_comes_late_leaves_the_focus_where_it_is(start, open_page, zoos):
    live = start()
    page = begin(open_page(live), live, zoos["own/pocket"])
    held = []
    late = re.compile(r"/parts/further.*q=sta$")
    page.route(late, lambda route: held.append(route))
    fold_options(page)
    page.focus("#further-input")
    page.wait_for_selector(FOUND)
    with page.expect_request(late):
        page.fill("#further-input", "sta")
    page.press("#further-input", "ArrowDown")
    with page.expect_response(late):
        held.pop().continue_()
    page.wait_for_selector(".htmx-request", state="detached")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{CHOSEN} >> text=own/stable")


def test_the_choice_is_made_and_taken_back_by_keys(start, open_page, zoos):
    live = start()
    page = begin(open_page(live), live, zoos["own/pocket"])
    choose(page)
    page.press("#further-input", "ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(CHOSEN)
    assert page.evaluate("document.activeElement.id") == "further-input"
    page.fill("#further-input", "nothing like it")
    page.wait_for_selector("#further .found >> text=No other repository")
    page.press("#further-input", "Enter")
    page.press("#further-input", "Escape")
    assert page.locator("#further .found").is_hidden()
    page.fill("#further-input", "")
    page.press("#further-input", "Backspace")
    assert page.locator(CHOSEN).count() == 0
    assert page.locator(".question").count() == 0  # nothing was sent
    choose_again = page.locator("#further-input")
    choose_again.fill("sta")
    page.wait_for_selector(FOUND)
    page.click(FOUND)
    page.click(f"{CHOSEN} button")
    assert page.locator(CHOSEN).count() == 0
