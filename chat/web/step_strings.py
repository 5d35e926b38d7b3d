"""Interface texts about the steps of an answer, for templates and scripts."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

# Tool -> what is said while it runs, and where its result has no sentence. The places in
# braces are its arguments.
RUNNING_STEPS = {
    "search_code": gettext_noop("searching for `{query}`"),
    "grep": gettext_noop("looking for lines with `{pattern}`"),
    "list_files": gettext_noop("listing files"),
    "read_file": gettext_noop("reading `{path}`"),
    "outline": gettext_noop("looking at what `{path}` defines"),
    "find_definition": gettext_noop("looking for where `{name}` is defined"),
    "find_references": gettext_noop("looking for uses of `{name}`"),
    "find_callers": gettext_noop("looking for who calls `{symbol}`"),
    "find_callees": gettext_noop("looking for what `{symbol}` calls"),
}
# Name in the scripts -> text; the scripts fill the {placeholders}.
STEP_STRINGS = {
    "lookedAt": gettext_noop("Looked at {files} in {steps}, {seconds} s"),
    "lookedIn": gettext_noop("Looked around in {steps}, {seconds} s"),
    "lookingNow": gettext_noop("Looking around: {steps}, {seconds} s"),
    "stepFailed": gettext_noop("failed"),
    "stepPlaces": gettext_noop("places"),
}
# A number of each CLDR plural category that a language of the interface has.
PLURAL_SAMPLES = {"one": 1, "few": 2, "many": 5, "other": 5}


def steps_text(files: int, steps: int, seconds: float) -> str:
    """How many files were looked at in how many steps, as one sentence."""
    name = "lookedAt" if files else "lookedIn"
    return _(STEP_STRINGS[name]).format(
        files=_files(files).format(n=files),
        steps=_steps(steps).format(n=steps),
        seconds=short_number(seconds),
    )


def files_text(count: int) -> str:
    """A number of files; empty for none."""
    if not count:
        return ""
    return _files(count).format(n=count)


def tokens_text(count: int | None) -> str:
    """How much of what the model reads a step gave; empty where that is nothing or not known."""
    if not count:
        return ""
    return _tokens(count).format(n=number_format(count, force_grouping=True))


def lines_text(text: str) -> str:
    """How many lines a text has."""
    count = text.count("\n") + 1
    return _lines(count).format(n=number_format(count, force_grouping=True))


def short_number(seconds: float) -> str:
    """Seconds with a digit after the point below ten, else whole."""
    text = f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"
    return text.removesuffix(".0")


def step_scripts() -> dict[str, object]:
    """The texts of static/js/steps.js in the current language."""
    return {
        **{name: _(text) for name, text in STEP_STRINGS.items()},
        "runningSteps": {tool: _(text) for tool, text in RUNNING_STEPS.items()},
        "plurals": {
            "files": plural_forms(_files),
            "steps": plural_forms(_steps),
            "selected": plural_forms(_selected),
            "tokens": plural_forms(_tokens),
            "lines": plural_forms(_lines),
        },
    }


def plural_forms(text_of: Callable[[int], str]) -> dict[str, str]:
    """Plural category -> the text of such a number."""
    return {category: text_of(n) for category, n in PLURAL_SAMPLES.items()}


def _files(count: int) -> str:
    return ngettext("{n} file", "{n} files", count)


def _steps(count: int) -> str:
    return ngettext("{n} step", "{n} steps", count)


def _tokens(count: int) -> str:
    return ngettext("{n} token", "{n} tokens", count)


def _lines(count: int) -> str:
    return ngettext("{n} line", "{n} lines", count)


def _selected(count: int) -> str:
    return ngettext("{n} selected", "{n} selected", count)
