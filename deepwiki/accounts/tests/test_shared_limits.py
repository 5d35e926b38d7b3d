"""What is counted to limit it is counted in the database: web processes share it."""

import os
import subprocess
import sys

import pytest
from django.core.cache import cache, caches

from deepwiki.accounts.models import ApiToken, TokenGuesses
from deepwiki.accounts.token_guesses import MAX_GUESSES, count_guess
from deepwiki.testing.servers import child_environment

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "/chat/completions/stream"


def bearer(token, **more):
    return {"headers": {"Authorization": f"Bearer {token}"}, **more}


def ask(client, token, **more):
    return client.post(STREAM, "{}", content_type="application/json", **bearer(token, **more))


def test_unknown_tokens_of_an_address_are_told_to_wait(client):
    statuses = [ask(client, f"dw_{number}").status_code for number in range(MAX_GUESSES + 1)]
    assert statuses == [401] * MAX_GUESSES + [429]
    refused = ask(client, "dw_more")
    assert 0 < int(refused["Retry-After"]) <= 900
    assert "Too many API tokens that are not valid" in refused.json()["detail"]


def test_a_known_token_from_the_same_address_is_served_all_the_same(client, alice):
    known = ApiToken.issue(alice)[1]
    for number in range(MAX_GUESSES + 5):
        ask(client, f"dw_{number}")
    assert ask(client, known).status_code == 400  # taken, and found to be no question


def test_other_addresses_are_counted_on_their_own():
    for _ in range(MAX_GUESSES + 5):
        count_guess("192.0.2.1")
    assert count_guess("192.0.2.1") > 0
    assert count_guess("192.0.2.2") == 0
    assert count_guess("2001:db8::1") == 0


def test_the_window_ends_and_old_counts_are_forgotten(settings):
    for _ in range(MAX_GUESSES + 1):
        count_guess("192.0.2.1")
    window = settings.AXES_COOLOFF_TIME
    for row in TokenGuesses.objects.all():
        TokenGuesses.objects.filter(pk=row.pk).update(began_at=row.began_at - 3 * window)
    assert count_guess("192.0.2.2") == 0
    assert TokenGuesses.objects.count() == 1
    assert count_guess("192.0.2.1") == 0


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/signup/"])
def test_mails_and_sign_ups_are_counted_whatever_process_takes_them(client, path, settings):
    settings.SIGN_UP = True
    statuses = []
    for number in range(21):
        cache.clear()  # as in a process of its own
        form = {"email": f"somebody{number}@example.com", "username": "", "password1": ""}
        statuses.append(client.post(path, form).status_code)
    assert statuses[0] in (200, 302)
    assert statuses[-1] == 429


@pytest.mark.integration
def test_another_process_sees_the_count():
    caches["limits"].set("somebody", 7)
    code = (
        "import django; django.setup(); from allauth.core.internal import ratelimit;"
        " print(ratelimit.cache.get('somebody'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **child_environment(1, {}),
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "deepwiki.settings"),
        },
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "7", done.stderr
