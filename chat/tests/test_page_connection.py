"""The page when its network goes away, in a real Chromium behind a relay."""

import contextlib

import pytest

from chat.models import Message
from chat.testing.relay import Relay
from deepwiki.testing.page import ask, begin, finished
from deepwiki.testing.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A statement: as an expression it would be called.
NO_SOCKETS = """
window.WebSocket = class { constructor() { setTimeout(() => this.onclose({code: 1006})); } close() {} };
0;
"""
LONGEST_PAUSE = 60  # seconds without an attempt to connect, and more
ARRIVAL_SECONDS = 2.0  # from a page's attempt until it is accepted
MOST_TRIES = 5
QUESTION = "How is the discount computed?"


@pytest.fixture
def relay():
    """Relays to servers, closed with the test."""
    relays = []

    def to(server):
        relay = Relay(server.port)
        relays.append(relay)
        return relay.__enter__()

    yield to
    for one in relays:
        one.__exit__(None, None, None)


@pytest.fixture
def opened(start, open_page, repository, relay):
    """A page behind a relay: the page and the relay."""

    def opened(script):
        network = relay(start(script))
        page = open_page(network)
        page.clock.install()
        return begin(page, network, repository), network

    return opened


def pass_seconds(page, seconds):
    for _ in range(seconds):
        page.clock.run_for(1000)


def until_it_tries(page):
    """Let time pass until the page connects, and no further: its time-outs are for a network that takes time."""
    tries = []
    page.on("websocket", lambda socket: tries.append(socket))
    page.on("request", lambda request: tries.append(request) if "/api/" in request.url else None)
    for _ in range(LONGEST_PAUSE):
        pass_seconds(page, 1)
        if tries:
            return


def mend(page, network):
    """The network is back, and the page has noticed."""
    before = network.connections
    network.mend()
    for _ in range(MOST_TRIES):
        until_it_tries(page)  # told late, it may be a try from before
        with contextlib.suppress(AssertionError):
            wait_until(lambda: network.connections > before, ARRIVAL_SECONDS)
            return


def words(count):
    return " ".join(f"t{number:04d}" for number in range(count))


def connection(page):
    return page.inner_text("#connection")


def test_a_cut_in_the_middle_of_an_answer_loses_nothing_however_long_it_lasts(opened, model):
    page, network = opened("fake?tokens=100&delay_ms=5&hold=50")
    ask(page, QUESTION)
    page.wait_for_selector("text=t0010")
    network.cut()
    page.wait_for_selector("text=reconnecting…")
    pass_seconds(page, 60)
    model.release()
    assert page.input_value("#question") == ""
    assert page.locator(".banner.problem").count() == 0
    mend(page, network)
    assert finished(page) == words(100)
    assert connection(page) == ""
    assert (len(model.requests), Message.objects.filter(role="user").count()) == (1, 1)


def test_the_network_coming_back_is_noticed_at_once(opened, model):
    page, network = opened("fake?tokens=100&delay_ms=5&hold=50")
    ask(page, QUESTION)
    page.wait_for_selector("text=t0010")
    network.cut()
    page.wait_for_selector("text=reconnecting…")
    pass_seconds(page, 60)
    network.mend()
    model.release()
    page.clock.pause_at(page.evaluate("Date.now()") + 100)  # no pause ends by itself
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(".answer[data-state=complete]")
    page.clock.resume()
    assert finished(page) == words(100)


def test_a_connection_that_is_open_and_dead_is_noticed(opened, model):
    page, network = opened("fake?tokens=100&delay_ms=5&hold=50")
    ask(page, QUESTION)
    page.wait_for_selector("text=t0010")
    network.freeze()
    model.release()
    pass_seconds(page, 26)  # a ping, and no pong
    page.wait_for_selector("text=reconnecting…")
    mend(page, network)
    assert finished(page) == words(100)
    assert len(model.requests) == 1


def test_a_question_asked_without_a_network_is_sent_when_it_is_back_and_once(opened, model):
    page, network = opened("fake?tokens=5")
    ask(page, QUESTION)
    finished(page)
    network.cut()
    ask(page, "And the tax?")
    page.wait_for_selector("text=retrying…")
    pass_seconds(page, 40)
    mend(page, network)
    page.wait_for_selector(".answer[data-state=complete] >> nth=1")
    assert Message.objects.filter(role="user", content="And the tax?").count() == 1


def test_a_question_that_was_never_sent_can_be_taken_back_and_stands_in_its_field(opened, model):
    page, network = opened("fake?tokens=5")
    network.cut()
    ask(page, QUESTION)
    page.wait_for_selector("text=retrying…")
    page.click("#stop")
    page.wait_for_selector("text=The question was not sent")
    assert page.input_value("#question") == QUESTION
    assert connection(page) == ""
    network.mend()
    pass_seconds(page, 40)
    assert not Message.objects.exists()
    page.press("#question", "Enter")
    page.wait_for_selector(".answer[data-state=complete]")
    assert Message.objects.filter(role="user").count() == 1


def test_a_question_whose_acceptance_was_lost_is_not_asked_twice(opened, model):
    page, network = opened("fake?tokens=100&delay_ms=5&hold=50")
    network.freeze_replies()
    ask(page, QUESTION)
    pass_seconds(page, 6)
    mend(page, network)
    page.wait_for_selector("text=t0010")
    network.freeze_replies()
    model.release()
    pass_seconds(page, 26)
    mend(page, network)
    assert finished(page) == words(100)
    assert Message.objects.filter(role="user").count() == 1
    assert len(model.requests) == 1


def test_a_page_that_is_loaded_again_before_its_question_was_accepted_asks_it_once(opened, model):
    page, network = opened("fake?tokens=100&delay_ms=5&hold=50")
    network.freeze_replies()
    ask(page, QUESTION)
    pass_seconds(page, 40)  # no socket opens: it is asked over HTTP
    model.wait_for(lambda: len(model.requests) == 1)
    url = page.url
    page.goto("data:text/html,")  # left: nothing is tried again
    network.mend()
    page.goto(url)
    assert page.input_value("#question") == QUESTION
    page.press("#question", "Enter")
    model.release()
    assert finished(page) == words(100)
    assert Message.objects.filter(role="user").count() == 1


def test_stop_is_carried_out_when_the_network_is_back(opened, model):
    page, network = opened("fake?tokens=3000&delay_ms=20")
    ask(page, QUESTION)
    page.wait_for_selector("text=t0003")
    network.cut()
    page.wait_for_selector("text=reconnecting…")
    page.click("#stop")
    mend(page, network)
    assert finished(page, "stopped").startswith("t0000")


def test_without_sockets_an_answer_over_http_survives_a_cut(opened, model):
    page, network = opened("fake?tokens=100&delay_ms=5&hold=50")
    page.evaluate(NO_SOCKETS)
    ask(page, QUESTION)
    until_it_tries(page)
    page.wait_for_selector("text=t0010")
    assert connection(page) == "Connected over HTTP"
    network.cut()
    page.wait_for_selector("text=reconnecting…")
    pass_seconds(page, 30)
    model.release()
    mend(page, network)
    assert finished(page) == words(100)
    assert len(model.requests) == 1
