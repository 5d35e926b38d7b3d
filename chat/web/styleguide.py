"""The style guide: one page with every component in every state, for front-end work."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.message_tree import Versions
from chat.models import Message
from chat.rendering import highlight_lines
from chat.web import styleguide_samples as samples
from chat.web.answer_steps import answer_steps
from chat.web.rail import RailGroup, RailItem
from chat.web.reader.line_rows import line_rows
from chat.web.reader.line_window import CodeLine
from chat.web.source_groups import source_groups
from chat.web.view_models import RenderedTurn, rendered_parts

COLOURS = (
    "ground raised sunken rule text soft accent accent-ground mark amber amber-soft brick "
    "brick-soft moss".split()
)
MARKED_LINE = 2


@require_safe
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component and state. 404 unless DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    repository = samples.sample_repository()
    conversation = samples.sample_conversation(repository)
    question = samples.sample_question(conversation)
    context = {
        "repository": repository,
        "conversation": conversation,
        "colours": COLOURS,
        "question": question,
        "versions": Versions(2, 3, question, question, question),
        "answers": [_sample_turn(answer) for answer in samples.sample_answers(conversation)],
        "statuses": samples.sample_statuses(repository),
        "groups": [RailGroup("Today", [RailItem(conversation, (conversation.title,))])],
        "pinned": [],
    }
    return render(request, "chat/styleguide.html", {**context, **_source_pane()})


def _sample_turn(answer: Message) -> RenderedTurn:
    repository = answer.conversation.repository
    steps = answer_steps(answer, repository.address)
    return RenderedTurn(
        answer,
        rendered_parts(answer, repository.address),
        steps=steps,
        groups=source_groups(answer, repository.address),
    )


def _source_pane() -> dict[str, object]:
    """Context of the source pane with one marked line."""
    lines = _source_lines()
    return {
        "path": "shop/prices.py",
        "name": "prices.py",
        "document": {"path": "shop/prices.py"},
        "start": MARKED_LINE,
        "end": MARKED_LINE,
        "commit": "c0ffee" * 6 + "abcd",
        "host_url": "#",
        "rows": line_rows(lines, [MARKED_LINE]),
        "line_count": len(lines),
        "before": 0,
        "after": 0,
    }


def _source_lines() -> list[CodeLine]:
    count = len(samples.SOURCE_CODE.split("\n"))
    html_lines = highlight_lines(samples.SOURCE_CODE, "python", 1, count)
    return [CodeLine(number, html) for number, html in enumerate(html_lines, 1)]
