"""Names in the code in a real Chromium: cards, definitions, uses; by mouse, keyboard and touch."""

import pytest

from chat.tests.test_page_reader import ARTIFACTS, read  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANNOUNCED = "document.getElementById('announce').textContent"


def middle_of(row, name):
    """The middle of a name in a row of code, on the screen."""
    return row.evaluate(
        """(row, name) => {
            const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(name);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walker.currentNode, at);
                range.setEnd(walker.currentNode, at + name.length);
                const r = range.getBoundingClientRect();
                return [r.left + r.width / 2, r.top + r.height / 2];
            }
        }""",
        name,
    )


def point_at(page, name, line):
    """The middle of a name on a line, on the screen."""
    return middle_of(page.locator(f"#L{line} code"), name)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_name_under_the_pointer_shows_its_definition_and_leaves_with_it(read):  # noqa: F811
    page = read("shop/prices.py")
    page.mouse.move(*point_at(page, "apply_discount", 13))
    page.wait_for_selector("#name-card >> text=Ten percent off above one hundred.")
    page.mouse.move(*point_at(page, "amount", 13))
    page.wait_for_selector("#name-card", state="hidden")
    page.mouse.move(*point_at(page, "apply_discount", 13))
    page.click("#name-card >> text=Called by")
    page.wait_for_selector("#code-panel >> text=PriceList.total_of")
    assert page.locator("#name-card").is_hidden()


def test_a_click_goes_to_the_definition_and_back_returns(read):  # noqa: F811
    page = read("tests/test_prices.py")
    page.mouse.click(*point_at(page, "apply_discount", 5))
    page.wait_for_selector("#code-title >> text=/^prices.py$/")
    page.wait_for_selector("#L16.marked")
    assert page.url.endswith("/code/shop/prices.py#L16")
    page.go_back()
    page.wait_for_selector("#code-title >> text=/^test_prices.py$/")


def test_the_keyboard_reaches_names_definitions_and_uses(read):  # noqa: F811
    page = read("tests/test_prices.py", 5)
    page.wait_for_selector("#L5.marked")
    page.focus("#code-lines")
    press(page, "ArrowDown", "ArrowDown")
    page.wait_for_function("() => document.activeElement.id === 'L6'")
    press(page, "ArrowUp", "ArrowRight")
    page.wait_for_selector("#name-card")
    assert page.evaluate("document.activeElement.textContent") == "apply_discount"
    page.wait_for_function(f"() => {ANNOUNCED}.includes('Ten percent off')")
    press(page, "Escape")
    assert page.locator("#name-card").is_hidden()
    assert page.evaluate("document.activeElement.id") == "L5"
    press(page, "ArrowRight", "Shift+F12")
    page.wait_for_selector("#code-panel >> text=References to apply_discount")
    page.wait_for_function("() => document.activeElement.id === 'panel-title'")
    press(page, "ArrowDown", "Escape")
    page.wait_for_selector("#code-panel", state="hidden")
    assert page.evaluate("document.activeElement.id") == "code-lines"
    press(page, "ArrowDown")
    assert page.evaluate("document.activeElement.id") == "L5"


def test_f12_goes_to_the_definition(read):  # noqa: F811
    page = read("tests/test_prices.py")
    page.evaluate(
        "document.querySelector('#L5').tabIndex = -1; document.querySelector('#L5').focus()"
    )
    press(page, "ArrowRight", "F12")
    page.wait_for_selector("#code-title >> text=/^prices.py$/")
    page.wait_for_selector("#L16.marked")
    page.wait_for_function("() => document.activeElement.id === 'code-lines'")


def test_a_use_in_the_panel_opens_its_file_and_the_panel_stays(read):  # noqa: F811
    page = read("shop/prices.py")
    page.mouse.click(*point_at(page, "apply_discount", 16))
    page.wait_for_selector("#code-panel >> text=References to apply_discount")
    page.click("#code-panel a:has-text('assert apply_discount')")
    page.wait_for_selector("#code-title >> text=/^test_prices.py$/")
    page.wait_for_selector("#L5.marked")
    assert page.locator("#code-panel").is_visible()


def test_the_outline_marks_what_is_in_view_and_leads_there(read):  # noqa: F811
    page = read("shop/prices.py")
    page.wait_for_selector("#code-outline a:has-text('total_of')")
    page.click("#code-outline a:has-text('apply_discount')")
    page.wait_for_selector("#L16.marked")
    page.click("text=Outline")
    assert page.locator("#code-outline").is_hidden()
    page.reload()
    page.wait_for_selector("#L1")
    assert page.locator("#code-outline").is_hidden()
    assert page.get_attribute("[data-action=toggle-outline]", "aria-expanded") == "false"


def test_tab_leaves_the_lines(read):  # noqa: F811
    page = read("shop/prices.py")
    page.wait_for_selector("#code-outline a")
    page.evaluate(
        "document.querySelector('#L13').tabIndex = -1; document.querySelector('#L13').focus()"
    )
    press(page, "ArrowRight")
    page.wait_for_selector("#name-card")
    for _ in range(12):
        press(page, "Tab")
    assert not page.evaluate("document.activeElement.closest('#code-lines') !== null")


def test_a_touch_shows_the_card_first(read):  # noqa: F811
    page = read("tests/test_prices.py", viewport={"width": 390, "height": 844}, has_touch=True)
    page.wait_for_selector("#L5")
    page.touchscreen.tap(*point_at(page, "apply_discount", 5))
    page.wait_for_selector("#name-card >> text=Ten percent off")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "reader-phone-card.png")
    page.click("#name-card >> text=References")
    page.wait_for_selector("#code-panel >> text=References to")
    page.screenshot(path=ARTIFACTS / "reader-phone-panel.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_names_look(read, scheme):  # noqa: F811
    page = read("shop/prices.py", color_scheme=scheme)
    page.wait_for_selector("#code-outline a")
    page.mouse.click(*point_at(page, "apply_discount", 16))
    page.wait_for_selector("#code-panel >> text=References to apply_discount")
    page.mouse.move(*point_at(page, "PriceList", 4))
    page.wait_for_selector("#name-card")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"reader-names-{scheme}.png")
