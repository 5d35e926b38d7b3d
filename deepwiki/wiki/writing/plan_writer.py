"""Has a language model name, order and describe the pages of a plan: one call, checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from deepwiki.wiki.plan import ArrangedPage, NameHints, PageKind, PlannedPage, WikiPlan
from deepwiki.wiki.writing.model_calls import Instruction, ModelCaller
from deepwiki.wiki.writing.plan_reply import read_plan
from deepwiki.wiki.writing.prompt_parts import (
    DEFAULT_LANGUAGE,
    fact_block,
    instructions,
    joined,
)

MAX_MATERIAL_CHARS = 20_000
FILES_EACH = (12, 8, 5, 3, 1, 0)  # of a page, as many as there is room for
SYMBOLS_EACH = 2
MAX_NOTE_CHARS = 1_500
MAX_HEADING_CHARS = 100
MAX_README_CHARS = 1_500
MAX_OUTPUT_TOKENS = 6_000
MAX_OUTPUT_CHARS = 40_000


@dataclass(frozen=True)
class PlanMaterial:
    """What a model is given beside the plan. `notes` are those of the repository's settings."""

    repository: str
    hints: NameHints
    readme: str = ""
    notes: Sequence[str] = ()
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True)
class PlanWriter:
    """Asks about one plan."""

    plan: WikiPlan
    material: PlanMaterial

    def ask(self, caller: ModelCaller) -> list[ArrangedPage]:
        """What the model says. Raises PlanRefused, CallFailed, CallStopped, CapReached."""
        return read_plan(caller.ask(self.instruction).text, self.plan)

    @property
    def instruction(self) -> Instruction:
        """What is asked."""
        given = self.material
        text = joined(
            fact_block("the pages", self._pages),
            fact_block("notes of the repository for its wiki", self._notes),
            fact_block("the README of the repository", given.readme[:MAX_README_CHARS]),
        )
        system = instructions("plan", given.repository, given.language)
        return Instruction(system, text, MAX_OUTPUT_TOKENS, MAX_OUTPUT_CHARS)

    @property
    def _notes(self) -> str:
        return "\n\n".join(self.material.notes)[:MAX_NOTE_CHARS]

    @property
    def _pages(self) -> str:
        """The pages with as many of their files as there is room for."""
        for files_each in FILES_EACH:
            text = "\n".join(map(_as_line, self._entries(files_each)))
            if len(text) <= MAX_MATERIAL_CHARS:
                break
        return text[:MAX_MATERIAL_CHARS]

    def _entries(self, files_each: int) -> Iterator[dict[str, Any]]:
        for page in self.plan.pages:
            yield {**_facts(page), **self._contents(page, files_each)}

    def _contents(self, page: PlannedPage, files_each: int) -> dict[str, Any]:
        """Files are listed of parts without pages below them: others have these in theirs."""
        contents: dict[str, Any] = {"files": len(page.files)}
        if self._has_own_files(page):
            contents["first"] = list(map(self._file, page.files[:files_each]))
        return contents

    def _has_own_files(self, page: PlannedPage) -> bool:
        return page.kind is PageKind.PART and page.slug not in self._parents

    @cached_property
    def _parents(self) -> frozenset[str]:
        return frozenset(page.parent for page in self.plan.pages)

    def _file(self, path: str) -> Mapping[str, object]:
        return {"path": path, "defines": self._names(path), **self._about(_folder(path))}

    def _names(self, path: str) -> list[str]:
        return list(self.material.hints.symbols.get(path, ()))[:SYMBOLS_EACH]

    def _about(self, folder: str) -> Mapping[str, str]:
        """What the README of a folder is called, where there is one."""
        heading = self._headings.get(folder, "")
        if not heading:
            return {}
        return {"about": heading[:MAX_HEADING_CHARS]}

    @cached_property
    def _headings(self) -> Mapping[str, str]:
        found = self.material.hints.headings
        return {_folder(path): heading for path, heading in found.items()}


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _facts(page: PlannedPage) -> dict[str, Any]:
    kind = page.kind.value
    return {"id": page.slug, "kind": kind, "title": page.title, "under": page.parent}


def _as_line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False)
