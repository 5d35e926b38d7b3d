"""Suggested first questions about a repository, from the names in its index."""

from __future__ import annotations

from django.utils.translation import gettext as _

from repos.models import Repository
from repos.search import outline


def suggested_questions(repository: Repository) -> list[str]:
    """Up to four questions in the current language; none without an index."""
    if repository.current_index_id is None:
        return []
    folders, classes = outline(repository.current_index_id)
    questions = [_("What is this repository for, and where does one begin reading?")]
    if classes:
        questions.append(_("What does %(name)s do, and who uses it?") % {"name": classes[0]})
    if folders:
        questions.append(_("How is %(folder)s organised?") % {"folder": folders[0]})
    questions.append(_("How are its tests run, and what do they cover?"))
    return questions
