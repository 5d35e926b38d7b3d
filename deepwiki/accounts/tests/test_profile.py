"""Signing up, resetting a password, one's own settings and tokens, other sites' accounts."""

import re
from datetime import timedelta
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.utils import timezone

from deepwiki.accounts.models import ApiToken, Profile

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {
    "username": "dora",
    "email": "dora@example.org",
    "password1": "a-long-enough-1",
    "password2": "a-long-enough-1",
}


def test_signing_up_is_closed_until_the_settings_open_it(client, settings):
    assert "administrator" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", NEW)
    assert not get_user_model().objects.filter(username="dora").exists()
    assert "Sign up" not in client.get("/accounts/login/").content.decode()
    settings.SIGN_UP = True
    assert "Sign up" in client.get("/accounts/login/").content.decode()
    client.post("/accounts/signup/", NEW)
    assert get_user_model().objects.filter(username="dora", is_staff=False).exists()


def test_a_password_is_reset_by_a_link_that_works_once(client, alice, settings, mailoutbox):
    settings.EMAIL_HOST = "mail.example"
    alice.email = "alice@example.org"
    alice.save()
    client.post("/accounts/password/reset/", {"email": "alice@example.org"})
    link = re.search(r"http://localhost:8000(\S+)", mailoutbox[0].body).group(1)
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": "quite-another-1", "password2": "quite-another-1"})
    alice.refresh_from_db()
    assert alice.check_password("quite-another-1")
    assert client.get(link, follow=True).context.get("token_fail")


def test_without_mail_the_page_says_whom_to_ask(client):
    assert "sends no mail" in client.get("/accounts/password/reset/").content.decode()
    assert "Forgot" not in client.get("/accounts/login/").content.decode()


def test_an_unknown_address_is_answered_like_a_known_one(client, alice, settings, mailoutbox):
    settings.EMAIL_HOST = "mail.example"
    alice.email = "alice@example.org"
    alice.save()
    known = client.post("/accounts/password/reset/", {"email": "alice@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_settings_are_kept_and_travel_with_the_person(client, alice):
    client.force_login(alice)
    client.post("/accounts/profile/", {"language": "fr"})
    client.post("/accounts/appearance/", {"theme": "dark"})
    profile = Profile.objects.get(user=alice)
    assert (profile.language, profile.theme) == ("fr", "dark")
    page = client.get("/").content.decode()
    assert '<html lang="fr" data-theme="dark"' in page
    client.logout()
    client.cookies.clear()
    assert '<html lang="en"' in client.get("/accounts/login/").content.decode()
    client.post("/accounts/login/", {"login": "alice", "password": "alice-pass-1"})
    assert '<html lang="fr" data-theme="dark"' in client.get("/").content.decode()


def test_answers_are_in_the_language_of_the_profile_else_in_that_of_the_pages(
    client, alice, repository
):
    client.force_login(alice)
    composer = f"/r/{repository.pk}/"
    client.post("/accounts/profile/", {"language": "fr"})
    assert '<option value="fr" selected>' in client.get(composer).content.decode()
    client.post("/accounts/profile/", {"language": "fr", "answer_language": "kr"})
    page = client.get(composer).content.decode()
    assert '<html lang="fr"' in page
    assert '<option value="kr" selected>' in page
    refused = client.post("/accounts/profile/", {"answer_language": "ko"})  # not as requests say it
    assert refused.status_code == 200
    assert Profile.objects.get().answer_language == "kr"


def test_the_browsers_language_is_heeded_where_nothing_else_is_chosen(client):
    page = client.get(
        "/accounts/login/", headers={"accept-language": "pt-BR,pt;q=0.9,en;q=0.5"}
    ).content.decode()
    assert '<html lang="pt-br"' in page


def test_a_language_or_model_that_does_not_exist_is_refused(client, alice):
    client.force_login(alice)
    assert client.post("/accounts/profile/", {"language": "xx"}).status_code == 200
    assert client.post("/accounts/appearance/", {"theme": "pink"}).status_code == 200
    client.post("/accounts/models/", {"model": "openai|nothing"})
    assert not Profile.objects.exists()


def test_a_token_is_shown_once_works_and_is_revoked(client, alice, people):
    client.force_login(alice)
    page = client.post(
        "/accounts/tokens/new", {"name": "laptop", "scopes": ["read", "ask"], "days": "90"}
    )
    clear = re.search(r"dw_[\w-]+", page.content.decode()).group()
    assert page.headers["Cache-Control"] == "no-store"
    assert ApiToken.find(clear).user == alice
    assert clear not in client.get("/accounts/tokens/").content.decode()
    token = ApiToken.objects.get()
    client.force_login(people["bob"])
    assert client.post(f"/accounts/tokens/{token.pk}/revoke").status_code == 404
    assert ApiToken.find(clear).user == alice
    client.force_login(alice)
    client.post(f"/accounts/tokens/{token.pk}/revoke")
    assert ApiToken.find(clear) is None


def test_a_token_is_made_for_what_is_chosen_and_for_so_long(client, alice):
    client.force_login(alice)
    form = {"name": "agent", "scopes": ["ask", "manage"], "days": "7"}
    page = client.post("/accounts/tokens/new", form).content.decode()
    token = ApiToken.objects.get()
    assert token.scopes == ["ask", "manage"]
    assert timedelta(days=6) < token.expires_at - timezone.now() < timedelta(days=8)
    assert "ask manage" in page
    client.post("/accounts/tokens/new", {**form, "days": "0"})
    assert ApiToken.objects.filter(expires_at=None).count() == 1
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/accounts/tokens/").content.decode().count("expired") == 2


@pytest.mark.parametrize(
    "wrong", [{"scopes": []}, {"scopes": ["root"]}, {"days": "1"}, {"scopes": ["admin"]}]
)
def test_no_token_is_made_for_what_is_not_offered(client, alice, wrong):
    client.force_login(alice)
    form = {"name": "agent", "scopes": ["read"], "days": "7", **wrong}
    response = client.post("/accounts/tokens/new", form)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not ApiToken.objects.exists()


def test_the_scope_for_the_server_is_offered_to_its_staff(client, carol):
    client.force_login(carol)
    client.post("/accounts/tokens/new", {"name": "ops", "scopes": ["admin"], "days": "7"})
    assert ApiToken.objects.get().scopes == ["admin"]


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def test_accounts_of_other_sites_are_offered_once_their_keys_are_set(live, people):
    server = live(
        DEEPWIKI_GITHUB_CLIENT_ID="github-id",
        DEEPWIKI_GITHUB_CLIENT_SECRET="github-secret",
        DEEPWIKI_GOOGLE_CLIENT_ID="google-id",
        DEEPWIKI_GOOGLE_CLIENT_SECRET="google-secret",
        DEEPWIKI_OIDC_CLIENT_ID="oidc-id",
        DEEPWIKI_OIDC_SERVER="https://id.example.org",
        DEEPWIKI_OIDC_NAME="Our house",
    )
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar), NoRedirect)
    with opener.open(f"{server.url}/accounts/login/") as answer:
        page = answer.read().decode()
    assert all(f"Continue with {name}" in page for name in ("GitHub", "Google", "Our house"))
    policy = answer.headers["Content-Security-Policy"]
    assert (
        "form-action 'self' https://github.com https://accounts.google.com https://id.example.org"
        in policy
    )
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    for name, client_id, host in (
        ("github", "github-id", "github.com"),
        ("google", "google-id", "accounts.google.com"),
    ):
        request = Request(
            f"{server.url}/accounts/{name}/login/",
            urlencode({"csrfmiddlewaretoken": token}).encode(),
            {"Referer": f"{server.url}/accounts/login/"},
        )
        with pytest.raises(HTTPError) as redirect:
            opener.open(request)
        redirect.value.close()
        there = urlsplit(redirect.value.headers["Location"])
        assert (there.netloc, parse_qs(there.query)["client_id"]) == (host, [client_id])
        assert "secret" not in redirect.value.headers["Location"]


def test_a_name_in_other_letters_is_another_name(client, alice):
    client.post("/accounts/login/", {"login": "ALICE", "password": "alice-pass-1"})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/login/", {"login": "alice", "password": "alice-pass-1"})
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_accounts_made_by_hand_sign_in_where_addresses_are_confirmed(
    client, alice, settings, mailoutbox
):
    settings.EMAIL_HOST = "mail.example"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.SIGN_UP = True
    alice.email = "alice@example.org"
    alice.save()
    client.post("/accounts/login/", {"login": "alice", "password": "alice-pass-1"})
    assert client.session["_auth_user_id"] == str(alice.pk)
    client.get("/accounts/email/")  # allauth notes the address of the account, as not confirmed
    assert EmailAddress.objects.filter(user=alice, verified=False).exists()
    client.logout()
    client.post("/accounts/login/", {"login": "alice", "password": "alice-pass-1"})
    assert client.session["_auth_user_id"] == str(alice.pk)
    client.logout()
    client.post("/accounts/signup/", NEW)
    assert "_auth_user_id" not in client.session  # first the address is confirmed
    link = re.search(r"http://localhost:8000(\S+confirm-email\S+)", mailoutbox[-1].body).group(1)
    client.post(link)
    client.post("/accounts/login/", {"login": "dora", "password": "a-long-enough-1"})
    assert client.session["_auth_user_id"] == str(get_user_model().objects.get(username="dora").pk)


def test_signing_up_with_an_address_that_has_an_account_tells_only_its_owner(
    client, alice, settings, mailoutbox
):
    settings.EMAIL_HOST = "mail.example"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.SIGN_UP = True
    EmailAddress.objects.create(user=alice, email="alice@example.org", verified=True)
    taken = client.post("/accounts/signup/", {**NEW, "email": "alice@example.org"})
    free = client.post("/accounts/signup/", NEW)
    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    assert mailoutbox[0].subject.endswith("You have an account already")


def test_mails_are_in_the_reader_s_language_and_say_who_sends_them(
    client, alice, settings, mailoutbox
):
    settings.EMAIL_HOST = "mail.example"
    alice.email = "alice@example.org"
    alice.save()
    form = {"email": "alice@example.org"}
    client.post("/accounts/password/reset/", form, headers={"accept-language": "ru"})
    assert mailoutbox[0].subject.endswith("Новый пароль")
    assert "учётной записи «alice»" in mailoutbox[0].body
    assert mailoutbox[0].body.rstrip().endswith("DeepWiki, localhost:8000")


def test_whoever_changes_a_password_is_told(client, alice):
    client.post("/accounts/login/", {"login": "alice", "password": "alice-pass-1"})
    done = client.post(
        "/accounts/password/change/",
        {
            "oldpassword": "alice-pass-1",
            "password1": "quite-another-1",
            "password2": "quite-another-1",
        },
        follow=True,
    )
    assert 'class="banner success"' in done.content.decode()
    saved = client.post("/accounts/profile/", {"language": ""}, follow=True)
    assert "Saved." in saved.content.decode()


def test_an_account_of_another_site_is_linked_by_nothing_but_its_id():
    from django.conf import settings

    from deepwiki.accounts.social_login import sign_in_providers
    from deepwiki.foundation.env import ConfigError, Environment

    class Given(Environment):
        more = {}

        def text(self, name, default=""):
            ids = {"DEEPWIKI_GITHUB_CLIENT_ID": "x", "DEEPWIKI_OIDC_CLIENT_ID": self.oidc}
            return {**ids, **self.more}.get(name, default)

    given = Given(None)
    given.oidc = ""
    assert "VERIFIED_EMAIL" not in sign_in_providers(given)["github"]
    given.oidc = "y"
    with pytest.raises(ConfigError):
        sign_in_providers(given)
    given.more = {"DEEPWIKI_OIDC_SERVER": "https://id.example", "DEEPWIKI_OIDC_AUDIENCE": "a, y"}
    with pytest.raises(ConfigError, match="AUDIENCE must not be the client id"):
        sign_in_providers(given)
    assert not getattr(settings, "SOCIALACCOUNT_EMAIL_AUTHENTICATION", False)
    assert settings.SOCIAL_SIGN_UP is False
