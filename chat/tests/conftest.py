"""A real Chromium, and a real server whose models stream from loopback."""

import os
import uuid
from pathlib import Path

import pytest

from chat.models import Conversation, Message
from chat.tools import toolbox
from deepwiki.testing import browser as chromium
from deepwiki.testing.page_log import follow_page
from repos.models import IndexJob, Repository

# What Playwright switches off, since of two such options the last counts; and the lists below the
# address bar, which each context's window loads as pages of their own: half a second of CPU time.
FEATURES_OFF = """
    AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades LensOverlay
    HttpsFirstBalancedModeAutoEnable MediaRouter PaintHolding ThirdPartyStoragePartitioning
    AvoidCorsURLLoaderRestartOnRedirect OptimizationHints NetworkTimeServiceQuerying AimEnabled
    PreconnectToSearch WebUIOmniboxPopup WebUIOmniboxAimPopup WebUIOmniboxFullPopup
"""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(FEATURES_OFF.split())}",
]
MODELS = """
[openai]
label = "Test"
adapter = "openai"
key = "OPENAI_API_KEY"
address = ["OPENAI_BASE_URL", ""]
[[openai.models]]
id = "fake"
context = 32000
output = 1000
[search-only]
label = "Search only"
adapter = "search"
models = [{ id = "excerpts", context = 100000, output = 1000, images = false }]
"""
LONG_TURNS = 40
LONG_ANSWER = (
    "## How it goes\n\n"
    + "The price is **rounded** and *then* reduced, see `shop/prices.py:L16-L17`. " * 12
    + "\n\n```python\n"
    + "def apply_discount(total):\n    return total * 0.9 if total > 100 else total\n" * 6
    + "```\n\n| name | value |\n|---|---|\n"
    + "| `discount` | ten percent |\n" * 6
    + "\n- a step, with its reason, "
    + "\n- a step, with its reason, ".join("it follows from the one before" for _ in range(6))
)


@pytest.fixture(scope="module")
def browser():
    path = chromium.find()
    if not path:
        pytest.skip("no Chromium can be had here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


def slow_down(session):
    """Make a page and its network as slow as the environment asks for."""
    if rate := float(os.environ.get("DEEPWIKI_TEST_SLOW_BROWSER", "0")):
        session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    if latency := float(os.environ.get("DEEPWIKI_TEST_SLOW_NETWORK", "0")):
        session.send("Network.enable")
        limits = {"downloadThroughput": -1, "uploadThroughput": -1}
        conditions = {"offline": False, "latency": latency, **limits}
        session.send("Network.emulateNetworkConditions", conditions)


@pytest.fixture
def open_page(browser, request):
    """Pages that fail the test on any script error, dialog, policy violation or request to elsewhere.

    Nothing moves on them, unless a test asks for that. DEEPWIKI_TEST_SLOW_BROWSER=4 makes their scripts four times slower, DEEPWIKI_TEST_SLOW_NETWORK=500
    every reply half a second late: that shows races.
    """
    trouble, contexts = [], []

    def open_page(live, **kwargs):
        if hasattr(live, "wait_until_serving"):
            live.wait_until_serving()  # a page waits less long
        context = browser.new_context(**{"reduced_motion": "reduce", **kwargs})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        follow_page(request, page, getattr(live, "log", None))
        slow_down(context.new_cdp_session(page))
        page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
        page.on(
            "dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss())
        )
        page.on(
            "console",
            lambda m: trouble.append(m.text) if "Content Security Policy" in m.text else None,
        )
        page.on(
            "request",
            lambda r: (
                trouble.append(r.url)
                if not r.url.startswith((live.url, "data:", live.url.replace("http", "ws")))
                else None
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def start(live, model, repository, people):
    """A server whose one model streams from loopback: `start("fake?tokens=5")` says how it answers.

    The server itself is told neither, so that tests which differ in the model alone can share it.
    """
    models = Path(os.environ["DATA_DIR"]) / "models.toml"
    models.write_text(MODELS)

    def start(answers="fake?tokens=5", **environment):
        model.default = answers
        server = live(
            OPENAI_API_KEY="sk-test",
            OPENAI_BASE_URL=model.url,
            DEEPWIKI_MODELS_FILE=str(models),
            **environment,
        )
        server.wait_until_serving()
        return server

    return start


@pytest.fixture
def failed(people):
    """A repository that alice asked for and that could not be fetched."""
    repository = Repository.objects.create(
        kind="github", url="https://github.com/pallets/flusk", name="pallets/flusk"
    )
    IndexJob.objects.create(
        repository=repository,
        state=IndexJob.State.FAILED,
        requested_by=people["alice"],
        error="There is no such repository.",
    )
    return repository


@pytest.fixture
def message(alice, repository):
    """An answer that is about to be generated."""
    conversation = Conversation.objects.create(user=alice, repository=repository, title="t")
    return Message.objects.create(
        conversation=conversation,
        position=1,
        role=Message.Role.ASSISTANT,
        state=Message.State.RUNNING,
        run_id=uuid.uuid4(),
    )


@pytest.fixture
def box(app, people):
    """The tools over it, for alice."""
    return toolbox([app.pk], person_id=people["alice"].pk)


@pytest.fixture
def store_answer(alice, repository):
    """Stores an answer of alice's with these fields, and the question before it."""

    def store(**fields):
        conversation = Conversation.objects.create(user=alice, repository=repository, title="t")
        question = Message.objects.create(
            conversation=conversation, position=1, role="user", content="How?"
        )
        return Message.objects.create(
            conversation=conversation,
            parent=question,
            position=2,
            role="assistant",
            commit="c0ffee",
            run_id=uuid.uuid4(),
            **fields,
        )

    return store


@pytest.fixture
def long_conversation(repository, alice):
    """One of forty questions with their answers."""
    started = Conversation.objects.create(user=alice, repository=repository, title="long")
    parent = None
    for number in range(LONG_TURNS):
        question = Message.objects.create(
            conversation=started,
            role="user",
            content=f"What is part {number}?",
            parent=parent,
            position=2 * number + 1,
        )
        parent = Message.objects.create(
            conversation=started,
            role="assistant",
            content=f"{LONG_ANSWER}\n\nThat was part {number}.",
            parent=question,
            position=2 * number + 2,
            state="complete",
            citations=[{"path": "shop/prices.py", "start": 16, "end": 17, "found": True}],
            commit=repository.current_index.commit,
        )
    return started


@pytest.fixture
def mine(client, alice, repository):
    """Makes conversations of alice, who is signed in, each of one question and its answer."""
    client.force_login(alice)

    def make(title, answer="An answer.", about=repository, **kwargs):
        conversation = Conversation.objects.create(
            user=alice, repository=about, title=title, **kwargs
        )
        question = Message.objects.create(
            conversation=conversation, position=1, role="user", content=title
        )
        Message.objects.create(
            conversation=conversation,
            position=2,
            parent=question,
            role="assistant",
            content=answer,
            commit="c0ffee",
        )
        return conversation

    return make
