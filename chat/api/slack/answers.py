"""Answers to messages in Slack: asked as a stranger, written into the thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from chat import services
from chat.api.authorization import Credentials, watched
from chat.api.slack.answer_message import answer_message
from chat.api.slack.message_parts import message_parts
from chat.api.slack.mrkdwn import escape
from chat.api.slack.slack_message import SlackMessage
from chat.api.slack.slack_question import SlackQuestion, read_question
from chat.api.slack.web_api import SlackApi, SlackRefused
from chat.core.errors import ChatError, Internal
from chat.core.messages import format_message
from chat.core.request import parse
from chat.runs import Run, keep
from chat.services.named_repositories import model_name
from deepwiki.foundation.certificates import trusted_certificates
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

FINISH_SECONDS = 10.0
MODE = "auto"

logger = logging.getLogger(__name__)
_answers: set[asyncio.Task[None]] = set()


def start_answer(message: SlackMessage) -> None:
    """Answer a message in a task of its own."""
    task = keep(_answer_message(message))
    _answers.add(task)
    task.add_done_callback(_answers.discard)


async def finish() -> None:
    """Let answers be written whose runs have ended, before the process does."""
    if _answers:
        await asyncio.wait(_answers, timeout=FINISH_SECONDS)


class _Thread:
    """Where an answer belongs. What is noted first becomes the answer."""

    def __init__(self, slack: SlackApi, message: SlackMessage) -> None:
        self._slack, self._message = slack, message
        self._noted = ""

    async def note(self, text: str) -> None:
        """Say that an answer comes. Raises SlackRefused."""
        self._noted = await self._post(text)

    async def write(self, text: str) -> None:
        """Write the answer. Raises SlackRefused."""
        first, *rest = message_parts(text)
        if self._noted:
            await self._slack.update(self._message.channel, self._noted, first)
        else:
            await self._post(first)
        for part in rest:
            await self._post(part)

    async def _post(self, text: str) -> str:
        return await self._slack.post(self._message.channel, self._message.thread, text)


async def _answer_message(message: SlackMessage) -> None:
    certificates = await asyncio.to_thread(trusted_certificates, settings.CA_FILE)
    async with SlackApi(settings.SLACK, certificates) as slack:
        thread = _Thread(slack, message)
        try:
            await thread.write(await _text(message, thread))
        except SlackRefused as error:
            logger.warning("Slack refused a message of ours: %s", error)


async def _text(message: SlackMessage, thread: _Thread) -> str:
    """The answer, or why there is none. Raises SlackRefused."""
    try:
        with services.database_errors_as_down():
            return await _answer(message, thread)
    except ChatError as error:
        return escape(error.message)
    except SlackRefused:
        raise
    except Exception:
        incident = log_incident(logger, "a question in Slack was not answered")
        return Internal(incident).message


async def _answer(message: SlackMessage, thread: _Thread) -> str:
    """Raises SlackRefused and the ChatError family."""
    default = settings.SLACK.repository_of(message.channel)
    question = await in_thread(read_question, message.text, default)
    name = model_name(question.repository)
    await thread.note(escape(format_message("slack_looking", {"repository": name})))
    return await in_thread(answer_message, await _finished_run(question, message.asker))


async def _finished_run(question: SlackQuestion, asker: str) -> Run:
    """The run of an answer, once it has ended. Raises the ChatError family."""
    stranger = AnonymousUser()
    fields = {
        "repo_url": question.repository.url,
        "repository": str(question.repository.pk),
        "messages": [{"role": "user", "content": question.text}],
        "mode": MODE,
    }
    request = parse(fields, services.request_limits())
    run = await services.ask(
        stranger, request, lasting=False, address=asker, lets_strangers_in=True
    )
    assert isinstance(run, Run)  # only a `client_message_id` finds a stored one
    check = partial(Credentials(stranger).check_run, run.id)
    async with contextlib.aclosing(watched(run.attach(), check)) as items:
        async for _ in items:
            pass
    return run
