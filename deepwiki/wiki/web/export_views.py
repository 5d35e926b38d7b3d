"""Downloads of a wiki, and the texts that programs look for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from deepwiki.foundation.attachments import attachment
from deepwiki.wiki.contributions.notes import shown_notes
from deepwiki.wiki.exports.formats import BY_SUFFIX
from deepwiki.wiki.exports.llms_text import llms_full_text, llms_text
from deepwiki.wiki.exports.note_texts import noted_text
from deepwiki.wiki.exports.page_markdown import page_markdown as markdown_of
from deepwiki.wiki.exports.wiki_export import WikiExport, load_export
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.permissions import find_readable_wiki
from deepwiki.wiki.reading.page_ledger import page_ledger
from deepwiki.wiki.reading.page_tree import load_tree
from deepwiki.wiki.translation.languages import reading
from deepwiki.wiki.web.lookups import readable_wiki, readers_only
from deepwiki.wiki.web.named_addresses import find_named
from deepwiki.wiki.web.page_languages import asked_languages

MARKDOWN = "text/markdown; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
UNSAFE = re.compile(r"[^\w.-]+")  # in the name of a file


@require_safe
@readers_only
def page_markdown(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """What a page says now, as Markdown."""
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug)
    version = asked_languages(page, request.GET.get("made")).version
    text = noted_text(page_ledger(version).exported(version.text), shown_notes(page))
    text = markdown_of(text, version, load_tree(wiki).urls, wiki.repository.name)
    return _text(wiki, text, MARKDOWN)


@require_safe
@readers_only
def wiki_export(request: HttpRequest, repository_id: uuid.UUID, file_format: str) -> HttpResponse:
    """The whole wiki as `zip` (Markdown), `html` or `json`."""
    wiki = readable_wiki(request, repository_id)
    chosen = BY_SUFFIX.get(file_format)
    if chosen is None:
        raise Http404
    name = f"{UNSAFE.sub('-', wiki.repository.name)}-wiki.{chosen.suffix}"
    response = attachment(chosen.write(load_export(wiki)), chosen.content_type, name)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def llms_by_name(request: HttpRequest, owner: str, name: str) -> HttpResponseBase:
    """`/<owner>/<repository>/llms.txt`"""
    return _named_text(request, f"{owner}/{name}", llms_text)


@require_safe
def llms_full_by_name(request: HttpRequest, owner: str, name: str) -> HttpResponseBase:
    """`/<owner>/<repository>/llms-full.txt`"""
    return _named_text(request, f"{owner}/{name}", llms_full_text)


def _named_text(
    request: HttpRequest, full_name: str, write: Callable[[WikiExport], str]
) -> HttpResponseBase:
    """The text about a wiki. Strangers are asked to sign in, unless it is public."""
    wiki = _named_wiki(request, full_name)
    if wiki is None and request.user.pk is None:
        return redirect_to_login(request.get_full_path())
    if wiki is None:
        raise Http404
    with reading(request.GET.get("language", "")):
        return _text(wiki, write(load_export(wiki)), PLAIN)


def _named_wiki(request: HttpRequest, full_name: str) -> Wiki | None:
    repository = find_named(request, *full_name.split("/"))
    if repository is None:
        return None
    return find_readable_wiki(request.user, repository.pk)


def _text(wiki: Wiki, text: str, content_type: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    if not wiki.is_public:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
