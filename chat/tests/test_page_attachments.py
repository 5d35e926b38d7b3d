"""Files on the page: chosen, dropped, pasted, taken back, sent, and shown with their question."""

import pytest

from chat.models import Attachment, Message
from chat.testing.images import png
from chat.tests.test_accessibility import check
from deepwiki.testing.page import ask, begin, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHIP = "#attached-chosen li"
READY = "#attached-chosen li:not(:has-text('Attaching'))"
IN_THREAD = ".question [data-part=attachments] li"
# Real pictures, by the browser's own encoders, pasted or dropped as it gives them to a page.
GIVE = """async ({kind, type}) => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 40, height: 30})
    canvas.getContext("2d").fillRect(5, 5, 20, 20)
    const blob = await new Promise(done => canvas.toBlob(done, type))
    const data = new DataTransfer()
    data.items.add(new File([blob], `picture.${type.split("/")[1]}`, {type}))
    const more = {bubbles: true, cancelable: true}
    const event = kind === "paste"
        ? new ClipboardEvent("paste", {clipboardData: data, ...more})
        : new DragEvent("drop", {dataTransfer: data, ...more})
    document.getElementById("question").dispatchEvent(event)
}"""
SIZES = """images => Promise.all(images.map(async image => {
    await image.decode()
    return [image.naturalWidth, image.naturalHeight]
}))"""


@pytest.fixture
def live(start):
    return start("fake?tokens=3")


@pytest.fixture
def page(live, open_page, repository):
    return begin(open_page(live), live, repository)


def choose(page, *files):
    chosen = [{"name": name, "mimeType": "", "buffer": data} for name, data in files]
    page.set_input_files("#attach-input", chosen)


def test_files_are_chosen_sent_and_shown_with_their_question(page):
    choose(page, ("a.csv", b"id,price\n"), ("screen.png", png(40, 30)))
    page.wait_for_function(f"() => document.querySelectorAll({CHIP!r}).length === 2")
    page.wait_for_selector(f"{READY} >> text=screen.png")
    check(page, "attached files")
    ask(page, "What does this show?")
    assert page.locator(CHIP).count() == 0
    finished(page)
    question = Message.objects.get(role="user")
    assert [one["name"] for one in question.attachments] == ["a.csv", "screen.png"]
    for _ in range(2):
        assert page.locator(IN_THREAD).all_inner_texts() == ["a.csv", "screen.png"]
        assert page.locator(f"{IN_THREAD} img").evaluate_all(SIZES) == [[40, 30]]
        page.reload()
    check(page, "a question with files")


@pytest.mark.parametrize("kind", ["paste", "drop"])
@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg", "image/webp"])
def test_a_picture_is_pasted_or_dropped_and_can_still_be_seen(page, kind, media_type):
    page.evaluate(GIVE, {"kind": kind, "type": media_type})
    page.wait_for_selector(READY)
    ask(page, "What is this?")
    finished(page)
    assert Attachment.objects.get().media_type == media_type
    assert page.locator(f"{IN_THREAD} img").evaluate_all(SIZES) == [[40, 30]]


def test_one_is_taken_back_and_what_cannot_be_attached_says_why(page):
    choose(page, ("a.csv", b"id,price\n"))
    page.wait_for_selector(f"{READY} >> text=a.csv")
    page.click(f"{CHIP} button")
    assert page.locator(CHIP).count() == 0
    assert page.evaluate("document.activeElement.id") == "question"
    choose(page, ("a.gif", b"GIF89a" + bytes(range(256)) * 8))
    page.wait_for_selector("#attach-problem >> text=this file is neither")
    choose(page, *((f"{n}.txt", b"text") for n in range(6)))
    page.wait_for_selector("#attach-problem >> text=At most 5 files")
    assert page.locator(CHIP).count() == 5
    choose(page, ("big.txt", b"a" * 5_000_001))
    page.wait_for_function("() => document.querySelectorAll('#attached-chosen li').length === 5")


def test_a_draft_comes_back_with_its_files_until_it_is_sent(page):
    begun = page.url
    choose(page, ("a.csv", b"id,price\n"), ("b.csv", b"id\n"))
    page.wait_for_selector(f"{READY} >> text=a.csv")
    page.wait_for_selector(f"{READY} >> text=b.csv")
    page.click(f"{CHIP}:has-text('b.csv') button")
    page.fill("#question", "What is this?")
    page.reload()
    assert page.locator(CHIP).count() == 1
    page.press("#question", "Enter")
    finished(page)
    assert page.locator(IN_THREAD).all_inner_texts() == ["a.csv"]
    page.goto(begun)
    assert page.locator(CHIP).count() == 0
    assert page.input_value("#question") == ""


def test_a_model_without_eyes_says_so_and_the_question_waits(page):
    choose(page, ("screen.png", png()))
    page.wait_for_selector(READY)
    page.select_option("#model", "search-only|excerpts", force=True)
    page.wait_for_selector("#attach-problem >> text=takes no images")
    page.fill("#question", "What is this?")
    page.press("#question", "Enter")
    assert page.locator(".question").count() == 0
    page.select_option("#model", "openai|fake", force=True)
    assert page.inner_text("#attach-problem") == ""
    page.press("#question", "Enter")
    finished(page)


def test_an_edited_question_keeps_its_files(page):
    choose(page, ("a.csv", b"id,price\n"))
    page.wait_for_selector(f"{READY} >> text=a.csv")
    ask(page, "What is this?")
    finished(page)
    page.hover(".question")
    page.click(".question [data-action=edit]")
    page.fill(".question form textarea", "And this?")
    page.press(".question form textarea", "Enter")
    page.wait_for_selector(".question >> text=Version 2 of 2")
    finished(page)
    latest = Message.objects.filter(role="user").order_by("-position").first()
    assert [one["name"] for one in latest.attachments] == ["a.csv"]
    assert page.locator(IN_THREAD).all_inner_texts() == ["a.csv"]
