"""Comments to the editors of a page: sent by readers, listed and resolved by editors."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deepwiki.wiki.contributions import comments
from deepwiki.wiki.contributions.editors import may_edit, visible_comments
from deepwiki.wiki.models import ReaderComment, Wiki, WikiPage
from deepwiki.wiki.reading.page_tree import page_url
from deepwiki.wiki.web.lookups import editable_wiki, readable_wiki
from deepwiki.wiki.web.unlisted_pages import render_unlisted, wiki_context

TEMPLATE = "wiki/comments.html"
STATUS = {False: 200, True: 422}  # by whether there is an error
RESOLVE, REOPEN, DELETE = "resolve", "reopen", "delete"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page_comments(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """Send a comment; editors see all comments on the page, others their own."""
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug)
    form = request.POST
    error = ""
    if request.method == "POST":
        error = _send(page, request)
        if not error:
            messages.success(request, _("Your comment was sent to the editors of this page."))
            return redirect("wiki-comments", repository_id, slug)
    context = _context(request, wiki, visible_comments(request.user).filter(page=page))
    shown = {"shown": page, "url": page_url(wiki, page), "typed": form, "error": error}
    return render_unlisted(request, TEMPLATE, {**context, **shown}, STATUS[bool(error)])


@require_safe
@login_required
def wiki_comments(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The comments on all pages of a wiki, for its editors; the open ones first."""
    wiki = editable_wiki(request, repository_id)
    rows = visible_comments(request.user).filter(page__wiki=wiki)
    return render_unlisted(request, TEMPLATE, _context(request, wiki, rows))


@require_POST
@login_required
def change_comment(
    request: HttpRequest, repository_id: uuid.UUID, slug: str, comment_id: int, action: str
) -> HttpResponse:
    """Editors resolve and reopen a comment; its author deletes it."""
    wiki = readable_wiki(request, repository_id)
    rows = visible_comments(request.user).filter(pk=comment_id, page__wiki=wiki, page__slug=slug)
    comment = get_object_or_404(rows)
    if action == DELETE and comment.author_id == request.user.pk:
        comments.withdraw(comment)
    elif action in (RESOLVE, REOPEN) and may_edit(request.user, wiki):
        _set_state(comment, action, request.user.pk)
    else:
        raise Http404
    if "all" in request.POST:
        return redirect("wiki-all-comments", repository_id)
    return redirect("wiki-comments", repository_id, slug)


def _set_state(comment: ReaderComment, action: str, user_id: int | None) -> None:
    rows = ReaderComment.objects.filter(pk=comment.pk)
    if action == RESOLVE and user_id is not None:
        comments.resolve(rows, user_id)
    else:
        comments.reopen(rows)


def _send(page: WikiPage, request: HttpRequest) -> str:
    """An error message, or an empty string once the comment is stored."""
    form, user_id = request.POST, request.user.pk
    if user_id is None:
        raise Http404
    try:
        comments.send_comment(page, int(user_id), form.get("text", ""), form.get("quote", ""))
    except comments.CommentRefused as refused:
        return _refusal(refused.code)
    return ""


def _refusal(code: str) -> str:
    sentences = {
        "empty": _("Write something first."),
        "too_long": _("A comment has at most %(n)s characters. Shorten it."),
        "too_many": _("You have sent %(hour)s comments within an hour. Try again later."),
        "page_is_full": _("This page has many open comments. Its editors have to read them first."),
    }
    return sentences[code] % {"n": f"{comments.MAX_CHARS:,}", "hour": comments.MAX_PER_HOUR}


def _context(request: HttpRequest, wiki: Wiki, rows: QuerySet[ReaderComment]) -> dict[str, Any]:
    return {
        **wiki_context(wiki),
        "comments": comments.listed(rows),
        "may_edit": may_edit(request.user, wiki),
        "max_chars": comments.MAX_CHARS,
        "max_quote_chars": comments.MAX_QUOTE_CHARS,
    }
