"""What goes to Slack and comes from there, without a database: signatures, messages, mrkdwn."""

import time

import pytest

from chat.api.slack import signature
from chat.api.slack.message_parts import CUT, MAX_CHARS, MAX_PARTS, message_parts
from chat.api.slack.mrkdwn import FENCE, link, to_mrkdwn
from chat.api.slack.slack_message import read_message
from chat.api.slack.slack_question import plain_question

EVENT = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.2", "text": "<@UAPP> Why?"}
PLACES = {"shop/prices.py:L1-L2": "https://deepwiki.example/code"}


def shown(text):
    return to_mrkdwn(
        text,
        lambda code: PLACES.get(code, ""),
        lambda target: target if target.startswith("http") else "",
    )


def test_the_example_of_slacks_documentation_has_its_signature(monkeypatch):
    # https://docs.slack.dev/authentication/verifying-requests-from-slack
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signed = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    secret, timestamp = "8f742231b10e8888abcd99yyyzzz85a5", "1531420618"
    assert signature.sign(secret, timestamp, body) == signed
    monkeypatch.setattr(time, "time", lambda: 1531420618 + 299)
    assert signature.is_signed(secret, timestamp, signed, body)
    monkeypatch.setattr(time, "time", lambda: 1531420618 + 301)
    assert not signature.is_signed(secret, timestamp, signed, body)


@pytest.mark.parametrize("timestamp", ["", "x", "-5", "١٢", "9" * 5_000, "1e9", "nan"])
def test_a_timestamp_that_is_none_is_not_signed(timestamp):
    body = b"{}"
    assert not signature.is_signed("s", timestamp, signature.sign("s", timestamp, body), body)


def test_a_message_is_one_of_a_person_to_the_app():
    body = {"team_id": "T1", "event": EVENT}
    message = read_message(body)
    assert (message.thread, message.asker) == ("1.2", "slack:T1:U1")
    assert read_message({**body, "event": {**EVENT, "thread_ts": "0.5"}}).thread == "0.5"
    direct = {**EVENT, "type": "message", "channel_type": "im"}
    assert read_message({**body, "event": direct}) is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"app_id": "A1"},
        {"subtype": "message_changed"},
        {"edited": {"user": "U1"}},
        {"type": "message"},
        {"type": "message", "channel_type": "channel"},
        {"type": "reaction_added"},
        {"type": ["app_mention"]},
        {"user": None},
        {"user": "<@U1>"},
        {"channel": 7},
        {"ts": "1.2\n"},
        {"ts": "now"},
        {"text": ["a"]},
    ],
)
def test_anything_else_is_not_answered(changed):
    assert read_message({"team_id": "T1", "event": {**EVENT, **changed}}) is None


@pytest.mark.parametrize("body", [{}, {"event": []}, {"team_id": 7, "event": EVENT}])
def test_nor_is_what_is_no_event(body):
    assert read_message(body) is None


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("<@UAPP> Why &lt;b&gt; &amp; c?", "Why <b> & c?"),
        ("<https://github.com/a/b|github.com/a/b> Why?", "https://github.com/a/b Why?"),
        ("<@UAPP> in <#C1|general> Why?", "in general Why?"),
    ],
)
def test_a_question_is_what_a_person_typed(typed, text):
    assert plain_question(typed) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("## It is **so**", "*It is so*"),
        ("**Bold `a < b`**, *slanted*, ~~not~~", "*Bold `a &lt; b`*, _slanted_, ~not~"),
        ("- a\n  * b", "• a\n  • b"),
        ("> quoted & more", "> quoted &amp; more"),
        (
            "See `shop/prices.py:L1-L2`.",
            f"See <{PLACES['shop/prices.py:L1-L2']}|shop/prices.py:L1-L2>.",
        ),
        ("[docs](https://a.example/x?a=1&b=2)", "<https://a.example/x?a=1&amp;b=2|docs>"),
        ("[gone](nowhere.py)", "gone"),
        ("2 * 3 * 4 and a_b_c", "2 * 3 * 4 and a_b_c"),
        (
            "```python\nx = '<!channel>'\n# no heading",
            f"{FENCE}\nx = '&lt;!channel&gt;'\n# no heading\n{FENCE}",
        ),
        ("| a | b |\n|---|---|\n| 1 | 2 |\nend", f"{FENCE}\n| a | b |\n| 1 | 2 |\n{FENCE}\nend"),
        ("---", "———"),
    ],
)
def test_markdown_is_shown_as_slack_shows_text(markdown, text):
    assert shown(markdown) == text


@pytest.mark.parametrize("mark", ["<!channel>", "<@U123>", "<!here|x>", "<https://evil.example|x>"])
def test_nothing_in_an_answer_calls_anybody_or_leads_elsewhere(mark):
    for text in (mark, f"`{mark}`", f"**{mark}**", f"# {mark}", f"[{mark}](https://a.example)"):
        left = shown(text).replace("<https://a.example|", "")
        assert "<" not in left


def test_a_label_ends_where_it_should():
    assert link("https://a.example/|b", "a|b>c") == "<https://a.example/%7Cb|a¦b&gt;c>"


def test_hostile_text_takes_no_time():
    began = time.process_time()
    for text in (
        "*a" * 12_000,
        "[" * 24_000,
        "`" * 24_000,
        "**" * 12_000,
        "[a](" * 6_000,
        "~~a" * 8_000,
    ):
        shown(text)
    assert time.process_time() - began < 3


def test_a_long_answer_goes_on_in_further_messages_with_its_code_marked():
    text = f"{FENCE}\n" + "x = 1\n" * 1_000 + FENCE
    parts = message_parts(text)
    assert len(parts) == 2
    assert all(part.count(FENCE) == 2 and len(part) <= MAX_CHARS for part in parts)
    assert sum(part.count("x = 1") for part in parts) == 1_000


def test_one_that_is_too_long_is_cut_and_says_so():
    parts = message_parts("word " * 10_000)
    assert len(parts) == MAX_PARTS and parts[-1].endswith(CUT)
    assert all(len(part) <= MAX_CHARS + 2 for part in parts)


def test_a_line_is_not_cut_inside_a_link():
    line = "x" * (MAX_CHARS - 40) + "<https://deepwiki.example/code|shop/prices.py:L1-L2> and &amp;"
    assert "".join(message_parts(line)) == line
    assert not any(part.count("<") != part.count(">") for part in message_parts(line))
