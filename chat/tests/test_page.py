"""The page in a real Chromium against a real server."""

from pathlib import Path

import pytest

from deepwiki.testing.page import ask, begin, bring_session, finished, sign_in
from repos.models import Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARTIFACTS = Path("test-artifacts")
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>[x](javascript:alert(3)) ![i](https://evil.example/i.png) <svg onload=alert(4)>"


def test_ask_read_reload(start, open_page, repository):
    live = start()
    page = open_page(live)
    sign_in(page, live)
    page.click("#choices a")
    page.wait_for_selector("text=Ready")
    ask(page, "How is the discount computed?")
    assert finished(page) == "t0000 t0001 t0002 t0003 t0004"
    assert page.url.startswith(f"{live.url}/c/")
    assert page.locator("#rail .item > a").count() == 1
    page.click("summary:has-text('sources')")
    page.click(".sources a.cite >> nth=0")
    page.wait_for_selector(".pane .marked")
    page.keyboard.press("Escape")
    page.reload()
    assert finished(page) == "t0000 t0001 t0002 t0003 t0004"
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "ask.png")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=ARTIFACTS / "ask-dark-phone.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_conversation_goes_on_in_place(start, open_page, repository):
    live = start()
    page = begin(open_page(live), live, repository)
    ask(page, "First question")
    finished(page)
    url = page.url
    ask(page, "Second question")
    page.wait_for_selector(".answer[data-state=complete] >> nth=1")
    assert page.url == url
    page.reload()
    assert page.locator(".question").count() == 2


def test_stop_keeps_what_came(start, open_page, repository, model):
    live = start("fake?tokens=2000&delay_ms=20")
    page = begin(open_page(live), live, repository)
    ask(page, "A long one")
    page.wait_for_selector("text=t0003")
    page.click("#stop")
    text = finished(page, "stopped")
    assert text.startswith("t0000")
    assert page.locator("text=You stopped this answer.").count() == 1
    page.reload()
    assert finished(page, "stopped").startswith("t0000")
    assert model.closed == 1


def test_a_reload_in_the_middle_goes_on_where_it_was_and_two_tabs_show_the_same(
    start, open_page, repository, model
):
    live = start("fake?tokens=100&delay_ms=10&hold=50")
    page = begin(open_page(live), live, repository)
    ask(page, "A slow one")
    page.wait_for_selector("text=t0010")
    page.reload()
    page.wait_for_selector("text=t0012")
    second = page.context.new_page()
    second.goto(page.url)
    second.wait_for_selector("text=t0012")
    model.release()
    expected = " ".join(f"t{n:04d}" for n in range(100))
    assert finished(page) == expected
    assert finished(second) == expected
    assert len(model.requests) == 1


def test_without_a_socket_it_goes_over_http(start, open_page, repository):
    live = start()
    page = open_page(live)
    page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose && this.onclose({code: 1006}), 0); } close() {} };"
    )
    page.clock.install()
    bring_session(page, live)
    page.goto(f"{live.url}/r/{repository.pk}/")
    ask(page, "Over HTTP please")
    page.wait_for_selector("text=retrying…")
    for _ in range(8):
        page.clock.fast_forward(1000)
    assert finished(page) == "t0000 t0001 t0002 t0003 t0004"


def test_nothing_an_answer_holds_comes_alive(start, open_page, repository):
    live = start("fake?echo=1")  # the answer is the prompt, question included
    page = begin(open_page(live), live, repository)
    ask(page, EVIL)
    finished(page)
    assert page.locator(".prose img, .prose script, .prose svg, .question img").count() == 0
    assert page.locator(".prose a[href^=javascript]").count() == 0
    page.reload()
    finished(page)


def test_provider_trouble_is_said_and_the_question_is_kept(start, open_page, repository):
    live = start("fake?fault=401")
    page = begin(open_page(live), live, repository)
    ask(page, "Will this work?")
    page.wait_for_selector("text=refused the server's key")
    assert page.inner_text(".question [data-part=text]") == "Will this work?"
    ask(page, "And again?")
    page.wait_for_selector(".answer[data-state=partial] >> nth=1")


def test_a_repository_is_added_watched_and_asked_about(live, open_page, people, folder):
    server = live(worker=True, DEEPWIKI_LOCAL_ROOTS=str(folder.parent.resolve()))
    page = open_page(server)
    sign_in(page, server)
    page.fill("#repo-url", "not an address")
    page.click("#add-form button.primary")
    page.wait_for_selector("#add-error")
    assert page.input_value("#repo-url") == "not an address"
    page.fill("#repo-url", str(folder))
    page.click("#add-form button.primary")
    page.wait_for_selector("text=Ready", timeout=30_000)
    ask(page, "apply_discount")
    assert "without a language model" in finished(page)


def test_somebody_elses_conversation_is_not_there(start, open_page, repository, people):
    from chat.models import Conversation

    live = start()
    mine = Conversation.objects.create(
        user=people["alice"], repository=repository, title="private thoughts"
    )
    page = open_page(live)
    sign_in(page, live, "bob")
    assert page.goto(f"{live.url}/c/{mine.pk}/").status == 404
    assert "private thoughts" not in page.content()


def test_the_admin_lists_everything_and_can_add_a_repository(live, open_page, people, repository):
    server = live()
    page = open_page(server)
    sign_in(page, server, "carol")
    for place in (
        "repos/repository",
        "repos/document",
        "repos/indexjob",
        "chat/conversation",
        "chat/message",
    ):
        assert page.goto(f"{server.url}/admin/{place}/").status == 200
    page.goto(f"{server.url}/admin/repos/repository/add/")
    page.fill("#id_url", "pallets/flask")
    page.select_option("#id_kind", "github")
    page.click("input[name=_save]")
    page.wait_for_selector("text=was added successfully")
    page.wait_for_selector("text=pallets/flask")


def test_deep_research_shows_its_rounds_and_any_of_them_can_be_read(start, open_page, repository):
    live = start("fake?text=%23%23%20Next%20Steps%0ANothing%20is%20missing.")
    page = begin(open_page(live), live, repository)
    page.select_option("#mode", "research")
    ask(page, "How does the shop work?")
    finished(page)
    for _ in range(2):  # live, and after a reload
        names = page.locator(".stages button strong").all_inner_texts()
        assert names == ["Plan", "Update 2", "Conclusion"]
        assert (
            page.locator(".prose > [data-stage]:visible").count()
            == page.locator(".prose > [data-stage='2']").count()
        )
        page.click(".stages button:has-text('Plan')")
        assert page.locator(".prose > [data-stage='0']").first.is_visible()
        assert not page.locator(".prose > [data-stage='2']").first.is_visible()
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / "research.png")
        page.reload()
        finished(page)


WICKED = """# <script>alert(1)</script>

[data](data:text/html,<script>alert(2)</script>) [js](javascript:alert(3)) <javascript:alert(4)> ![p](https://evil.example/p.png)
<img src=x onerror=alert(5)> <svg/onload=alert(6)> <iframe src=https://evil.example></iframe> <style>*{display:none}</style>

$\\href{javascript:alert(7)}{x}$ $$\\text{<img src=x onerror=alert(8)>}$$

| <b onmouseover=alert(9)>a</b> | `<script>` |
|---|---|
| [x](vbscript:alert(10)) | "'><script>alert(11)</script> |

```mermaid
flowchart LR
  a["<img src=x onerror=alert(12)>"] --> b
  click a "javascript:alert(13)"
  click b href "https://evil.example/"
```

```html"onmouseover="alert(14)
<script>alert(15)</script>
```

```mermaid
this is no diagram <script>alert(16)</script>
```

See `shop/<img src=x onerror=alert(17)>.py:L1-L2` and [[evil]](//evil.example "onclick=alert(18)").
"""


def test_whatever_an_answer_holds_is_inert_live_after_a_reload_and_when_shared(
    start, open_page, repository
):
    live = start("fake?echo=1")  # the answer is the prompt, question included
    page = begin(open_page(live), live, repository)
    ask(page, WICKED)
    finished(page)
    body = ".answer [data-part=body]"
    for _ in range(2):
        assert "this is no diagram" in page.inner_text(body)
        pictures = page.evaluate(
            "[...document.querySelectorAll('.answer img')].map((i) => i.getAttribute('src').slice(0, 10))"
        )
        assert pictures == ["/diagrams/"] * 2  # light and dark
        # It loads when it comes near: how far the page has scrolled by now differs between runs.
        page.locator(".answer img").first.scroll_into_view_if_needed()
        page.wait_for_function("() => document.querySelector('.answer img').complete")
        assert page.evaluate("document.querySelector('.answer img').naturalWidth > 50")
        links = page.evaluate(
            f"[...document.querySelectorAll('{body} a')].map((a) => new URL(a.href).protocol)"
        )
        assert set(links) <= {"http:", "https:"}
        bad = "script, iframe, object, embed, svg, style, form, [onerror], [onload], [onclick], [onmouseover], [style]"
        assert page.evaluate(f"document.querySelectorAll('{body} :is({bad})').length") == 0
        page.reload()
        finished(page)
    Repository.objects.update(shares_allowed=True)
    page.click("#share")
    page.click("text=Make a link")
    link = page.inner_text("[data-part=share-link]")
    stranger = open_page(live)
    stranger.goto(link)
    assert stranger.locator(f"{body} script, {body} [onerror], {body} iframe").count() == 0


def test_a_reload_in_the_middle_of_deep_research_goes_on_where_it_was(
    start, open_page, repository, model
):
    live = start(
        "fake?text=%23%23%20Findings%0AOne%20two%20three%20four%20five%20six%20seven%20eight.&hold=4"
    )
    page = begin(open_page(live), live, repository)
    page.select_option("#mode", "research")
    ask(page, "How does the shop work?")
    model.release(2)  # the plan and the first update, whose text shows once it calls no tool
    page.wait_for_selector(".stages button:has-text('Update 2')")
    page.reload()
    page.wait_for_selector(".stages button:has-text('Update 2')")
    model.release(10)
    finished(page)
    names = page.locator(".stages button strong").all_inner_texts()
    assert names[0] == "Plan" and names[-1] == "Conclusion" and len(names) == len(set(names)) >= 3
    text = " ".join(page.locator(".prose > [data-stage]:visible").all_inner_texts())
    assert text.count("eight.") == 1


def test_where_to_look_narrows_the_sources(start, open_page, repository):
    live = start("fake?tokens=3")
    page = begin(open_page(live), live, repository)
    page.click("#options summary")
    page.fill("input[name=included_files]", "*.js")
    ask(page, "discount receipt")
    finished(page)
    page.click("summary:has-text('sources')")
    assert {text.split()[0] for text in page.locator(".sources .cite").all_inner_texts()} == {
        "shop/mail.js"
    }


def test_a_citation_that_is_not_there_looks_different_and_one_that_is_opens_its_lines(
    start, open_page, repository
):
    live = start("fake?text=See%20%60shop/prices.py:L2-L4%60%20and%20%60shop/none.py:L1%60.")
    page = begin(open_page(live), live, repository)
    ask(page, "Where?")
    finished(page)
    for _ in range(2):
        assert page.locator(".prose a.cite").count() == 1
        assert "not found in this commit" in page.inner_text(".prose .cite.unverified")
        page.click(".prose a.cite")
        page.wait_for_selector(".pane .marked")
        page.keyboard.press("Escape")
        page.reload()
        finished(page)


def test_an_answer_can_be_asked_anew_and_downloaded(start, open_page, repository, model):
    live = start("fake?tokens=3")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    finished(page)
    with page.expect_download() as caught:
        page.click(".answer [data-part=download]")
    text = Path(caught.value.path()).read_text()
    assert (
        text.startswith("# How is the discount computed?")
        and "t0000 t0001 t0002" in text
        and "shop/prices.py" in text
    )
    page.click(".answer [data-action=again]")
    page.wait_for_selector("text=Version 2 of 2")
    finished(page)
    assert page.locator(".question").count() == 1
    assert len(model.requests) >= 2
