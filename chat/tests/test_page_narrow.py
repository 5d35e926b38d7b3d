"""The page on a phone and on paper, whatever an answer holds; in a real Chromium."""

from pathlib import Path

import pytest
from django.utils import timezone

from chat.models import Conversation, Message
from chat.tests.test_accessibility import check
from deepwiki.testing.page import bring_session
from repos.models import IndexJob, Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARTIFACTS = Path("test-artifacts")
PHONE = {"width": 390, "height": 844}
NAME = "an_identifier_that_does_not_end_" * 6
ANSWERS = {
    "a wide table": "| "
    + " | ".join(f"`column_{n}`" for n in range(30))
    + " |\n"
    + "|---" * 30
    + "|\n"
    + "| "
    + " | ".join(f"value {n}" for n in range(30))
    + " |\n",
    "a long identifier": f"See `{NAME}` and {NAME} and **{NAME}**.",
    "a long identifier in a table": f"| name | what |\n|---|---|\n| `{NAME}` | {NAME} |\n",
    "wide mathematics": "$$" + " + ".join(f"x_{{{n}}}^{{2}}" for n in range(80)) + "$$",
    "wide mathematics in a line": "So $" + " + ".join(f"x_{{{n}}}" for n in range(80)) + "$ holds.",
    "long code": "```python\n" + "x = " + "1 + " * 300 + "1\n```\n",
    "a long heading": f"# {NAME}\n\n## `{NAME}`\n",
    "a long citation": f"See `shop/{NAME}.py:L1-L2`.",
    "a long address": f"https://example.org/{NAME} and [{NAME}](https://example.org/{NAME}).",
    "a nested list": "".join("  " * n + f"- {NAME}\n" for n in range(12)),
    "a quotation": f"> {NAME}\n>\n> > {NAME}\n",
    "a wide diagram": "```mermaid\nflowchart LR\n"
    + "\n".join(f"a{n} --> a{n + 1}" for n in range(30))
    + "\n```\n",
}


@pytest.fixture
def long_named(repository):
    name = f"{'organisation-with-a-long-name' * 3}/{'repository_with_a_long_name' * 4}"
    Repository.objects.update(name=name, revision="a-branch-with-a-very-long-name" * 5)
    return repository


@pytest.fixture
def conversation(alice, long_named):
    """A question and an answer for each of ANSWERS."""
    conversation = Conversation.objects.create(user=alice, repository=long_named, title=NAME)
    last = None
    for number, (what, text) in enumerate(ANSWERS.items()):
        question = Message.objects.create(
            conversation=conversation,
            role="user",
            content=f"{what} {NAME}",
            parent=last,
            position=2 * number + 1,
        )
        last = Message.objects.create(
            conversation=conversation,
            role="assistant",
            content=text,
            parent=question,
            position=2 * number + 2,
            state="complete",
            model=NAME[:100],
            provider="openai",
            sources=[
                {
                    "path": f"shop/{NAME}.py",
                    "start": 1,
                    "end": 2,
                    "symbol": NAME,
                    "why": "words",
                    "url": "",
                }
            ],
        )
    return conversation


def overflowing(page):
    """What makes the page, or the column that is read, scroll sideways."""
    return page.evaluate(
        """() => [document.scrollingElement, document.getElementById("main")]
        .filter((e) => e && e.scrollWidth > e.clientWidth)
        .map((e) => [e.tagName, e.scrollWidth, [...e.querySelectorAll("*")]
          .filter((c) => c.getBoundingClientRect().right > innerWidth + 1 && !c.closest("pre, .wide-table, .math, .katex-display, table, math"))
          .slice(0, 4).map((c) => c.outerHTML.slice(0, 160))])"""
    )


def test_nothing_scrolls_the_whole_page_of_a_phone_sideways(start, open_page, conversation):
    live = start()
    page = open_page(live, viewport=PHONE)
    bring_session(page, live)
    ARTIFACTS.mkdir(exist_ok=True)
    for place in ("", f"r/{conversation.repository_id}/", f"c/{conversation.pk}/"):
        page.goto(f"{live.url}/{place}")
        page.wait_for_selector("#status[hx-trigger=load]", state="detached")
        assert overflowing(page) == [], place
        assert page.evaluate("(document.querySelector('.top')?.offsetHeight ?? 0) < 100"), place
        if page.locator("#question").count():
            assert page.locator("#question").bounding_box()["height"] < 100
    page.evaluate(
        "() => { for (const e of document.querySelectorAll('.answer details')) e.open = true; }"
    )
    page.screenshot(path=ARTIFACTS / "phone-wide.png")
    assert overflowing(page) == []


SMALL = """() => [...document.querySelectorAll("button, select, summary, a:is(.quiet, .secondary, .primary)")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1)
  .filter((e) => e.getBoundingClientRect().height < 43.5)
  .map((e) => e.outerHTML.slice(0, 120))"""


COVERS = """() => {
  const text = document.querySelector(".composer textarea").getBoundingClientRect();
  const choices = [...document.querySelectorAll(".composer .row :is(.pill, .round)")];
  const first = Math.min(...choices.map((e) => e.getBoundingClientRect().top || Infinity));
  return text.bottom - first;
}"""


def test_for_fingers_too_the_composer_is_low_and_its_choices_stand_below_the_text(
    start, open_page, conversation
):
    live = start()
    page = open_page(live, viewport=PHONE, has_touch=True, is_mobile=True)
    bring_session(page, live)
    page.goto(f"{live.url}/r/{conversation.repository_id}/")
    assert page.locator(".composer .box").bounding_box()["height"] <= 78
    assert page.evaluate(COVERS) <= 0.5


def test_what_fingers_press_is_large_enough(start, open_page, conversation):
    live = start()
    page = open_page(live, viewport=PHONE, has_touch=True, is_mobile=True)
    bring_session(page, live)
    for place in ("", f"r/{conversation.repository_id}/", f"c/{conversation.pk}/", "accounts/2fa/"):
        page.goto(f"{live.url}/{place}")
        page.wait_for_selector("#status[hx-trigger=load]", state="detached")
        assert page.evaluate(SMALL) == [], place
        page.click(".top [aria-controls=rail-panel]")
        assert page.evaluate(SMALL) == [], f"the list beside {place}"


def test_identifiers_in_tables_are_not_broken_inside_words(start, open_page, conversation):
    live = start()
    page = open_page(live, viewport=PHONE)
    bring_session(page, live)
    page.goto(f"{live.url}/c/{conversation.pk}/")
    heights = page.evaluate(
        "[...document.querySelectorAll('.answer')[0].querySelectorAll('th')].map((th) => th.getClientRects().length && th.offsetHeight)"
    )
    assert max(heights) < 60, "a short column name is broken over several lines"


def test_a_print_carries_the_sources_and_no_controls(start, open_page, conversation):
    live = start()
    page = open_page(live)
    bring_session(page, live)
    page.goto(f"{live.url}/c/{conversation.pk}/")
    page.wait_for_selector("#status[hx-trigger=load]", state="detached")
    page.emulate_media(media="print")
    assert page.locator(".sources li").filter(visible=True).count() == len(ANSWERS)
    for chrome in ("#rail-panel", ".top", "#composer", "#status", ".meta .quiet", "[data-action]"):
        assert page.locator(chrome).filter(visible=True).count() == 0, chrome
    ARTIFACTS.mkdir(exist_ok=True)
    page.pdf(path=ARTIFACTS / "print.pdf")
    page.emulate_media(media="screen")
    assert page.locator(".sources li").filter(visible=True).count() == 0


READABLE = {
    "a sentence beside wide columns": "| name | what | more | from |\n|---|---|---:|---|\n"
    f"| `{NAME[:60]}` | {'how many passages are compared before the best are chosen ' * 2} | 7 |"
    " `shop/prices.py:L1-L4` |\n",
    "a diagram with a long text": f"```mermaid\nflowchart LR\n  A[{'a long text ' * 12}] --> B\n```\n",
    "a rule between": "above\n\n---\n\nbelow\n",
    "folded text": "<details><summary>More</summary>\n\nunfolded on paper\n\n</details>\n",
}


@pytest.fixture
def answered(alice, repository):
    conversation = Conversation.objects.create(user=alice, repository=repository, title="t")
    question = Message.objects.create(
        conversation=conversation, role="user", content="How?", position=1
    )
    Message.objects.create(
        conversation=conversation,
        role="assistant",
        content="\n\n".join(READABLE.values()),
        parent=question,
        position=2,
        state="complete",
        citations=[
            {"path": "shop/prices.py", "start": 1, "end": 4, "found": True, "state": "exists"}
        ],
    )
    return conversation


@pytest.mark.parametrize("width", [390, 1280])
def test_a_sentence_in_a_table_and_the_source_of_a_diagram_can_be_read(
    start, open_page, answered, width
):
    live = start()
    page = open_page(live, viewport={"width": width, "height": 844}, color_scheme="dark")
    bring_session(page, live)
    page.goto(f"{live.url}/c/{answered.pk}/")
    page.click(".diagram summary")
    assert overflowing(page) == []
    assert page.locator(".prose td").nth(1).bounding_box()["width"] > 180
    assert page.locator(".prose td").nth(2).evaluate("(e) => getComputedStyle(e).textAlign") == (
        "right"
    )
    source = page.locator(".diagram pre")
    font = source.locator("code").evaluate(
        "(e) => [e.fontSize, e.fontFamily, e.fontVariantLigatures].join()".replace(
            "e.", "getComputedStyle(e)."
        )
    )
    assert font.startswith("13.5px") and "JetBrains Mono" in font and font.endswith("none")
    assert source.bounding_box()["width"] <= page.locator(".prose").bounding_box()["width"]
    folded = page.locator("text=unfolded on paper")
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    page.set_viewport_size({"width": 720, "height": 1000})  # about the width of a sheet
    assert page.eval_on_selector(
        ".prose td:last-child", "(e) => e.getBoundingClientRect().right <= innerWidth"
    ), "a wide table is cut on paper"
    assert page.locator(".prose th").nth(2).bounding_box()["height"] < 50, "a short word is broken"


def test_a_drawing_is_enlarged_moved_and_saved(start, open_page, answered):
    live = start()
    page = open_page(live, viewport={"width": 390, "height": 844}, color_scheme="dark")
    bring_session(page, live)
    page.goto(f"{live.url}/c/{answered.pk}/")
    page.click(".diagram [data-action=enlarge]")
    picture = page.locator("#drawing-dialog img")
    first = picture.bounding_box()
    assert first["width"] <= 390  # all of it is seen
    check(page, "a drawing, enlarged")
    for _ in range(8):
        page.keyboard.press("+")
    assert picture.bounding_box()["width"] > 4 * first["width"]
    view = "document.querySelector('.drawing-view')"
    middle = page.evaluate(f"{view}.scrollLeft")
    assert middle > 0
    page.mouse.move(200, 400)
    page.mouse.down()
    page.mouse.move(150, 400)
    page.mouse.up()
    assert page.evaluate(f"{view}.scrollLeft") == middle + 50
    with page.expect_download() as saving:
        page.click("#drawing-dialog [download]")
    assert saving.value.path().read_bytes().startswith(b"<svg")
    page.keyboard.press("Escape")
    assert page.locator("#drawing-dialog").is_hidden()


def test_what_opens_in_the_status_line_of_a_phone_stays_within_it(
    start, open_page, alice, repository
):
    Repository.objects.update(kind="github", added_by=alice)
    IndexJob.objects.create(
        repository=repository,
        state=IndexJob.State.DONE,
        finished_at=timezone.now(),
        failures={f"{NAME}.py": "unreadable"},
    )
    live = start()
    page = open_page(live, viewport=PHONE)
    bring_session(page, live)
    page.goto(f"{live.url}/r/{repository.pk}/")
    page.click("#status-menu-button")
    assert overflowing(page) == []
    assert page.locator("#status").bounding_box()["height"] < 40, "more than one line"
    page.click("#status >> text=What was left out")
    page.click("text=1 file could not be read")
    assert overflowing(page) == []
    assert page.eval_on_selector_all(
        ".skipped .mono", "(all) => all.every((e) => e.getBoundingClientRect().right <= innerWidth)"
    )


def test_the_dot_of_a_repository_that_is_not_indexed_is_round(start, open_page, alice):
    Repository.objects.create(
        kind="github", url="https://github.com/a/b", name="a/b", is_private=True, added_by=alice
    )
    live = start()
    page = open_page(live, viewport=PHONE)
    bring_session(page, live)
    page.goto(live.url)
    dot = page.locator("main .dot").first.bounding_box()
    assert dot["width"] == dot["height"] > 5
