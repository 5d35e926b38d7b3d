"""Our wikis in the shape of deepwiki-open: those that somebody with the permission made public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from deepwiki.wiki.api.payloads import Json
from deepwiki.wiki.models import DEFAULT_LANGUAGE, PageVersion, Wiki
from repos.models import Repository, RepositoryQuerySet

HIGH, MEDIUM = 1 / 3, 2 / 3  # shares of the pages, by importance
LABELS = {"provider": "deepwiki", "model": "code"}


def built_wiki(repository: Repository, language: str) -> Json | None:
    """The public wiki of a repository, None if it has none in this language."""
    wiki = _public_wikis().filter(repository=repository).select_related("repository").first()
    if wiki is None:
        return None
    tree = _tree(wiki, language)
    return _payload(wiki, tree) if tree.pages else None


def _payload(wiki: Wiki, tree: _PageTree) -> Json:
    return {
        "wiki_structure": _structure(wiki, tree),
        "generated_pages": {page["id"]: page for page in tree.payloads},
        "repo_url": wiki.repository.url,
        "repo": repository_payload(wiki.repository),
        **LABELS,
    }


def built_projects(readable: RepositoryQuerySet) -> Iterator[Json]:
    """The entries of public wikis of repositories."""
    for wiki in _public_wikis().filter(repository__in=readable).select_related("repository"):
        if wiki.built_at is not None:
            yield project_payload(wiki.repository, DEFAULT_LANGUAGE, wiki.built_at)


def repository_payload(repository: Repository) -> Json:
    """A repository as `{owner, repo, type, token, localPath, repoUrl}`; never with a token."""
    without = {"token": None, "localPath": None}
    return {
        **_owner_and_name(repository),
        "type": repository.kind,
        "repoUrl": repository.url,
        **without,
    }


def project_payload(repository: Repository, language: str, at: datetime) -> Json:
    """An entry of the list of wikis; `submittedAt` is in milliseconds."""
    return {
        "id": f"{repository.pk}_{language}",
        **_owner_and_name(repository),
        "name": repository.name,
        "repo_type": repository.kind,
        "submittedAt": round(at.timestamp() * 1000),
        "language": language,
    }


def _owner_and_name(repository: Repository) -> Json:
    owner, _, name = repository.name.rpartition("/")
    return {"owner": owner, "repo": name}


def _public_wikis() -> QuerySet[Wiki]:
    return Wiki.objects.filter(is_public=True, is_disabled=False)


def _structure(wiki: Wiki, tree: _PageTree) -> Json:
    return {
        "id": str(wiki.pk),
        "title": wiki.repository.name,
        "description": f"The wiki of {wiki.repository.name} at {wiki.commit[:10]}.",
        "pages": tree.payloads,
        "sections": [tree.section(page) for page in tree.section_pages],
        "rootSections": [page.slug for page in tree.below(None)],
    }


def _tree(wiki: Wiki, language: str) -> _PageTree:
    pages = wiki.pages.filter(is_removed=False).annotate(text=_newest_text(language))
    return _PageTree(list(pages.filter(text__isnull=False).order_by("position", "pk")))


def _newest_text(language: str) -> Subquery:
    versions = PageVersion.objects.filter(page=OuterRef("pk"), language=language)
    return Subquery(versions.order_by("-version_number").values("text")[:1])


class _PageTree:
    """The pages that have a version in a language, in order, each with its `text`."""

    def __init__(self, pages: Sequence[Any]) -> None:
        self.pages = pages
        self.parents = {page.parent_id for page in pages}
        self.slugs = {page.pk: page.slug for page in pages}

    def below(self, parent: int | None) -> list[Any]:
        """The pages right below one; those at the top for None."""
        return [page for page in self.pages if page.parent_id == parent]

    @cached_property
    def payloads(self) -> list[Json]:
        return list(map(self._payload, self.pages))

    @cached_property
    def section_pages(self) -> list[Any]:
        """Those at the top, and those with pages below them."""
        return [page for page in self.pages if page.parent_id is None or page.pk in self.parents]

    def section(self, page: Any) -> Json:
        below = self.below(page.pk)
        leaves = [each.slug for each in below if each.pk not in self.parents]
        inner = [each.slug for each in below if each.pk in self.parents]
        pages = [page.slug, *leaves]
        return {"id": page.slug, "title": page.title, "pages": pages, "subsections": inner}

    @cached_property
    def _ranks(self) -> dict[int, float]:
        ranked = sorted(self.pages, key=lambda page: -page.importance)
        return {page.pk: place / len(ranked) for place, page in enumerate(ranked)}

    def _payload(self, page: Any) -> Json:
        return {
            "id": page.slug,
            "title": page.title,
            "content": page.text,
            "filePaths": page.files,
            "importance": _importance(self._ranks[page.pk]),
            "relatedPages": self._related(page),
        }

    def _related(self, page: Any) -> list[str]:
        parent = self.slugs.get(page.parent_id)
        children = [each.slug for each in self.below(page.pk)]
        return [parent, *children] if parent else children


def _importance(rank: float) -> str:
    if rank < HIGH:
        return "high"
    return "medium" if rank < MEDIUM else "low"
