"""One name guessed from many addresses, and many names from one, are locked out with words."""

import pytest
from axes.models import AccessAttempt

from deepwiki.accounts.allauth_adapters import MAX_FAILURES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "attempt",
    [
        {"username": "alice", "ip_address": "192.0.2.1"},
        {"username": "somebody", "ip_address": "127.0.0.1"},
    ],
)
@pytest.mark.parametrize("password", ["right", "wrong"])
def test_the_large_bound_says_that_there_were_too_many_attempts(client, alice, attempt, password):
    alice.set_password("right")
    alice.save()
    AccessAttempt.objects.create(failures_since_start=MAX_FAILURES, **attempt)
    response = client.post("/accounts/login/", {"login": "alice", "password": password})
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "Too many attempts" in response.content.decode()


def test_one_below_the_bound_a_person_still_signs_in(client, alice):
    alice.set_password("right")
    alice.save()
    AccessAttempt.objects.create(
        failures_since_start=MAX_FAILURES - 1, username="alice", ip_address="192.0.2.1"
    )
    response = client.post("/accounts/login/", {"login": "alice", "password": "right"})
    assert response.status_code == 302
