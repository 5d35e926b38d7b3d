"""Services around: Redis, the mail server, Slack, certificates."""

from __future__ import annotations

import asyncio
import re
import smtplib
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from channels.layers import get_channel_layer
from django.conf import settings
from django.core.mail import get_connection
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError

from chat.api.slack.web_api import SlackApi, SlackRefused
from deepwiki.foundation.certificates import read_certificates, trusted_certificates
from deepwiki.runtime.doctor.finding import Outcome, failed, ok, warning

CONNECT_SECONDS = 4.0
REDIS_LINE = "REDIS_URL=redis://host:6379/0"
SLACK_CODE = re.compile(r"[a-z_]{1,60}")  # an error of theirs
CERTIFICATE_DAYS = 21  # left, below which somebody should know


def redis() -> Outcome:
    """Does the Redis that is set up answer, and pass messages on?"""
    if not settings.REDIS_URL:
        return _without_redis()
    try:
        _ping()
        asyncio.run(_pass_a_message())
    except AuthenticationError:
        return failed("Redis refuses the password.", "REDIS_URL=redis://name:password@host:6379/0")
    except (RedisError, OSError, TimeoutError):
        return failed("Nothing answers as a Redis at the address that is set.", REDIS_LINE)
    return ok("Redis answers and passes messages on.")


def mail() -> Outcome:
    """Does the mail server take our sign-in? Nothing is sent."""
    if not settings.EMAIL_HOST:
        return ok("Not set up: passwords are reset by the administrator.")
    connection = get_connection(timeout=CONNECT_SECONDS)
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        return failed(
            "The mail server refuses the name or the password.", "DEEPWIKI_EMAIL_PASSWORD=…"
        )
    except smtplib.SMTPNotSupportedError:
        return failed(
            "The mail server does not encrypt. Choose its port for STARTTLS, or do without.",
            "DEEPWIKI_EMAIL_TLS=false",
        )
    except (smtplib.SMTPException, OSError):
        return failed(
            "Nothing answers as a mail server at the host and port that are set.",
            "DEEPWIKI_EMAIL_HOST=… and DEEPWIKI_EMAIL_PORT=587",
        )
    finally:
        connection.close()
    return ok("The mail server takes our sign-in.")


def slack() -> Outcome:
    """Does Slack know the bot's token? Nothing is written there."""
    app = settings.SLACK
    if not app.is_on:
        return _without_slack(is_begun=bool(app.signing_secret or app.bot_token))
    try:
        asyncio.run(_try_token())
    except SlackRefused as error:
        if not SLACK_CODE.fullmatch(str(error)):
            return failed(
                "Slack does not answer at the address that is set.", "DEEPWIKI_SLACK_API=…"
            )
        return failed(f"Slack refuses the bot's token: {error}.", "DEEPWIKI_SLACK_BOT_TOKEN=xoxb-…")
    if not settings.SECURE_TLS:
        return warning(
            "Slack sends events to https alone, and the public address is none.",
            "DEEPWIKI_PUBLIC_URL=https://…",
        )
    return ok("Slack knows the bot's token.")


def _without_slack(*, is_begun: bool) -> Outcome:
    if is_begun:
        return warning(
            "Slack needs both: the signing secret and the bot's token.",
            "DEEPWIKI_SLACK_SIGNING_SECRET=… and DEEPWIKI_SLACK_BOT_TOKEN=xoxb-…",
        )
    return ok("Not set up: nobody asks in Slack.")


async def _try_token() -> None:
    async with SlackApi(settings.SLACK, trusted_certificates(settings.CA_FILE)) as api:
        await api.check()


def certificates() -> Outcome:
    """Can the certificates to trust be read, and is the public address's own valid?"""
    try:
        context = read_certificates(settings.CA_FILE)
    except (ssl.SSLError, OSError):
        return failed(
            "The file of certificates to trust holds none that can be read.",
            "DEEPWIKI_CA_FILE=a file with certificates in PEM form",
        )
    if not settings.SECURE_TLS:
        return ok("The certificates to trust can be read; the public address has no https.")
    return _public_certificate(context)


def _without_redis() -> Outcome:
    if settings.WEB_PROCESSES == 1:
        return ok("Not set up: one web process needs none.")
    return warning(
        "Not set up: pages whose answer another web process writes look for it every 0.4 s.",
        REDIS_LINE,
    )


def _ping() -> None:
    client = Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=CONNECT_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
    )
    try:
        client.ping()
    finally:
        client.close()


async def _pass_a_message() -> None:
    """Through the channel layer and back. Raises TimeoutError."""
    layer: Any = get_channel_layer()
    async with asyncio.timeout(CONNECT_SECONDS):
        channel = await layer.new_channel()
        await layer.send(channel, {"type": "doctor"})
        await layer.receive(channel)
    await layer.close_pools()


def _public_certificate(context: ssl.SSLContext) -> Outcome:
    public = urlsplit(settings.PUBLIC_URL)
    try:
        days = _days_left(context, str(public.hostname), public.port or 443)
    except ssl.SSLCertVerificationError as error:
        return failed(
            f"The certificate of the public address is not accepted: {error.verify_message}.",
            "renew it at the TLS proxy, with its whole chain",
        )
    except OSError:
        return warning(
            "The public address cannot be reached from here, so its certificate was not seen.",
            "DEEPWIKI_PUBLIC_URL=https://…",
        )
    if days < CERTIFICATE_DAYS:
        return warning(f"The certificate ends in {days} days.", "renew it at the TLS proxy")
    return ok(f"The certificate of the public address is valid for {days} days.")


def _days_left(context: ssl.SSLContext, host: str, port: int) -> int:
    with (
        socket.create_connection((host, port), timeout=CONNECT_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as encrypted,
    ):
        certificate: dict[str, Any] = dict(encrypted.getpeercert() or {})
    return int((ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) // 86_400)
