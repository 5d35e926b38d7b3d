"""The second factor: real codes of an app, recovery codes, and staff who must have one."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client

from deepwiki.accounts.authentication import user_of_session
from deepwiki.accounts.models import ApiToken
from deepwiki.accounts.two_factor import has_second_factor

pytestmark = pytest.mark.django_db(transaction=True)
SET_UP = "/accounts/2fa/totp/activate/"
CODE_PAGE = "/accounts/2fa/authenticate/"


def code_of(secret, steps=0):
    """What an app shows now, or some half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client, name, **data):
    form = {"login": name, "password": f"{name}-pass-1", **data}
    return client.post("/accounts/login/", form)


def confirm(client, name):
    """Type the password once more, as is asked before the account is changed."""
    assert client.get(SET_UP).url.startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": f"{name}-pass-1"})


def set_up(client, name):
    """Sign in, set up an app, sign out; the app's secret."""
    sign_in(client, name)
    confirm(client, name)
    page = client.get(SET_UP).content.decode()
    secret = re.search(r'id="totp-key">([A-Z2-7]+)<', page).group(1)
    done = client.post(SET_UP, {"code": code_of(secret)})
    assert done.url == "/accounts/2fa/recovery-codes/"
    client.post("/accounts/logout/")
    return secret


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_after_the_password_comes_the_code_of_the_app(client, alice):
    secret = set_up(client, "alice")
    assert sign_in(client, "alice").url == CODE_PAGE
    assert not is_signed_in(client)
    assert client.get("/").status_code == 302
    wrong = client.post(CODE_PAGE, {"code": code_of(secret, steps=9)})
    assert wrong.status_code == 200 and not is_signed_in(client)
    assert client.post(CODE_PAGE, {"code": code_of(secret)}).status_code == 302
    assert is_signed_in(client)


def test_a_code_counts_once(client, alice):
    secret = set_up(client, "alice")
    code = code_of(secret, steps=1)  # of a clock that is ahead
    sign_in(client, "alice")
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    client.post("/accounts/logout/")
    sign_in(client, "alice")
    for again in (code, f"{code[:3]} {code[3:]}"):
        assert client.post(CODE_PAGE, {"code": again}).status_code == 200
        assert not is_signed_in(client)


def test_codes_cannot_be_guessed(client, alice):
    secret = set_up(client, "alice")
    sign_in(client, "alice")
    for _ in range(10):
        client.post(CODE_PAGE, {"code": "000000"})
    late = client.post(CODE_PAGE, {"code": code_of(secret)})
    assert late.status_code == 200 and not is_signed_in(client)
    caches["limits"].clear()
    assert client.post(CODE_PAGE, {"code": code_of(secret)}).status_code == 302


def test_a_recovery_code_signs_in_once(client, alice):
    set_up(client, "alice")
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    sign_in(client, "alice")
    assert client.post(CODE_PAGE, {"code": codes[0]}).status_code == 302
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    sign_in(client, "alice")
    client.post(CODE_PAGE, {"code": codes[0]})
    assert not is_signed_in(client)


def test_what_codes_are_made_from_is_stored_encrypted(client, alice, settings):
    secret = set_up(client, "alice")
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    settings.TOKEN_KEYS = ["a-newer-key", *settings.TOKEN_KEYS]
    call_command("rotate_keys")
    settings.TOKEN_KEYS = ["a-newer-key"]
    assert Authenticator.objects.get(type="totp").data["secret"] != stored
    sign_in(client, "alice")
    client.post(CODE_PAGE, {"code": code_of(secret)})
    assert is_signed_in(client)


def test_a_key_that_is_gone_lets_nobody_in(client, alice, settings):
    secret = set_up(client, "alice")
    settings.TOKEN_KEYS = ["another-key"]
    sign_in(client, "alice")
    assert client.post(CODE_PAGE, {"code": code_of(secret)}).status_code == 200
    assert not is_signed_in(client)


def test_the_password_alone_does_not_open_the_admin(client, carol):
    set_up(client, "carol")
    sign_in(client, "carol", next="/admin/")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/")


@pytest.mark.parametrize("page", ["/", "/admin/", "/accounts/tokens/"])
def test_staff_set_theirs_up_first_where_the_settings_say_so(client, carol, settings, page):
    settings.STAFF_TWO_FACTOR = True
    sign_in(client, "carol")
    assert client.get(page).url == SET_UP
    confirm(client, "carol")
    asked = client.get(SET_UP)
    assert "Staff of this server" in asked.content.decode()
    secret = re.search(r'id="totp-key">([A-Z2-7]+)<', asked.content.decode()).group(1)
    client.post(SET_UP, {"code": code_of(secret)})
    assert client.get(page).status_code == 200


def test_programs_and_parts_of_pages_are_told_so(client, carol, settings):
    settings.STAFF_TWO_FACTOR = True
    sign_in(client, "carol")
    reply = client.get("/", headers={"accept": "application/json"})
    assert reply.status_code == 403 and "two factors" in reply.json()["detail"]
    part = client.get("/parts/rail", headers={"hx-request": "true"})
    assert part.headers["HX-Redirect"] == SET_UP
    assert user_of_session(client.session.session_key) is None  # of a WebSocket
    _token, clear = ApiToken.issue(carol)
    headers = {"authorization": f"Bearer {clear}", "host": "localhost"}
    models = Client().get("/v1/models", headers=headers)
    assert models.status_code == 200


def test_others_need_no_second_factor(client, alice, settings):
    settings.STAFF_TWO_FACTOR = True
    sign_in(client, "alice")
    assert client.get("/").status_code == 200


def test_an_administrator_takes_it_from_who_lost_the_phone(client, alice, carol):
    set_up(client, "alice")
    assert has_second_factor(alice)
    client.force_login(carol)
    client.post(
        "/admin/auth/user/",
        {"action": "remove_second_factor", "_selected_action": [alice.pk]},
    )
    assert not has_second_factor(alice)
    assert not Authenticator.objects.filter(user=alice).exists()
