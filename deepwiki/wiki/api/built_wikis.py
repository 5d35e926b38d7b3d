"""Our wikis in the shape of deepwiki-open: those that somebody with the permission made public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from deepwiki.wiki.api.payloads import Json
from deepwiki.wiki.exports.page_markdown import with_targets
from deepwiki.wiki.exports.wiki_export import ExportedPage, load_export_in
from deepwiki.wiki.models import Wiki, WikiPage
from deepwiki.wiki.permissions import readable_wikis
from repos.models import Repository

HIGH, MEDIUM = 1 / 3, 2 / 3  # shares of the pages, by importance
LABELS = {"provider": "deepwiki", "model": "code"}


def built_wiki(repository: Repository, language: str) -> Json | None:
    """The public wiki of a repository, None if it has none in this language."""
    wiki = _public_wikis().filter(repository=repository).first()
    if wiki is None:
        return None
    tree = _PageTree(load_export_in(wiki, language).pages)
    return _payload(wiki, tree) if tree.pages else None


def _payload(wiki: Wiki, tree: _PageTree) -> Json:
    return {
        "wiki_structure": _structure(wiki, tree),
        "generated_pages": {page["id"]: page for page in tree.payloads},
        "repo_url": wiki.repository.url,
        "repo": repository_payload(wiki.repository),
        **LABELS,
    }


def built_projects() -> Iterator[Json]:
    """The entries of public wikis: one for each language that pages are there in."""
    wikis = list(_public_wikis().exclude(built_at=None))
    languages = _languages_of(wikis)
    for wiki in wikis:
        for language in languages.get(wiki.pk, ()):
            yield _entry(wiki, language)


def _entry(wiki: Wiki, language: str) -> Json:
    return project_payload(wiki.repository, language, wiki.built_at or wiki.created_at)


def _languages_of(wikis: Sequence[Wiki]) -> dict[int, list[str]]:
    """By id of a wiki, the languages of its pages, in order."""
    found: dict[int, list[str]] = {}
    for wiki_id, language in _wikis_and_languages(wikis):
        found.setdefault(wiki_id, []).append(language)
    return found


def _wikis_and_languages(wikis: Sequence[Wiki]) -> QuerySet[WikiPage, tuple[int, str]]:
    pages = WikiPage.objects.filter(wiki__in=wikis, is_removed=False).exclude(versions=None)
    rows = pages.values_list("wiki", "versions__language").distinct()
    return rows.order_by("wiki", "versions__language")


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
    """Those that strangers may read."""
    return readable_wikis(AnonymousUser())


def _structure(wiki: Wiki, tree: _PageTree) -> Json:
    return {
        "id": str(wiki.pk),
        "title": wiki.repository.name,
        "description": f"The wiki of {wiki.repository.name} at {wiki.commit[:10]}.",
        "pages": tree.payloads,
        "sections": [tree.section(page) for page in tree.section_pages],
        "rootSections": [page.slug for page in tree.below("")],
    }


class _PageTree:
    """The written pages of a wiki in a language, in order."""

    def __init__(self, pages: Sequence[ExportedPage]) -> None:
        self.pages = pages
        self.parents = {page.parent for page in pages}

    def below(self, parent: str) -> list[ExportedPage]:
        """The pages right below one; those at the top for an empty slug."""
        return [page for page in self.pages if page.parent == parent]

    @cached_property
    def payloads(self) -> list[Json]:
        return list(map(self._payload, self.pages))

    @cached_property
    def section_pages(self) -> list[ExportedPage]:
        """Those at the top, and those with pages below them."""
        return [page for page in self.pages if not page.parent or page.slug in self.parents]

    def section(self, page: ExportedPage) -> Json:
        below = [each.slug for each in self.below(page.slug)]
        leaves = [slug for slug in below if slug not in self.parents]
        return {
            "id": page.slug,
            "title": page.version.title,
            "pages": [page.slug, *leaves],
            "subsections": [slug for slug in below if slug in self.parents],
        }

    @cached_property
    def _ranks(self) -> dict[str, float]:
        ranked = sorted(self.pages, key=_importance_of, reverse=True)
        return {page.slug: place / len(ranked) for place, page in enumerate(ranked)}

    def _payload(self, page: ExportedPage) -> Json:
        return {
            "id": page.slug,
            "title": page.version.title,
            "content": with_targets(page.own_text, (), str),
            "filePaths": page.version.page.files,
            "importance": _importance(self._ranks[page.slug]),
            "relatedPages": self._related(page),
        }

    def _related(self, page: ExportedPage) -> list[str]:
        children = [each.slug for each in self.below(page.slug)]
        return [page.parent, *children] if page.parent else children


def _importance_of(page: ExportedPage) -> float:
    return page.page.page.importance


def _importance(rank: float) -> str:
    if rank < HIGH:
        return "high"
    return "medium" if rank < MEDIUM else "low"
