"""Plans the pages of a wiki from a code base. The same input gives the same plan.

The overview comes first, then the parts, guides, references, the code map and the glossary;
slides and a workshop last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deepwiki.wiki.plan.attachments import attach, complete
from deepwiki.wiki.plan.code_base import CodeBase
from deepwiki.wiki.plan.communities import Group, group_files
from deepwiki.wiki.plan.globs import matcher
from deepwiki.wiki.plan.names import NameHints, slug_of
from deepwiki.wiki.plan.part_titles import TitledPart, main_folder
from deepwiki.wiki.plan.topics import TOPIC_SLUGS, guides, references
from deepwiki.wiki.plan.wanted_pages import wanted_parts
from deepwiki.wiki.plan.wiki_plan import PageKind, PlannedPage, UncoveredFile, WikiPlan
from deepwiki.wiki.plan.wiki_settings import PlanNotice, WikiSettings

MIN_GLOSSARY_FILES = 5
MIN_MAP_FILES = 3
TAUGHT = (
    PlannedPage("slides", PageKind.SLIDES, "Slides"),
    PlannedPage("workshop", PageKind.WORKSHOP, "Workshop"),
)
OWN_SLUGS = ("overview", "code-map", "glossary", *(page.slug for page in TAUGHT))
RESERVED_SLUGS = frozenset({*OWN_SLUGS, *TOPIC_SLUGS})
RESERVED_TITLES = frozenset(slug.replace("-", " ") for slug in OWN_SLUGS)
FIRST_KINDS = (PageKind.OVERVIEW, PageKind.PART)
OVERVIEW_FILES = 40
NO_HINTS = NameHints()
NO_SETTINGS = WikiSettings()
ROLES = ("code", "docs", "test")
PROGRAM_SHARE = 0.1  # of the files of code, above which programs make the parts
MARKUP = frozenset("json yaml toml text markdown rst html css scss xml csv ini svg sql".split())


def plan_wiki(
    code: CodeBase, hints: NameHints = NO_HINTS, settings: WikiSettings = NO_SETTINGS
) -> WikiPlan:
    """The pages of a wiki, parents before their children, and the files without one."""
    return _Planner(code, hints, settings).plan()


@dataclass
class _Planner:
    code: CodeBase
    hints: NameHints
    settings: WikiSettings
    slugs: set[str] = field(default_factory=lambda: set(RESERVED_SLUGS))
    titles: set[str] = field(default_factory=lambda: set(RESERVED_TITLES))
    notices: list[PlanNotice] = field(default_factory=list)

    def plan(self) -> WikiPlan:
        notices = list(self.settings.notices)
        chosen, excluded = self._chosen()
        main = self._main_files(chosen)
        uncovered = [UncoveredFile(path, "excluded") for path in excluded]
        if self.settings.pages:
            pages, without = wanted_parts(self.code, main, self.settings.pages, self.slugs)
            uncovered += [UncoveredFile(path, "no_page_wants_it") for path in without]
        else:
            pages = [self._overview(main), *self._parts(main), *self._topics(chosen, main)]
        in_parts = set(main)
        others = [path for path in chosen if path not in in_parts]
        pages = attach(self.code, self._with_rest(pages, others), others)
        return WikiPlan(pages, sorted(uncovered, key=_path), (*notices, *self.notices))

    def _with_rest(self, pages: Sequence[PlannedPage], others: Sequence[str]) -> list[PlannedPage]:
        """Templates, styles and settings go to parts by links and folders; a last one has the rest."""
        markup = [path for path in others if self.code.files[path].role == "code"]
        completed, rest = complete(self.code, pages, markup)
        if not rest or self.settings.pages:
            return completed
        files = tuple(self._by_importance(rest))
        slug = slug_of("Project files", self.slugs)
        page = PlannedPage(slug, PageKind.PART, "Project files", files)
        end = 1 + max(number for number, each in enumerate(completed) if each.kind in FIRST_KINDS)
        return [*completed[:end], page, *completed[end:]]

    def _chosen(self) -> tuple[list[str], list[str]]:
        """The files that the settings let in, and those of code that they do not."""
        included, excluded = matcher(self.settings.include), matcher(self.settings.exclude)
        chosen, others = [], []
        for path in sorted(self.code.files):
            wanted = not self.settings.include or included(path)
            if wanted and not excluded(path):
                chosen.append(path)
            elif self.code.files[path].role == "code":
                others.append(path)
        return chosen, others

    def _main_files(self, chosen: Sequence[str]) -> list[str]:
        """The files that make parts: programs, or what there is where there are few."""
        of_role: dict[str, list[str]] = {role: [] for role in ROLES}
        for path in chosen:
            of_role[self.code.files[path].role].append(path)
        programs = [path for path in of_role["code"] if self._is_program(path)]
        if len(programs) >= PROGRAM_SHARE * len(of_role["code"]) > 0:
            return programs
        for role, found in of_role.items():
            if found:
                if role != "code":
                    self.notices.append(PlanNotice("no_code", role))
                return found
        self.notices.append(PlanNotice("no_files"))
        return []

    def _is_program(self, path: str) -> bool:
        return self.code.files[path].language not in MARKUP

    def _overview(self, main: Sequence[str]) -> PlannedPage:
        files = self._readmes() + self._by_importance(main)[:OVERVIEW_FILES]
        return PlannedPage(
            slug="overview",
            kind=PageKind.OVERVIEW,
            title="Overview",
            files=tuple(files),
            importance=self._importance(main),
            notes="\n\n".join(self.settings.notes),
        )

    def _readmes(self) -> list[str]:
        """The document of the root that says what this is."""
        return sorted(filter(_is_readme, self.code.files))[:1]

    def _parts(self, main: Sequence[str]) -> list[PlannedPage]:
        groups = _top_groups(group_files(self.code, main))
        within = main_folder(self.code, main) if len(groups) > 1 else ""
        return list(self._pages_of(groups, "", within))

    def _pages_of(self, groups: Iterable[Group], parent: str, within: str) -> Iterable[PlannedPage]:
        """The pages of groups, the most important first, each before those below it.

        `within` is the folder that the page above is about.
        """
        for group in sorted(groups, key=self._order):
            page = self._part(group, parent, within)
            yield page
            below = main_folder(self.code, page.files)
            yield from self._pages_of(group.children, page.slug, below)

    def _order(self, group: Group) -> tuple[float, tuple[str, ...]]:
        return -self._importance(group.files), group.files

    def _part(self, group: Group, parent: str, within: str) -> PlannedPage:
        files = self._by_importance(group.files)
        title = TitledPart(self.code, files, self.hints, within, is_top=not parent).title(
            self.titles
        )
        slug = slug_of(title, self.slugs)
        self._take(title, slug)
        return PlannedPage(
            slug=slug,
            kind=PageKind.PART,
            title=title,
            files=tuple(files),
            parent=parent,
            importance=self._importance(files),
        )

    def _take(self, title: str, slug: str) -> None:
        self.titles.add(title.casefold())
        self.slugs.add(slug)

    def _topics(self, chosen: Sequence[str], main: Sequence[str]) -> list[PlannedPage]:
        """Guides and references there is evidence for, the code map, the glossary."""
        pages = [*guides(self.code, chosen), *references(self.code, chosen, main)]
        code_files = [path for path in main if self.code.files[path].role == "code"]
        ranked = tuple(self._by_importance(code_files)[:OVERVIEW_FILES])
        if len(code_files) >= MIN_MAP_FILES:
            pages.append(PlannedPage("code-map", PageKind.CODE_MAP, "Code map", ranked))
        if len(code_files) >= MIN_GLOSSARY_FILES:
            pages.append(PlannedPage("glossary", PageKind.GLOSSARY, "Glossary", ranked))
        return [*pages, *self._taught(code_files)]

    def _taught(self, code_files: Sequence[str]) -> tuple[PlannedPage, ...]:
        """Slides and a workshop, which describe no files of their own."""
        return TAUGHT if len(code_files) >= MIN_MAP_FILES else ()

    def _by_importance(self, paths: Iterable[str]) -> list[str]:
        return sorted(paths, key=lambda path: (-self.code.files[path].rank, path))

    def _importance(self, paths: Iterable[str]) -> float:
        return round(sum(self.code.files[path].rank for path in paths), 6)


def _top_groups(root: Group) -> tuple[Group, ...]:
    """The groups of the top level; none without files."""
    return root.children or (root,) if root.files else ()


def _is_readme(path: str) -> bool:
    return "/" not in path and path.lower().startswith("readme")


def _path(file: UncoveredFile) -> str:
    return file.path
