"""Reading code in a real Chromium: the tree, the finder, lines that are loaded, history, addresses."""

from pathlib import Path

import pytest

from deepwiki.testing.page import bring_session
from repos.models import Document, Repository
from repos.search import code_url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARTIFACTS = Path("test-artifacts")
TOP_LINE = """() => {
    const box = document.getElementById("code-lines");
    const top = box.getBoundingClientRect().top;
    const row = [...box.querySelectorAll("li")].find((li) => li.getBoundingClientRect().bottom > top + 1);
    return row ? Number(row.id.slice(1)) : 0;
}"""

SCROLL_TO = """(line) => {
    const box = document.getElementById("code-lines");
    const row = box.querySelector("li");
    box.scrollTop = row.offsetTop + (line - Number(row.id.slice(1))) * row.offsetHeight;
}"""


@pytest.fixture
def read(start, open_page, repository):
    """Open a file of the repository, or its root; gives the page."""

    def read(path="", first=0, last=0, **options):
        live = start()
        page = open_page(live, **options)
        bring_session(page, live)
        page.goto(live.url + code_url(repository.pk, path, first, last))
        return page

    return read


@pytest.fixture
def long_file(repository):
    """`shop/prices.py` with 20,000 lines."""
    text = "\n".join(f"line_{number} = {number}" for number in range(1, 20_001))
    Document.objects.filter(path="shop/prices.py").update(text=text, lines=20_000)


def at_line(page, number):
    page.wait_for_function(f"() => Math.abs(({TOP_LINE})() - {number}) < 40")


def test_a_folder_opens_in_the_tree_and_a_file_beside_it_without_a_new_page(read):
    page = read()
    page.evaluate("window.marker = 1")
    page.click("#tree summary:has-text('shop')")
    page.click("#tree a:has-text('prices.py')")
    page.wait_for_selector("#code-title:has-text('prices.py')")
    assert page.evaluate("window.marker") == 1
    assert page.url.endswith("/code/shop/prices.py")
    assert page.title().startswith("prices.py")
    assert page.get_attribute("#tree a:has-text('prices.py')", "aria-current") == "page"
    page.reload()
    page.wait_for_selector("#tree details[open] a[aria-current]")
    page.click("#tree summary:has-text('tests')")
    page.wait_for_selector("#tree a:has-text('test_prices.py')")
    page.reload()
    page.wait_for_selector("#tree a:has-text('test_prices.py')")


def test_the_tree_is_walked_by_the_arrow_keys(read):
    page = read()
    page.focus("#tree summary:has-text('shop')")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#tree a:has-text('mail.js')")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("#code-title:has-text('prices.py')")
    page.wait_for_function("() => document.activeElement.id === 'code-lines'")
    page.focus("#tree a:has-text('mail.js')")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.textContent") == "shop"
    page.keyboard.press("ArrowLeft")
    assert page.locator("#tree a:has-text('mail.js')").is_hidden()


def test_t_finds_a_file_by_characters_of_its_path(read):
    page = read()
    page.keyboard.press("t")
    page.fill("#finder-input", "shpri")
    page.wait_for_selector("#finder-list a >> nth=0 >> text=shop/prices.py")
    page.keyboard.press("Enter")
    page.wait_for_selector("#code-title:has-text('prices.py')")
    assert page.locator("#finder").is_hidden()


def test_lines_are_loaded_in_both_directions(read, long_file):
    page = read("shop/prices.py", 10_000, 10_002)
    page.wait_for_selector("#L10001.marked")
    at_line(page, 9_990)
    height = page.evaluate("document.getElementById('code-lines').scrollHeight")
    for line in (9_900, 9_800, 9_600, 9_300, 9_500, 9_800, 10_200, 10_500):
        page.evaluate(f"({SCROLL_TO})({line})")
        page.wait_for_selector(f"#L{line}", state="attached")
        at_line(page, line)
    page.evaluate("document.getElementById('code-lines').scrollTop = 1e9")
    page.wait_for_selector("#L20000")
    assert page.locator("#code-lines li").count() <= 1_300
    page.evaluate("document.getElementById('code-lines').scrollTop = 0")
    page.wait_for_selector("#L1")
    assert (
        abs(page.evaluate("document.getElementById('code-lines').scrollHeight") - height)
        < height / 500
    )


def test_a_line_is_chosen_and_addressed(read, repository):
    page = read("shop/prices.py")
    page.click("#L4 .number")
    page.click("#L7 .number", modifiers=["Shift"])
    assert page.url.endswith("/code/shop/prices.py#L4-L7")
    assert page.locator("li.marked").count() == 4
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value; })"
    )
    page.click("text=Links")
    page.click("text=Copy link")
    page.wait_for_selector("text=Copied")
    copied = page.evaluate("window.copied")
    assert copied.endswith(code_url(repository.pk, "shop/prices.py", 4, 7))
    page.goto(copied.partition("?")[0] + "#L9-L10")
    page.wait_for_selector("#L10.marked")


def test_the_permalink_names_the_lines_at_the_host(read, repository):
    Repository.objects.filter(pk=repository.pk).update(
        kind="github", url="https://github.com/shop/pocket"
    )
    page = read("shop/prices.py")
    page.click("#L4 .number")
    link = page.get_attribute("#host-link", "href")
    blob = f"https://github.com/shop/pocket/blob/{repository.current_index.commit}/shop/prices.py"
    assert link == f"{blob}#L4-L4"
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value; })"
    )
    page.click("text=Links")
    page.click("text=Copy permalink")
    page.wait_for_selector("text=Copied")
    assert page.evaluate("window.copied") == link


def test_a_path_that_is_not_in_the_index_has_its_page_too(read, repository):
    page = read()
    page.evaluate("document.querySelector('.entries a').href += 'none.py'")
    page.click(".entries a >> nth=0")
    page.wait_for_selector("text=This path is not in the index")
    page.go_back()
    page.wait_for_selector(".entries")


def test_what_is_copied_has_no_line_numbers(read):
    page = read("shop/prices.py")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#code-lines ol'))")
    text = page.evaluate("getSelection().toString()")
    assert "class PriceList:" in text
    assert not [line for line in text.split("\n") if line.strip().isdecimal()]


def test_back_and_forward_restore_the_file_and_the_place(read, long_file):
    page = read("shop/prices.py", 15_000)
    at_line(page, 14_990)
    page.click("#tree summary:has-text('tests')")
    page.click("#tree a:has-text('test_prices.py')")
    page.wait_for_selector("#code-title:has-text('test_prices.py')")
    page.click("#L4 .number")
    page.go_back()
    page.wait_for_selector("#code-title >> text=/^prices.py$/")
    at_line(page, 14_990)
    page.wait_for_selector("#L15000.marked")
    page.go_forward()
    page.wait_for_selector("#code-title:has-text('test_prices.py')")
    page.wait_for_selector("#L4.marked")
    page.go_back()
    page.wait_for_selector("#L15000.marked")
    page.click(".wordmark")
    page.wait_for_selector("#add-form")
    page.go_back()
    at_line(page, 14_990)


def test_a_file_that_an_update_has_changed_says_so(read, long_file):
    page = read("shop/prices.py")
    page.wait_for_selector("#L1")
    Document.objects.filter(path="shop/prices.py").update(sha="f" * 40, text="new = 1\n")
    page.evaluate("document.getElementById('code-lines').scrollTop = 1e9")
    page.wait_for_selector("text=The repository was updated while you read")
    page.click("text=Load it anew")
    page.wait_for_selector("#code-lines >> text=new = 1")
    assert page.locator(".code-body .banner").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks(read, scheme):
    page = read("shop/prices.py", 10, 12, color_scheme=scheme)
    page.wait_for_selector("#L10.marked")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"reader-{scheme}.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=ARTIFACTS / f"reader-phone-{scheme}.png")
    page.click(".top [data-action=toggle-rail]")
    page.wait_for_selector("#rail-panel")
    page.screenshot(path=ARTIFACTS / f"reader-phone-tree-{scheme}.png")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click(".crumbs a >> nth=0")
    page.wait_for_selector(".entries")
    page.screenshot(path=ARTIFACTS / f"reader-root-{scheme}.png")
    page.keyboard.press("t")
    page.fill("#finder-input", "pri")
    page.wait_for_selector("#finder-list mark")
    page.screenshot(path=ARTIFACTS / f"reader-finder-{scheme}.png")
