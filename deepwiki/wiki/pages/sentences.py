"""Every sentence of the pages: key -> English template, and how another language is said.

Places in braces are filled with Markdown that is escaped already. A pair is singular and
plural, chosen by `count`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from deepwiki.wiki.pages.escaping import prose

Sentence = str | tuple[str, str]


def _english_plural(singular: str, plural: str, count: int) -> str:
    return singular if count == 1 else plural


@dataclass(frozen=True)
class Translator:
    """Gives the sentences of SENTENCES in a language.

    `gettext` and `ngettext` are those of a catalogue, `grouped` writes an integer; without
    them it is English.
    """

    gettext: Callable[[str], str] = str
    ngettext: Callable[[str, str, int], str] = _english_plural
    grouped: Callable[[int], str] = "{:,}".format

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of a key. Raises KeyError for an unknown key or a missing value."""
        sentence = SENTENCES[key]
        if isinstance(sentence, str):
            return self.gettext(sentence).format(**values)
        number = values["count"]
        count = number if isinstance(number, int) else 0
        shown = {**values, "count": self.grouped(count)}
        return self.ngettext(*sentence, count).format(**shown)

    def of_any(self, key: str, **values: object) -> str:
        """The sentence of a key, empty where a value of it is."""
        return self(key, **values) * all(values.values())

    def listed(self, items: Sequence[str], limit: int, total: int | None = None) -> str:
        """The first items as words: `a, b and 14 more`. `total` counts those not given, too."""
        shown = list(items[:limit])
        more = max(total or 0, len(items)) - len(shown)
        if more > 0:
            return self("and_more", items=self.enumerated(shown), count=more)
        return self._joined(shown)

    def _joined(self, items: Sequence[str]) -> str:
        if len(items) < 2:
            return "".join(items)
        return self("and_last", items=self.enumerated(items[:-1]), last=items[-1])

    def enumerated(self, items: Sequence[str]) -> str:
        """Items with commas between them."""
        return self("comma").join(items)

    def two(self, first: str, second: str) -> str:
        """Two sentences, either of which may be empty."""
        if first and second:
            return self("two_sentences", first=first, second=second)
        return first or second

    def shown_number(self, count: int) -> str:
        """An integer with its thousands grouped."""
        return self.grouped(count)

    def prose(self, text: str) -> str:
        """See `escaping.prose`."""
        return prose(text)

    def length(self, text: str) -> int:
        """How many characters of English a text has."""
        return len(text)

    def listed_once(self, items: Sequence[str], limit: int) -> str:
        """As `listed`, each item once."""
        return self.listed(list(dict.fromkeys(items)), limit)


SENTENCES: Final[dict[str, Sentence]] = {
    # --- lists ---
    "and_more": ("{items} and {count} more", "{items} and {count} more"),
    "and_last": "{items} and {last}",
    "comma": ", ",
    "two_sentences": "{first} {second}",
    "more_rows": ("And {count} more.", "And {count} more."),
    "page_is_cut": (
        "The page ends here: {count} more section would have made it too long.",
        "The page ends here: {count} more sections would have made it too long.",
    ),
    # --- heads of columns ---
    "column_file": "File",
    "column_what": "Description",
    "column_name": "Name",
    "column_where": "Where",
    "column_part": "Part",
    "column_files": "Files",
    "column_lines": "Lines",
    "column_links": "Files that do",
    "column_through": "Mostly through",
    "column_value": "Value",
    "column_runs": "Runs",
    "column_serves": "Served by",
    "column_read_in": "Read or set in",
    "column_definitions": "Main definitions",
    "column_kind": "Kind",
    "column_uses": "Files that use it",
    "column_jobs": "Jobs",
    "kind_command": "command",
    "kind_main": "main",
    "kind_service": "service",
    "kind_route": "route",
    "generated": "(generated)",
    # --- titles of pages, as plans have them ---
    "title_overview": "Overview",
    "title_setup": "Getting started",
    "title_build": "Building and testing",
    "title_release": "Releasing",
    "title_configuration": "Configuration",
    "title_api": "API",
    "title_commands": "Commands",
    "title_settings": "Settings",
    "title_routes": "Routes",
    "title_data_model": "Data model",
    "title_code_map": "Code map",
    "title_glossary": "Glossary",
    "title_files": "Project files",
    "title_slides": "Slides",
    "title_workshop": "Workshop",
    # --- parts ---
    "lead_of_symbols": "{title} is mainly about {names}.",
    "lead_of_files": "{title} holds {names}.",
    "size": (
        "{count} file, {lines} lines: {languages}.",
        "{count} files, {lines} lines: {languages}.",
    ),
    "used_by_parts": ("{count} other part uses it", "{count} other parts use it"),
    "touched_by_tests": ("{count} test file touches it", "{count} test files touch it"),
    "heading_parts": "Its parts",
    "heading_definitions": "Main definitions",
    "heading_files": "What it holds",
    "heading_used_by": "Who uses it",
    "heading_uses": "What it uses",
    "heading_entry_points": "Entry points",
    "heading_configuration": "Configuration keys",
    "heading_schemas": "Data model",
    "heading_tests": "Tests that touch it",
    "heading_calls": "How it works",
    "nobody_uses": "No other part uses it: it is run or read by people, or from outside.",
    "uses_nothing": "It uses no other part of the repository.",
    "no_tests": "No test file is linked to these files.",
    "members": ("{count} member: {names}.", "Its {count} members, the most used first: {names}."),
    "based_on": "It is based on {names}.",
    "called_in": "Called in {places}.",
    "more_files": (
        "{count} smaller file stands beside them: {names}.",
        "{count} smaller files stand beside them: {names}.",
    ),
    # --- diagrams ---
    "diagram_imports": "Which files of {title} use each other",
    "diagram_classes": "Classes of {title} and what they are based on",
    "diagram_sequence": "What {name} calls, in order",
    "diagram_calls": "Calls from {name}",
    "diagram_parts": "The parts and what they use",
    "diagram_neighbours": "{title} and the parts around it",
    "sequence_lead": "{name} ({place}) calls these in order.",
    "caller": "caller",
    # --- overview ---
    "heading_overview_parts": "Its parts",
    "heading_begin": "Where to begin reading",
    "heading_build": "How to build and test it",
    "heading_coverage": "What this wiki covers",
    "repository_without_readme": "{name} has no README that says what it is.",
    "repository_size": (
        "{count} file of {name} is code ({languages}), {lines} lines;",
        "{count} files of {name} are code ({languages}), {lines} lines;",
    ),
    "repository_tests": ("{count} is a test.", "{count} are tests."),
    "no_code": "There is no code in this repository.",
    "file_defines": "Defines {names}.",
    "begin_entry": "Entry points: where the program starts.",
    "begin_files": "The files that most others rely on:",
    "begin_code_map": "A tour along the calls of an entry point: {link}.",
    "coverage": (
        "{covered} of {count} source file is described by a page.",
        "{covered} of {count} source files are described by a page.",
    ),
    "coverage_left_out": "Left out: {reasons}.",
    "reason_generated": ("{count} generated", "{count} generated"),
    "reason_vendored": ("{count} from elsewhere", "{count} from elsewhere"),
    "reason_limit": ("{count} over the limit of pages", "{count} over the limit of pages"),
    "reason_test": ("{count} test", "{count} tests"),
    "reason_excluded": ("{count} excluded by settings", "{count} excluded by settings"),
    "reason_other": ("{count} other", "{count} others"),
    "made_from_code": "Made from the code at {commit}; no language model.",
    # --- guides ---
    "guide_setup": "How to install and start {name}, as its own files say.",
    "guide_build": "How {name} is built and tested, as its manifests and CI say.",
    "guide_release": "How a version of {name} is released, as its files say.",
    "guide_configuration": "What can be configured in {name}.",
    "guide_other": "What the files of {name} say about {topic}.",
    "heading_requirements": "What it needs",
    "heading_said": "What its documents say",
    "heading_commands": "Commands",
    "heading_jobs": "What CI runs",
    "heading_stages": "Containers",
    "heading_environment": "Environment variables",
    "heading_settings": "Settings files",
    "manifests": "Dependencies and tools are declared in {files}.",
    "ci_runs": "CI runs {names} ({places}).",
    "heading_changes": "The last changes it writes down",
    "heading_test_files": "Where the tests are",
    "nothing_found": "Nothing about this was found in the files of the repository.",
    "declared_in": "From {place}:",
    # --- reference ---
    "reference_api": "The names of {name} that are used most, by file.",
    "reference_commands": ("{count} command of {name}.", "{count} commands of {name}."),
    "reference_settings": (
        "{count} setting that {name} reads or declares.",
        "{count} settings that {name} reads or declares.",
    ),
    "reference_routes": (
        "{count} address that {name} serves.",
        "{count} addresses that {name} serves.",
    ),
    "reference_data_model": (
        "{count} table, message or model that {name} declares.",
        "{count} tables, messages and models that {name} declares.",
    ),
    "reference_other": "What {name} offers: {topic}.",
    # --- glossary, code map ---
    "glossary_lead": (
        "{count} name that one meets often when reading {name}, with what its own comment says.",
        "{count} names that one meets often when reading {name}, with what their own comments say.",
    ),
    "map_lead": (
        "A tour of {count} step from {name} along its calls. Each quotes lines that are there.",
        "A tour of {count} steps from {name} along its calls. Each quotes lines that are there.",
    ),
    "map_nothing": "No definition with calls that can be followed was found.",
    "map_from_here": "From here it calls {names}.",
    "map_step_called": "{caller} calls it in {place}.",
    "map_return": "Back in {name}, the next call:",
    "map_also_called": "Besides the tour, it is called in {places}.",
    "slides_lead": (
        "{name} in {count} slide, made from its code.",
        "{name} in {count} slides, made from its code.",
    ),
    "slide_used_by": "Used by {names}.",
    "slide_file_users": ("{count} file uses it.", "{count} files use it."),
    "slide_onward": "Where to go on",
    "workshop_lead": (
        "{count} exercise in the code of {name}, with a question at its end.",
        "{count} exercises in the code of {name}, each with a question at its end.",
    ),
    "exercise_start": "Find where {name} starts",
    "goal_start": "You know which file to open first, and what it runs.",
    "exercise_calls": "Follow the calls of {name}",
    "goal_calls": "You can say what happens when {name} is called, in order.",
    "exercise_callers": "Find who needs {name}",
    "goal_callers": "You know what may break when {name} changes.",
    "exercise_tests": "Find the tests of {name}",
    "goal_tests": "You know which tests to run after a change of {name}.",
    "exercise_extend": "Write another {name}",
    "goal_extend": "You know what a class based on {name} has to have.",
    "step_read": "Read what {name} says of itself: {place}.",
    "step_open": "Open {name}: {place}.",
    "step_write": "Write one of your own beside it and try it out; it need not be kept.",
    "step_run": "Run the tests: {command} ({place}).",
    "hint_uses": "Search the code for {name}, or open its list of uses in the reader.",
    "hint_place": "Look at {place}.",
    "check_defined": "Which file defines {name}?",
    "check_calls": "Which of these does {name} call?",
    "check_callers": "Which of these calls {name}?",
    "check_tests": "Which of these tests uses {name}?",
    "check_extend": "Which of these is based on {name}?",
    "right_defined": "{name} is defined in {place}.",
    "right_calls": "{name} calls {other} in {place}.",
    "right_tests": "{place} uses {name}.",
    "right_extend": "{name} is based on {other}: {place}.",
    # --- questions ---
    "question_how": "How does {name} work?",
    "question_calls": "What happens when {name} is called?",
    "question_extend": "How do I add another {name}?",
    "question_uses": "Why does {title} need {other}?",
    "question_setting": "What does the setting {name} change?",
    "question_tests": "Which cases do the tests in {name} cover?",
    "question_begin": "Where does {name} start when it is run?",
    "question_parts": "How do {title} and {other} work together?",
    "question_route": "What does {name} return?",
    "question_meaning": "What is a {name} and where is it made?",
}
