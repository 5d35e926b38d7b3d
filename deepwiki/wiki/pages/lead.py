"""What a page is about, in the words of the repository, cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deepwiki.wiki.pages.documents import Paragraph, about, sections_of
from deepwiki.wiki.pages.escaping import code, one_line, prose
from deepwiki.wiki.pages.file_heads import first_sentence
from deepwiki.wiki.pages.scoring import CLASS_KINDS, role_of, unique_names
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import Symbol
from deepwiki.wiki.plan import CodeBase
from deepwiki.wiki.plan.part_titles import main_folder

README_NAMES = ("readme.md", "readme.rst", "readme.txt", "readme", "readme.markdown", "readme.adoc")
MAIN_FILES = (
    "__init__.py __main__.py mod.rs lib.rs main.rs index.ts index.js index.tsx doc.go "
    "package-info.java main.go main.py"
).split()
MAX_QUOTE_CHARS = 700
MAX_SUMMARY_CHARS = 240
MIN_REST_CHARS = 40  # of what a paragraph says beside its first sentence: less is no news
MAX_NAMES = 4
FEW_FILES = 3
ENDS = (".", "!", "?", "…")


@dataclass(frozen=True)
class Lead:
    """A sentence about a page, and quotations that say more.

    The sentence is plain text in which code stands between backticks; `cited` is the citation
    of the lines that say it. `further` are the quotations without that sentence, or its citation
    where nothing else is said.
    """

    summary: str
    paragraphs: Sequence[str] = ()
    cited: str = ""
    further: Sequence[str] = ()


def lead_of_part(source: PageSource) -> Lead:
    """What a part is: of its README, of the comment of its main file, of its names."""
    return _of_readme(source) or _of_comment(source) or _of_names(source)


def lead_of_document(source: PageSource, path: str, count: int) -> Lead | None:
    """The first paragraphs of a document; None where it says nothing."""
    text = source.reader.texts([path]).get(path, "") if path else ""
    found = about(sections_of(text), count)
    if not found:
        return None
    cited = source.cite(path, found[0].start, found[0].end)
    paragraphs = quoted(source, path, found)
    said = first_sentence(found[0].text)
    further = _further(found[0].text, said, cited, paragraphs[1:])
    return Lead(summary_of(said), paragraphs, cited, further)


def _further(text: str, said: str, cited: str, others: Sequence[str]) -> list[str]:
    """What a first paragraph says beside a sentence that the page begins with, and the others."""
    if len(said) > MAX_SUMMARY_CHARS:
        return [quotation(text, cited), *others]
    rest = text.removeprefix(said).strip()
    if len(rest) < MIN_REST_CHARS or not any(map(str.isalnum, rest)):
        return [cited, *others]
    return [quotation(rest, cited), *others]


def quoted(source: PageSource, path: str, paragraphs: Sequence[Paragraph]) -> list[str]:
    """Paragraphs of a document as quotations with their lines."""
    return [_quotation(source, path, each) for each in paragraphs]


def summary_of(text: str) -> str:
    """A sentence of the repository as the summary of a page."""
    sentence = one_line(text, MAX_SUMMARY_CHARS)
    return sentence if sentence.endswith(ENDS) else f"{sentence}."


def readme_path(code_base: CodeBase, folder: str = "") -> str:
    """The README of a folder, empty without one."""
    prefix = f"{folder}/".lstrip("/")
    names = {path.lower(): path for path in code_base.files if path.startswith(prefix)}
    wanted = (f"{prefix}{name}".lower() for name in README_NAMES)
    return next((names[name] for name in wanted if name in names), "")


def common_folder(paths: Sequence[str]) -> str:
    """The deepest folder that holds all of some paths."""
    folders = [path.split("/")[:-1] for path in paths]
    shared = []
    for names in zip(*folders, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/".join(shared)


def _quotation(source: PageSource, path: str, paragraph: Paragraph) -> str:
    mark = "- " * (paragraph.kind == "item")
    cited = source.cite(path, paragraph.start, paragraph.end)
    return quotation(paragraph.text, cited, mark)


def quotation(text: str, cited: str, mark: str = "") -> str:
    """A quoted text with its citation; `mark` is that of an item of a list."""
    return f"> {mark}{prose(text, MAX_QUOTE_CHARS)} {cited}"


def _of_readme(source: PageSource) -> Lead | None:
    folder = _own_folder(source)
    return lead_of_document(source, readme_path(source.code, folder), 2) if folder else None


def _own_folder(source: PageSource) -> str:
    """The folder that is mostly on the page, empty without one."""
    everything, most = common_folder(source.code_files), main_folder(source.code, source.code_files)
    folders = filter(None, (everything, most))
    wanted = (folder for folder in folders if not _covers_little(source, folder))
    return next(wanted, "")


def _covers_little(source: PageSource, folder: str) -> bool:
    """Whether a folder holds much code that is not on the page: its README is about more."""
    inside = [path for path in source.code.files if path.startswith(f"{folder}/")]
    code_inside = sum(1 for path in inside if role_of(source.code, path) == "code")
    return len(source.code_files) * 2 < code_inside


def _of_comment(source: PageSource) -> Lead | None:
    """What the first comment of the main file says."""
    path = next((path for path in _speaking_files(source) if path in source.heads), "")
    if not path:
        return None
    head = source.heads[path]
    cited = source.cite(path, head.start, head.end)
    further = _further(head.text, head.sentence, cited, ())
    return Lead(summary_of(head.sentence), [quotation(head.text, cited)], cited, further)


def _speaking_files(source: PageSource) -> Iterator[str]:
    """The files whose first comment may be about the whole page."""
    own = source.code_files
    folder = common_folder(own)
    yield from (path for path in own if _is_main(path, folder))
    title = source.page.title.lower().replace(" ", "_")
    yield from (path for path in own if _stem(path) == title)
    if len(own) <= FEW_FILES:
        yield from own


def _is_main(path: str, folder: str) -> bool:
    parent, _, name = path.rpartition("/")
    return parent == folder and name in MAIN_FILES


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].lower()


def _of_names(source: PageSource) -> Lead:
    names = [code(symbol.name) for symbol in _main_symbols(source) if source.programs]
    key = "lead_of_symbols" if names else "lead_of_files"
    names = names or [code(path.rpartition("/")[2]) for path in source.files]
    if not names:
        return Lead(source.say("nothing_found"))
    listed = source.say.listed(names[:MAX_NAMES], MAX_NAMES)
    return Lead(source.say(key, title=one_line(source.page.short_title, 80), names=listed))


def _main_symbols(source: PageSource) -> list[Symbol]:
    """The classes that matter most, else whatever does."""
    classes = unique_names(source.of_kinds(CLASS_KINDS))
    return (classes if len(classes) > 2 else unique_names(source.ranked))[:MAX_NAMES]
