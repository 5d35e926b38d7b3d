"""What people paste around a repository's address: commands, links, quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from repos.sources.hosts import HOSTS

# Commands that name a repository -> names that stand before it.
COMMANDS: dict[tuple[str, ...], int] = {
    ("git", "clone"): 0,
    ("git", "submodule", "add"): 0,
    ("git", "remote", "add"): 1,
    ("git", "remote", "set-url"): 1,
    ("git", "ls-remote"): 0,
    ("git", "fetch"): 0,
    ("git", "pull"): 0,
    ("gh", "repo", "clone"): 0,
    ("gh", "repo", "view"): 0,
    ("glab", "repo", "clone"): 0,
    ("hub", "clone"): 0,
    ("pip", "install"): 0,
}
KINDS_OF_PROGRAMS = {program: host.kind for host in HOSTS for program in host.programs}
OPTIONS_WITH_VALUE = frozenset(
    "-b --branch -o --origin --depth -c -C --config -j --jobs --reference -u --upload-pack "
    "--template --separate-git-dir --shallow-since --shallow-exclude --filter -t --track -m "
    "--master --name --server-option".split()
)
BRANCH_OPTION = re.compile(r"(?:--branch=|-b)(.+)")
COMMAND_END = frozenset(("&&", "||", ";", "|", "&", "\\"))
MARKDOWN_LINK = re.compile(r"!?\[[^\]]*\]\(\s*(\S+?)(?:\s+[\"'(][^)]*)?\)")
PAIRS = tuple("<> \"\" '' `` () [] {} “” ‘’ «» „“ 「」".split())
TRAILING = ".,;:!?…。、，)]}>\"'`“”’»」*"
PROMPTS = re.compile(r"[$>%#]\s+")


@dataclass(frozen=True)
class Pasted:
    """An address without what stood around it, and what that said besides.

    `revision` and `kind` (of host) are empty if it said nothing.
    """

    address: str
    revision: str = ""
    kind: str = ""


def unwrap(text: str) -> Pasted:
    """The address in a pasted text; the text itself if it holds nothing else."""
    text = _without_wrapping(PROMPTS.sub("", text.strip(), count=1))
    words = text.split()
    for command, names_before in COMMANDS.items():
        if tuple(_without_global_options(words)[: len(command)]) == command:
            arguments = _without_global_options(words)[len(command) :]
            return _from_arguments(arguments, names_before, command[0])
    return Pasted(text)


def _without_wrapping(text: str) -> str:
    """`text` without quotation marks, brackets and punctuation around it."""
    previous = ""
    while text != previous:
        previous = text
        if link := MARKDOWN_LINK.fullmatch(text):
            text = link[1]
        text = _without_pair(text).rstrip(TRAILING).strip()
    return text


def _without_pair(text: str) -> str:
    if len(text) > 1 and text[0] + text[-1] in PAIRS:
        return text[1:-1].strip()
    if text.startswith(("<", '"', "'", "`", "“", "«")):
        return text[1:]
    return text


def _without_global_options(words: list[str]) -> list[str]:
    """`git -C folder -c key=value clone` as `git clone`."""
    program, rest = words[:1], words[1:]
    if "".join(program) != "git":
        return words
    while rest and rest[0] in ("-c", "-C"):
        rest = rest[2:]
    return program + rest


def _from_arguments(arguments: list[str], names_before: int, program: str) -> Pasted:
    positional: list[str] = []
    revision = ""
    words = _until_end(arguments)
    for word in words:
        if match := BRANCH_OPTION.fullmatch(word):
            revision = _without_wrapping(match[1])
        elif word in ("-b", "--branch"):
            revision = _without_wrapping(next(words, ""))
        elif word in OPTIONS_WITH_VALUE:
            next(words, "")
        elif not word.startswith("-"):
            positional.append(word)
    address = _without_wrapping("".join(positional[names_before : names_before + 1]))
    return Pasted(address, revision, KINDS_OF_PROGRAMS.get(program, ""))


def _until_end(arguments: list[str]) -> Iterator[str]:
    """The arguments of the first of several commands."""
    for argument in arguments:
        if argument in COMMAND_END:
            return
        yield argument
        if argument.endswith(";"):
            return
