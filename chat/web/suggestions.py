"""Questions to begin with, made from what a repository holds."""

from __future__ import annotations

from django.utils.translation import gettext as _

from repos.models import Repository
from repos.search import outline


def suggested(repository: Repository) -> list[str]:
    """Up to four questions that this repository can answer; none before it is indexed."""
    if repository.current_index_id is None:
        return []
    folders, classes = outline(repository.current_index_id)
    found = [_("What is this repository for, and where does one begin reading?")]
    found += [_("What does %(name)s do, and who uses it?") % {"name": name} for name in classes[:1]]
    found += [_("How is %(folder)s organised?") % {"folder": folder} for folder in folders[:1]]
    found.append(_("How are its tests run, and what do they cover?"))
    return found
