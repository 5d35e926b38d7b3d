"""Guides: how to set up, build, test, release and configure, as the repository says it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages import build_commands, offers
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.documents import Paragraph, Section, sections_of
from deepwiki.wiki.pages.escaping import fenced, one_line, plain
from deepwiki.wiki.pages.lead import quoted
from deepwiki.wiki.pages.scoring import DATA_LANGUAGES
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import FileArtifact

DOCUMENTS = re.compile(
    r"^(\.github/|docs?/|documentation/)?(readme|contributing|install|installation|development|"
    r"develop|hacking|building|build|testing|release|releasing|quickstart|getting[-_]started|usage|"
    r"deploy\w*|configuration)(\.\w+)?$",
    re.IGNORECASE,
)
# Documents of which single sections are about a topic.
MIXED = re.compile(r"readme|contributing|develop", re.IGNORECASE)
SHELL_STARTS = ("$", "pip ", "npm ", "yarn ", "make", "git ", "python", "docker", "cargo ", "go ")


@dataclass(frozen=True)
class _Topic:
    """Which headings are about a topic, and which documents are as a whole."""

    headings: re.Pattern[str]
    names: re.Pattern[str]

    def has(self, path: str, section: Section) -> bool:
        """Whether a section of a document is about it."""
        name = path.rpartition("/")[2]
        is_named = MIXED.match(name) and self.headings.search(section.title)
        return bool(section.paragraphs and (self.names.search(name) or is_named))


def _topic(headings: str, names: str) -> _Topic:
    return _Topic(re.compile(headings, re.IGNORECASE), re.compile(names, re.IGNORECASE))


TOPICS: Mapping[str, _Topic] = {
    "setup": _topic(
        r"install|set ?up|getting started|quick ?start|requirement|prerequisite|running|usage|"
        r"first steps|run it|\bstart|simple example",
        r"install|quickstart|getting",
    ),
    "build": _topic(
        r"build|compil|\btest|develop|contribut|\blint|hacking|coverage",
        r"build|testing|develop|hacking|contributing",
    ),
    "release": _topic(r"releas|publish|deploy|upgrad", r"releas|deploy"),
    "configuration": _topic(r"config|setting|environment|option", r"config|settings"),
}
# Other names of topics that plans may use.
SAME_TOPICS = {
    "test": "build",
    "tests": "build",
    "testing": "build",
    "build_and_test": "build",
    "build-and-test": "build",
    "install": "setup",
    "settings": "configuration",
}
MAX_SECTIONS = 6
MAX_PARAGRAPHS = 5  # of a section
MAX_CODE_LINES = 24
MAX_DOCUMENTS = 12
MAX_READ_SETTINGS = 60
MAX_DECLARED_SETTINGS = 30


def guide_page(source: PageSource) -> PageContent:
    """The content of a guide."""
    topic = SAME_TOPICS.get(source.page.topic, source.page.topic)
    builder = PageBuilder(source.say)
    _said_in_documents(source, builder, topic)
    if topic == "configuration":
        _settings(source, builder)
    else:
        _commands(source, builder, topic)
    if not builder.blocks:
        builder.text(source.say("nothing_found"))
    return builder.content(_summary(source, topic))


def _summary(source: PageSource, topic: str) -> str:
    key = f"guide_{topic}" if topic in TOPICS else "guide_other"
    topic_name = one_line(source.page.title, 80)
    return source.say(key, name=one_line(source.short_name, 80), topic=topic_name)


def _said_in_documents(source: PageSource, builder: PageBuilder, topic: str) -> None:
    """Quote the sections of documents that are about a topic."""
    found = islice(_sections(source, topic), MAX_SECTIONS)
    texts = [_section_text(source, path, section) for path, section in found]
    builder.section("heading_said", *texts)


def _section_text(source: PageSource, path: str, section: Section) -> str:
    return "\n\n".join([_heading(source, path, section), *_quoted(source, path, section)])


def _sections(source: PageSource, topic: str) -> Iterator[tuple[str, Section]]:
    wanted = TOPICS.get(topic)
    if wanted is None:
        return
    paths = _document_paths(source)
    texts = source.reader.texts(paths)
    for path in paths:
        for section in sections_of(texts.get(path, "")):
            if wanted.has(path, section):
                yield path, section


def _document_paths(source: PageSource) -> list[str]:
    """The documents for people who work with the code, READMEs first."""
    found = filter(DOCUMENTS.match, source.code.files)
    return sorted(found, key=_document_order)[:MAX_DOCUMENTS]


def _document_order(path: str) -> tuple[bool, int, str]:
    return not path.lower().startswith("readme"), path.count("/"), path


def _heading(source: PageSource, path: str, section: Section) -> str:
    return f"### {plain(section.title or path)} · {source.cite(path, section.line, section.end)}"


def _quoted(source: PageSource, path: str, section: Section) -> list[str]:
    """The first paragraphs of a section: texts as quotations, code as code."""
    return [_piece(source, path, each) for each in section.paragraphs[:MAX_PARAGRAPHS]]


def _piece(source: PageSource, path: str, paragraph: Paragraph) -> str:
    if paragraph.kind != "code":
        return quoted(source, path, [paragraph])[0]
    return _code_block(paragraph.lines[:MAX_CODE_LINES])


def _code_block(lines: Sequence[str]) -> str:
    return fenced(lines, _code_language(lines))


def _code_language(lines: Sequence[str]) -> str:
    first = next(filter(None, map(str.strip, lines)), "")
    return "bash" if first.startswith(SHELL_STARTS) else ""


def _commands(source: PageSource, builder: PageBuilder, topic: str) -> None:
    found = build_commands.commands(source, topic)
    table = build_commands.command_table(source, builder, found, build_commands.MAX_COMMANDS)
    builder.section("heading_commands", table)
    jobs = build_commands.job_table(source, builder, build_commands.jobs(source, topic))
    builder.section("heading_jobs", jobs)
    stages = offers.stage_table(source, builder, build_commands.stages(source), offers.MAX_ROWS)
    builder.section("heading_stages", stages)
    if topic == "build":
        folders = build_commands.test_folder_table(source, builder)
        builder.section("heading_test_files", folders)
    if topic in ("setup", "build"):
        builder.text(build_commands.manifest_line(source))


def _settings(source: PageSource, builder: PageBuilder) -> None:
    settings = offers.of_kinds(source, "setting")
    read = [each for each in settings if not _is_declared(source, each)]
    declared = [each for each in settings if _is_declared(source, each)]
    table = offers.setting_table(source, builder, read, MAX_READ_SETTINGS)
    builder.section("heading_environment", table)
    table = offers.setting_table(source, builder, declared, MAX_DECLARED_SETTINGS)
    builder.section("heading_settings", table)


def _is_declared(source: PageSource, artifact: FileArtifact) -> bool:
    return source.code.files[artifact.path].language in DATA_LANGUAGES
