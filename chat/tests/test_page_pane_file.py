"""The file in the source pane, in a real Chromium: its heading, lines, outline, text, files and addresses."""

import pytest

from chat.models import Conversation, Message
from chat.tests.test_accessibility import LOOKS, check
from chat.tests.test_page_pane_names import ARTIFACTS, MARKED
from deepwiki.testing.page import bring_session
from repos.models import Document, Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HIGHLIGHTED = "CSS.highlights.get('found')?.size ?? 0"
IN_VIEW = """(line) => {
  const [row, box] = [document.getElementById(`L${line}`), document.querySelector("#pane [data-code]")];
  if (!row) return false;
  const [at, view] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
  return at.top >= view.top && at.bottom <= view.bottom;
}"""
WIDTHS = "['main', '#pane'].map((s) => document.querySelector(s).getBoundingClientRect().width)"


@pytest.fixture
def pane(start, open_page, repository, alice):
    """A conversation with the pane of its citation of lines 16 and 17 open."""
    started = Conversation.objects.create(user=alice, repository=repository, title="Discount")
    question = Message.objects.create(
        conversation=started, role="user", content="What is it?", position=1
    )
    Message.objects.create(
        conversation=started,
        role="assistant",
        parent=question,
        position=2,
        state="complete",
        content="The discount, see `shop/prices.py:L16-L17`.",
        citations=[{"path": "shop/prices.py", "start": 16, "end": 17, "found": True}],
        commit=repository.current_index.commit,
    )

    def pane(**options):
        live = start()
        page = open_page(live, **options)
        bring_session(page, live)
        page.goto(f"{live.url}/c/{started.pk}/")
        page.click(".prose a.cite")
        page.wait_for_selector("#pane .marked")
        return page

    return pane


def test_the_symbol_is_the_heading_and_lines_have_plain_numbers_and_a_bar(pane):
    page = pane()
    assert page.inner_text("#pane-title") == "function apply_discount"
    assert page.inner_text("#pane-path") == "shop/prices.py"
    number = page.locator("#pane .marked .number").first
    assert number.inner_text() == "16"
    assert number.evaluate("(e) => getComputedStyle(e).textAlign") == "end"
    assert " 3px 0px 0px 0px inset" in number.evaluate("(e) => getComputedStyle(e).boxShadow")


def test_a_long_file_is_read_to_its_end_in_the_pane(pane):
    Document.objects.filter(path="shop/prices.py").update(text="x = 1\n" * 9_999 + "end = 2")
    page = pane()
    page.evaluate(
        "(() => { const b = document.querySelector('#pane [data-code]'); b.scrollTop = b.scrollHeight; })()"
    )
    page.wait_for_selector("#pane #L10000 >> text=end")
    assert page.locator("#pane [data-code] li").count() < 1_300


def test_a_line_that_is_clicked_is_marked_and_its_addresses_are_copied(pane, repository):
    Repository.objects.filter(pk=repository.pk).update(
        kind="github", url="https://github.com/shop/pocket"
    )
    page = pane()
    page.click("#pane #L4 .number")
    page.click("#pane #L6 .number", modifiers=["Shift"])
    assert page.evaluate(MARKED) == [4, 5, 6]
    assert "/c/" in page.url
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value; })"
    )
    page.click("#pane >> text=Links")
    page.click("#pane >> text=Copy permalink")
    page.wait_for_selector("text=Copied")
    page_at_host = f"{repository.current_index.commit}/shop/prices.py#L4-L6"
    assert page.evaluate("window.copied").endswith(f"/blob/{page_at_host}")
    assert page.get_attribute("#blame-link", "href").endswith(f"/blame/{page_at_host}")


def test_text_is_found_in_lines_that_are_not_on_the_page(pane):
    filler = "x = 1\n"
    text = "Needle = 1\n" + filler * 5_000 + "needle = 2\n" + filler * 2_000 + "a_needle = 3"
    Document.objects.filter(path="shop/prices.py").update(text=text)
    page = pane()
    page.keyboard.press("f")
    page.keyboard.type("needle")
    page.wait_for_selector("#pane output >> text=2 of 3 lines")
    page.wait_for_function(IN_VIEW, arg=5_002)
    assert page.evaluate(HIGHLIGHTED) == 1
    page.keyboard.press("Enter")
    page.wait_for_function(IN_VIEW, arg=7_003)
    page.keyboard.press("Enter")
    page.wait_for_function(IN_VIEW, arg=1)
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("#pane output >> text=3 of 3 lines")
    page.fill("#find-text", "not there")
    page.wait_for_selector("#pane output >> text=Not in this file")
    page.keyboard.press("Escape")
    assert page.locator("#find-text").is_hidden() and page.locator("#pane").is_visible()
    assert page.evaluate(HIGHLIGHTED) == 0
    page.wait_for_function("() => document.activeElement.matches('#pane [data-code]')")


def test_files_open_from_the_finder_the_tree_and_the_outline_and_one_goes_back_and_forward(pane):
    page = pane()
    page.keyboard.press("t")
    page.wait_for_selector("#dialog[open] .tree")
    page.fill("#files-input", "test_prices")
    page.click("#files-list a")
    page.wait_for_selector("#pane-path:has-text('tests/test_prices.py')")
    assert page.locator("#dialog").is_hidden()
    page.click("#pane >> text=Files")
    page.click("#dialog .tree summary:has-text('shop')")
    page.click("#dialog .tree a:has-text('prices.py')")
    page.wait_for_selector("#pane-path:has-text('shop/prices.py')")
    page.click("#pane summary:has-text('Outline')")
    page.click("#pane .pane-outline a:has-text('apply_discount')")
    page.wait_for_selector("#pane #L16.marked")
    page.click("[data-action=pane-back]")
    page.click("[data-action=pane-back]")
    page.wait_for_selector("#pane-path:has-text('tests/test_prices.py')")
    page.click("[data-action=pane-forward]")
    page.wait_for_selector("#pane-path:has-text('shop/prices.py')")


def test_wrapped_lines_stay_wrapped_and_at_their_place(pane):
    text = "\n".join(f"line_{n} = '{'word ' * (n % 60)}'" for n in range(1, 900))
    Document.objects.filter(path="shop/prices.py").update(text=text)
    page = pane(viewport={"width": 1200, "height": 800})
    box = page.locator("#pane [data-code]")
    assert box.evaluate("(e) => e.scrollWidth > e.clientWidth")
    page.click("#pane >> text=Wrap")
    assert box.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert page.get_attribute("#pane [data-action=wrap-lines]", "aria-pressed") == "true"
    page.reload()
    page.click(".prose a.cite")
    page.wait_for_selector("#pane .marked")
    page.wait_for_function(IN_VIEW, arg=16)
    assert box.evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_from_1024_px_the_pane_stands_beside_the_column(pane):
    page = pane(viewport={"width": 1024, "height": 800})
    column, beside = page.evaluate(WIDTHS)
    assert column >= 24 * 16 - 1
    assert beside >= 22 * 16 - 1
    assert page.evaluate("getComputedStyle(document.getElementById('pane')).position") == "relative"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_the_pane_with_what_opens_in_it_follows_the_rules(pane, look, request):
    page = pane(**look)
    page.click("#pane >> text=Find")
    page.fill("#find-text", "price")
    page.wait_for_selector("#pane output >> text=lines")
    check(page, "finding in the pane")
    page.keyboard.press("Escape")
    page.click("#pane summary:has-text('Outline')")
    page.wait_for_selector("#pane .pane-outline a")
    check(page, "the outline in the pane")
    page.click("#pane summary:has-text('Links')")
    check(page, "links of the file")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"pane-file-{request.node.callspec.id}.png")
    page.click("#pane >> text=Files")
    page.wait_for_selector("#dialog[open] .tree")
    check(page, "files in the pane")
