"""How far a wiki is: what its page says while there is nothing to read, and above what there is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from deepwiki.foundation.compiled_query import CompiledQuery
from deepwiki.wiki.builds.plan_notices import plan_notice
from deepwiki.wiki.models import BuildPage, Wiki, WikiBuild
from deepwiki.wiki.translation.languages import language_query
from repos.models import Repository

MAX_UNWRITTEN = 50


@dataclass(frozen=True)
class WikiState:
    """A repository's wiki, which may not exist, and its last build."""

    repository: Repository
    wiki: Wiki | None

    @cached_property
    def build(self) -> WikiBuild | None:
        """The last build, with the numbers of its pages: `total`, `done`, `failed`, `fallen`."""
        if self.wiki is None:
            return None
        return LAST_BUILD.first(wiki_id=self.wiki.pk)

    @property
    def unwritten(self) -> QuerySet[BuildPage]:
        """Pages of the last build that failed, or that the model could not write."""
        rows = BuildPage.objects.filter(build=self.build).select_related("page")
        failed = Q(state=BuildPage.State.FAILED) | Q(is_fallback=True)
        return rows.filter(failed).order_by("page__position")[:MAX_UNWRITTEN]

    @property
    def plan_notice(self) -> str:
        """Why the last build has no plan of its model; empty where nothing is to be said."""
        return plan_notice(self.build) if self.build is not None else ""

    @property
    def is_building(self) -> bool:
        """Whether a build goes on, or will when somebody resumes it."""
        return self.build is not None and self.build.state in WikiBuild.UNFINISHED

    @property
    def name(self) -> str:
        """What to say: one of the blocks of `wiki/state.html`."""
        if self.repository.closed_at is not None:
            return "closed"
        if self.wiki is not None and self.wiki.is_disabled:
            return "disabled"
        if self.build is not None and self.build.state != WikiBuild.State.DONE:
            return str(self.build.state)
        if self.repository.current_index is None:
            return "no_index"
        return "done" if self.build is not None else "none"

    @property
    def is_public(self) -> bool:
        """Whether strangers may read it where they are let in."""
        return self.wiki is not None and self.wiki.is_public

    @property
    def context(self) -> dict[str, object]:
        """What every template of the wiki is given."""
        repository = self.repository
        return {
            "repository": repository,
            "repository_id": repository.pk,
            "wiki": self.wiki,
            "language_query": language_query(),
        }

    @property
    def is_readable(self) -> bool:
        """Whether its pages are shown."""
        return self.wiki is not None and self.name not in ("closed", "disabled")


def _last_build(wiki_id: int) -> QuerySet[WikiBuild]:
    rows = WikiBuild.objects.filter(wiki=wiki_id).order_by("-created_at")
    done, failed = BuildPage.State.DONE, BuildPage.State.FAILED
    return rows.annotate(
        total=Count("pages"),
        done=Count("pages", filter=Q(pages__state=done)),
        failed=Count("pages", filter=Q(pages__state=failed)),
        fallen=Count("pages", filter=Q(pages__is_fallback=True)),
    )[:1]


LAST_BUILD = CompiledQuery(_last_build, wiki_id=-1)
