"""Agents with access tokens of the OpenID Connect server that people sign in with."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client as PageClient
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

from chat.api.mcp.sessions import sessions
from chat.testing.agent_client import call
from chat.testing.rest_client import RestClient
from chat.testing.token_issuer import DISCOVERY, KEYS, SigningKey, TokenIssuer, json_reply
from chat.testing.wire_server import Wire
from deepwiki.accounts import access_tokens, authentication, issuer_keys, token_guesses
from deepwiki.accounts.access_tokens import find_access_token
from deepwiki.accounts.credential_errors import (
    AccountDeactivated,
    CredentialsRefused,
    IssuerAway,
    NoAccount,
    SecondFactorMissing,
    TokenExpired,
)
from deepwiki.foundation.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
RESOURCE = "http://localhost/mcp"
METADATA = "http://localhost/.well-known/oauth-protected-resource/mcp"
HERE = {"host": "localhost"}
BACK = "http://127.0.0.1:1/back"  # of the client, where nobody listens


@pytest.fixture
def issuer(settings):
    access_tokens._keys.cache_clear()
    with TokenIssuer() as server:
        server.publish()
        options = {"server_url": server.address, "audiences": ["deepwiki-agents"]}
        app = {"client_id": "page", "secret": "", "provider_id": "oidc", "settings": options}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        settings.PUBLIC_URL = "http://localhost"
        yield server
    access_tokens._keys.cache_clear()


@pytest.fixture
def account(alice):
    return SocialAccount.objects.create(user=alice, provider="oidc", uid="a-1")


@pytest.fixture
async def closed_sessions():
    yield
    await sessions.close()


def signed(issuer, **claims):
    return issuer.token(**{"aud": RESOURCE, "sub": "a-1", **claims})


def test_a_token_is_its_persons_whatever_kind_of_key_signed_it(issuer, account, alice):
    issuer.keys.append(SigningKey("RS256"))
    issuer.publish()
    for key in issuer.keys:
        found = find_access_token(signed(issuer, key=key))
        assert (found.user, found.scopes) == (alice, {"read", "ask"})
    assert issuer.asked[KEYS] == 1
    late = {"exp": int(time.time()) - 10, "aud": ["other", "deepwiki-agents"]}
    assert find_access_token(signed(issuer, **late, scope=None, scp=["read"])).scopes == {"read"}
    assert find_access_token(signed(issuer, scope="openid email")).scopes == set()
    assert find_access_token(signed(issuer, scope={"read": 1})).scopes == set()


WRONG = {
    "another issuer": {"iss": "https://evil.example"},
    "for somebody else": {"aud": "page"},
    "for nobody": {"aud": None},
    "of nobody": {"sub": None},
    "for ever": {"exp": None},
    "not yet": {"nbf": time.time() + 86_400},
    "bound to a key": {"cnf": {"jkt": "x"}},
    "for signing out": {"header": {"typ": "logout+jwt"}},
    "an unknown key": {"header": {"kid": "unknown"}},
    "another key of that name": {"key": SigningKey(), "header": {"kid": "k"}},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_is_not_for_us_is_refused(issuer, account, wrong):
    issuer.keys = [SigningKey(key_id="k")]
    issuer.publish()
    with pytest.raises(CredentialsRefused):
        find_access_token(signed(issuer, **WRONG[wrong]))
    assert find_access_token(signed(issuer)).user == account.user


def test_neither_is_one_without_a_signature_or_signed_by_what_everybody_knows(issuer, account):
    claims = {"iss": issuer.address, "aud": RESOURCE, "sub": "a-1", "exp": time.time() + 60}
    header = {"kid": issuer.keys[0].key_id}
    known = "known to everybody, and longer than thirty-two bytes"
    for text in (
        jwt.encode(claims, None, "none", header),
        jwt.encode(claims, known, "HS256", header),
        "a.b.c",
        "..",
        "ey" * 20_000 + ".a.b",
    ):
        with pytest.raises(CredentialsRefused):
            find_access_token(text)


def test_an_unknown_key_is_asked_for_once_a_minute(issuer, account, monkeypatch):
    find_access_token(signed(issuer))
    new = SigningKey()
    issuer.keys.append(new)
    issuer.publish()
    for _ in range(3):
        with pytest.raises(CredentialsRefused):
            find_access_token(signed(issuer, key=new))
    assert issuer.asked[KEYS] == 1
    monkeypatch.setattr(issuer_keys, "ASK_SECONDS", 0.0)
    assert find_access_token(signed(issuer, key=new)).user == account.user
    assert issuer.asked[KEYS] == 2


@pytest.mark.parametrize(
    "reply",
    [
        Wire(status=500),
        json_reply({"keys": 7}),
        json_reply({}),
        Wire((b"[" * 100_000,)),
        lambda keys: Wire((*[b" " * 65_536] * 5, keys)),
        Wire((b"x",), status=302, headers={"Location": "http://127.0.0.1:1/"}),
        lambda keys: Wire((b" ", keys), pauses=3, pause=0.2),
        Wire(ends="broken"),
    ],
)
def test_without_its_keys_nobody_can_tell_and_known_ones_go_on(issuer, account, reply, monkeypatch):
    monkeypatch.setattr(issuer_keys, "TOTAL_SECONDS", 0.3)
    monkeypatch.setattr(issuer_keys, "ASK_SECONDS", 0.0)
    good = issuer.replies[KEYS]
    if callable(reply):
        reply = reply(good[0].chunks[0])
    issuer.replies[KEYS] = (reply,)
    with pytest.raises(IssuerAway):
        find_access_token(signed(issuer))
    issuer.replies[KEYS] = good
    find_access_token(signed(issuer))
    monkeypatch.setattr(issuer_keys, "FRESH_SECONDS", 0.0)
    issuer.replies[KEYS] = (reply,)
    assert find_access_token(signed(issuer)).user == account.user
    monkeypatch.setattr(issuer_keys, "KEPT_SECONDS", 0.0)
    with pytest.raises(IssuerAway):
        find_access_token(signed(issuer))


def test_the_person_has_signed_in_here_and_is_active(issuer, account, alice, settings):
    with pytest.raises(TokenExpired):
        find_access_token(signed(issuer, exp=time.time() - 60))
    with pytest.raises(NoAccount):
        find_access_token(signed(issuer, sub="b-2"))
    bearer = f"Bearer {signed(issuer)}"
    assert authentication.is_bearer_valid(bearer)
    settings.STAFF_TWO_FACTOR = True
    type(alice).objects.filter(pk=alice.pk).update(is_staff=True)
    with pytest.raises(SecondFactorMissing):
        find_access_token(signed(issuer))
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(AccountDeactivated):
        find_access_token(signed(issuer))
    assert not authentication.is_bearer_valid(bearer)


def test_where_to_sign_in_is_said_where_that_is_set_up(issuer, settings):
    for path in (urlsplit(METADATA).path, urlsplit(METADATA).path.removesuffix("/mcp")):
        response = PageClient().get(path, headers=HERE)
        assert response.json()["resource"] == RESOURCE
        assert response.json()["authorization_servers"] == [issuer.address]
        assert response["Access-Control-Allow-Origin"] == "*"
    access_tokens._keys.cache_clear()
    issuer.replies[DISCOVERY] = (Wire(status=500),)
    away = PageClient().get(urlsplit(METADATA).path, headers=HERE)
    assert (away.status_code, away["Retry-After"]) == (503, "60")
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert PageClient().get(urlsplit(METADATA).path, headers=HERE).status_code == 404


async def test_the_door_says_why_and_where_to_sign_in(
    issuer, account, repository, closed_sessions, monkeypatch
):
    listed = await call("list_repositories", signed(issuer))
    assert not listed.result["isError"]
    for token, status, words, error in (
        ("", 401, "Send an API token", None),
        ("a.b.c", 401, "token", "invalid_token"),
        (signed(issuer, exp=time.time() - 60), 401, "expired", "invalid_token"),
        (signed(issuer, scope="openid"), 403, "lacks the scope", "insufficient_scope"),
        (signed(issuer, sub="b-2"), 403, "Sign in on the page once", None),
    ):
        reply = await call("list_repositories", token)
        assert (reply.status, words in reply.message["error"]["message"]) == (status, True), words
        challenge = reply.response.headers.get("www-authenticate", "")
        assert (f'error="{error}"' in challenge) == bool(error)
        assert (f'resource_metadata="{METADATA}"' in challenge) == (status == 401 or bool(error))
    asked = await call("ask_question", signed(issuer, scope="read"), repoName="a/b", question="?")
    assert "lacks the scope ask" in asked.text
    for _ in range(token_guesses.MAX_GUESSES):
        reply = await call("list_repositories", "a.b.c")
    assert reply.status == 429
    assert (await call("list_repositories", signed(issuer))).status == 200
    refused = await in_thread(RestClient(signed(issuer)).get, "repositories")
    assert refused.status in (401, 429)  # for /mcp alone


class Memory:
    """Where the client keeps what it has."""

    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def test_the_official_client_finds_its_way_from_the_refusal_to_a_tool(
    issuer, account, repository, closed_sessions
):
    from deepwiki.asgi import application

    token = {"access_token": signed(issuer), "token_type": "Bearer", "expires_in": 300}
    client = {"client_id": "agent", "redirect_uris": [BACK], "token_endpoint_auth_method": "none"}
    issuer.publish(token=json_reply(token), register=json_reply(client, 201))
    sent = {}

    async def person_signs_in(address):
        sent.update(parse_qs(urlsplit(address).query))

    async def redirected_back():
        return AuthorizationCodeResult(code="c", state=sent["state"][0])

    provider = OAuthClientProvider(
        RESOURCE,
        OAuthClientMetadata(redirect_uris=[BACK], client_name="Agent"),
        Memory(),
        person_signs_in,
        redirected_back,
    )
    ours = httpx2.ASGITransport(app=application)
    async with (
        httpx2.AsyncClient(auth=provider, mounts={"http://localhost": ours}, timeout=60) as http,
        Client(streamable_http_client(RESOURCE, http_client=http)) as agent,
    ):
        listed = await agent.call_tool("list_repositories", {})
    assert not listed.is_error
    assert (sent["resource"], sent["scope"]) == ([RESOURCE], ["read ask"])
