"""Languages by file name, and their tree-sitter grammars.

Adding one: a line in SUFFIXES and, if its grammar has a wheel, a line in GRAMMARS.
"""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import PurePosixPath

from tree_sitter import Language, Parser

# Where a capital letter does not make it.
LANGUAGE_NAMES = {
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "tsx": "TSX",
    "cpp": "C++",
    "csharp": "C#",
    "php": "PHP",
    "bash": "Shell",
    "sql": "SQL",
    "ocaml": "OCaml",
    "scss": "SCSS",
    "protobuf": "Protocol Buffers",
    "notebook": "Jupyter",
}
SUFFIXES = {
    language: suffixes.split()
    for language, suffixes in {
        "python": "py pyi pyw",
        "javascript": "js jsx mjs cjs",
        "typescript": "ts mts cts",
        "tsx": "tsx",
        "go": "go",
        "rust": "rs",
        "java": "java",
        "kotlin": "kt kts",
        "c": "c h",
        "cpp": "cc cpp cxx hpp hh hxx ipp inl",
        "csharp": "cs",
        "ruby": "rb rake gemspec",
        "php": "php",
        "swift": "swift",
        "scala": "scala sc sbt",
        "bash": "sh bash zsh",
        "sql": "sql",
        "html": "html htm",
        "css": "css",
        "yaml": "yaml yml",
        "json": "json",
        "toml": "toml",
        "markdown": "md mdx markdown",
        "rst": "rst",
        "notebook": "ipynb",
        "xml": "xml xsd xsl pom",
        "groovy": "groovy gradle",
        "lua": "lua",
        "perl": "pl pm",
        "r": "r",
        "elixir": "ex exs",
        "erlang": "erl hrl",
        "haskell": "hs",
        "ocaml": "ml mli",
        "dart": "dart",
        "vue": "vue",
        "svelte": "svelte",
        "scss": "scss sass less",
        "protobuf": "proto",
        "terraform": "tf hcl",
        "ini": "ini cfg conf properties",
        "text": "txt",
    }.items()
}
BY_SUFFIX = {suffix: language for language, suffixes in SUFFIXES.items() for suffix in suffixes}
BY_NAME = {
    "makefile": "make",
    "dockerfile": "docker",
    "gemfile": "ruby",
    "rakefile": "ruby",
    "jenkinsfile": "groovy",
}

# language -> module[:function] that returns its grammar; without a function, `language`
GRAMMARS = {
    "python": "tree_sitter_python",
    "javascript": "tree_sitter_javascript",
    "typescript": "tree_sitter_typescript:language_typescript",
    "tsx": "tree_sitter_typescript:language_tsx",
    "go": "tree_sitter_go",
    "rust": "tree_sitter_rust",
    "java": "tree_sitter_java",
    "kotlin": "tree_sitter_kotlin",
    "c": "tree_sitter_c",
    "cpp": "tree_sitter_cpp",
    "csharp": "tree_sitter_c_sharp",
    "ruby": "tree_sitter_ruby",
    "php": "tree_sitter_php:language_php",
    "swift": "tree_sitter_swift",
    "scala": "tree_sitter_scala",
    "bash": "tree_sitter_bash",
    "sql": "tree_sitter_sql",
    "html": "tree_sitter_html",
    "css": "tree_sitter_css",
    "yaml": "tree_sitter_yaml",
    "json": "tree_sitter_json",
    "toml": "tree_sitter_toml",
    "markdown": "tree_sitter_markdown",
}


def language_of(path: str) -> str:
    """The language of a file by its name, `text` if unknown."""
    file = PurePosixPath(path.lower())
    return BY_NAME.get(file.name) or BY_SUFFIX.get(file.suffix[1:], "text")


@lru_cache(maxsize=64)
def parser_for(language: str) -> Parser | None:
    """The parser of a language, None without a grammar.

    One a process and language: not thread-safe.
    """
    grammar = grammar_of(language)
    return Parser(grammar) if grammar is not None else None


@lru_cache(maxsize=64)
def grammar_of(language: str) -> Language | None:
    """The grammar of a language, None without one."""
    factory = GRAMMARS.get(language)
    if factory is None:
        return None
    module, _, function = factory.partition(":")
    pointer = getattr(importlib.import_module(module), function or "language")()
    return Language(pointer)
