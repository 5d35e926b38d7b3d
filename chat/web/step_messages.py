"""What the tools of an answer did, as people read it: see MESSAGES in ui_strings.py."""

from __future__ import annotations

from django.utils.translation import gettext_noop

STEP_MESSAGES: dict[str, str] = {
    "step_searched": gettext_noop("searched for `{query}`: {count} passages in {files} files"),
    "step_searched_one_file": gettext_noop("searched for `{query}`: {count} passages in one file"),
    "step_searched_one": gettext_noop("searched for `{query}`: 1 passage"),
    "step_asked": gettext_noop("searched with your question: {count} passages in {files} files"),
    "step_asked_one_file": gettext_noop(
        "searched with your question: {count} passages in one file"
    ),
    "step_asked_one": gettext_noop("searched with your question: 1 passage"),
    "step_grepped": gettext_noop("looked for lines with `{pattern}`: {count} in {files} files"),
    "step_grepped_one_file": gettext_noop("looked for lines with `{pattern}`: {count} in one file"),
    "step_grepped_one": gettext_noop("looked for lines with `{pattern}`: 1 line"),
    "step_listed": gettext_noop("listed the files in `{path}`"),
    "step_listed_root": gettext_noop("listed the files of the repository"),
    "step_found_files": gettext_noop("looked for files named `{pattern}`: {count} files"),
    "step_found_file": gettext_noop("looked for files named `{pattern}`: 1 file"),
    "step_read": gettext_noop("read `{path}` {start}-{end}"),
    "step_outlined": gettext_noop("looked at the outline of `{path}`"),
    "step_defined": gettext_noop("looked for where `{name}` is defined: {count} places"),
    "step_defined_one": gettext_noop("looked for where `{name}` is defined: 1 place"),
    "step_used": gettext_noop("looked for where `{name}` is used: {count} places"),
    "step_used_one": gettext_noop("looked for where `{name}` is used: 1 place"),
    "step_callers": gettext_noop("looked for who calls `{name}`: {count} places"),
    "step_callers_one": gettext_noop("looked for who calls `{name}`: 1 place"),
    "step_callees": gettext_noop("looked for what `{name}` calls: {count} names"),
    "step_callees_one": gettext_noop("looked for what `{name}` calls: 1 name"),
    "step_not_there": gettext_noop("looked for `{name}`, which is not there"),
    "step_wrong_call": gettext_noop("tried `{tool}`, but not in a way that it can be used"),
    "step_too_slow": gettext_noop("gave up `{tool}`: it took too long"),
    "step_broken": gettext_noop("tried `{tool}`, which failed"),
}
