"""Requests for translations of pages by a model: for whoever manages the repository."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from deepwiki.wiki.reading.page_tree import page_url
from deepwiki.wiki.translation.languages import reading_language
from deepwiki.wiki.translation.originals import original_of
from deepwiki.wiki.translation.page_requests import request_translation
from deepwiki.wiki.web.lookups import readable_wiki, readers_only
from deepwiki.wiki.web.refusals import tell_refusals


@require_POST
@login_required
@readers_only
@tell_refusals
def translate_page(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """Hand a page to the workers, to be translated into the language that is read.

    404 for others. Nothing happens for the language that the page is written in, and for a page
    that is not written.
    """
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug)
    if not wiki.repository.managed_by(request.user):
        raise Http404
    original = original_of(page)
    if original is not None and original.language != reading_language():
        request_translation(page, reading_language(), request.user.pk)
    return redirect(page_url(wiki, page))
