"""The plan of a build as its model arranges it: asked once, kept with the build."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deepwiki.wiki.builds.claims import claimed_as
from deepwiki.wiki.evidence import IndexReader
from deepwiki.wiki.models import Wiki, WikiBuild, WikiPage
from deepwiki.wiki.pages.lead import readme_path
from deepwiki.wiki.plan import (
    ArrangedPage,
    CodeBase,
    NameHints,
    WikiPlan,
    WikiSettings,
    arranged,
    kept_arrangement,
)
from deepwiki.wiki.writing.model_calls import CallFailed, ModelCaller
from deepwiki.wiki.writing.plan_reply import PlanRefused
from deepwiki.wiki.writing.plan_writer import PlanMaterial, PlanWriter

MAX_DETAIL_CHARS = 300
Stored = dict[str, Any]  # see `ModelBuild.plan`


@dataclass
class ModelPlan:
    """Arranges the plan of a build. `refused` is what its service said where it refuses us.

    Without a model the arrangement of the build before counts, where one is kept.
    """

    build: WikiBuild
    caller: ModelCaller | None
    code: CodeBase
    material: PlanMaterial
    refused: str = field(default="")

    def arrange(self, plan: WikiPlan) -> WikiPlan:
        """The plan as it is to be; as it is where the model has no usable one.

        Raises CapReached, CallStopped.
        """
        pages = _pages_of(self._stored(plan))
        if not pages:
            return plan
        return arranged(self.code, plan, pages)

    def _stored(self, plan: WikiPlan) -> Stored:
        if self.build.plan.get("commit") == self.code.commit:
            return dict(self.build.plan)
        stored = self._of_build_before(plan) or self._asked(plan)
        if stored:
            _store(self.build, {**stored, "commit": self.code.commit})
        return stored

    def _of_build_before(self, plan: WikiPlan) -> Stored:
        """What stays when nobody asks for a new plan: one page is made, or nobody asked."""
        if self.build.is_ordered and not self.build.only_slug:
            return {}
        last = _last_whole_build(self.build)
        if last is None or not last.plan.get("pages"):
            return {}
        pages = kept_arrangement(_pages_of(last.plan), plan, _files_by_title(self.build))
        return {"pages": [page.as_json() for page in pages]}

    def _asked(self, plan: WikiPlan) -> Stored:
        if self.caller is None or self.build.only_slug:
            return {}
        try:
            pages = PlanWriter(plan, self.material).ask(self.caller)
        except PlanRefused as refused:
            return _notice(refused.code, refused.detail)
        except CallFailed as failed:
            self.refused = str(failed) * failed.is_final
            return _notice("plan_call_failed", str(failed))
        return {"pages": [page.as_json() for page in pages]}


def _notice(code: str, detail: str) -> Stored:
    return {"notice": code, "detail": detail[:MAX_DETAIL_CHARS]}


def plan_material(
    code: CodeBase,
    reader: IndexReader,
    hints: NameHints,
    settings: WikiSettings,
    language: str,
) -> PlanMaterial:
    """What a model is given of a repository beside the plan."""
    path = readme_path(code)
    readme = reader.texts([path]).get(path, "") if path else ""
    return PlanMaterial(code.name, hints, readme, settings.notes, language)


def keep_purposes(build: WikiBuild, plan: WikiPlan) -> None:
    """Store with the build, by slug, what the model says that pages are for."""
    purposes = _purposes(plan)
    if purposes:
        _store(build, {**build.plan, "purposes": purposes})


def _purposes(plan: WikiPlan) -> dict[str, str]:
    return {page.slug: page.purpose for page in plan.pages if page.purpose}


def _store(build: WikiBuild, plan: Stored) -> None:
    build.plan = plan
    claimed_as(build).update(plan=plan)


def _pages_of(stored: Stored) -> list[ArrangedPage]:
    return list(map(ArrangedPage.from_json, stored.get("pages", ())))


def _files_by_title(build: WikiBuild) -> dict[str, frozenset[str]]:
    """What the parts of a wiki are about as they stand before a build."""
    rows = WikiPage.objects.filter(wiki=build.wiki_id, kind=WikiPage.Kind.PART, is_removed=False)
    return {title: frozenset(files) for title, files in rows.values_list("title", "files")}


def _last_whole_build(build: WikiBuild) -> WikiBuild | None:
    """The one before a build that was of all pages."""
    others = WikiBuild.objects.filter(wiki=build.wiki_id, only_slug="")
    return others.exclude(pk=build.pk).order_by("-created_at").first()


def last_purposes(wiki: Wiki) -> dict[str, str]:
    """By slug, what the last plan of a model says that the pages of a wiki are for."""
    planned = wiki.builds.filter(plan__has_key="purposes")
    last = planned.order_by("-created_at").first()
    if last is None:
        return {}
    return dict(last.plan["purposes"])
