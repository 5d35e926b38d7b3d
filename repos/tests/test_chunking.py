"""Files into chunks."""

import json

import pytest

from deepwiki.testing.growth import LINEAR, growth
from repos.indexing.chunking import MAX_CHARS, MAX_LINES, chunk
from repos.indexing.file_selection import Limits, Skipped, decode, role, select
from repos.indexing.languages import GRAMMARS, SUFFIXES, language_of, parser_for
from repos.sources.tree import TreeEntry

SAMPLES = {
    "a.py": ("class A:\n    def run(self):\n        return 1\n", "run"),
    "a.js": ("export function run(a) { return a }\n", "run"),
    "a.ts": ("interface Run { a: number }\n", "Run"),
    "a.tsx": ("export const Run = () => <p/>;\n", "Run"),
    "a.go": ("package a\n\nfunc Run() int { return 1 }\n", "Run"),
    "a.rs": ("pub fn run() -> i32 { 1 }\n", "run"),
    "a.java": ("class Run { void go() {} }\n", "Run"),
    "a.kt": ("fun run(): Int = 1\n", "run"),
    "a.c": ("int run(void) { return 1; }\n", "run"),
    "a.cpp": ("class Run { int go(); };\n", "Run"),
    "a.cs": ("class Run { void Go() {} }\n", "Run"),
    "a.rb": ("def run\n  1\nend\n", "run"),
    "a.php": ("<?php function run() { return 1; }\n", "run"),
    "a.swift": ("func run() -> Int { return 1 }\n", "run"),
    "a.scala": ("object Run { def go = 1 }\n", "Run"),
    "a.sh": ("run() {\n  echo 1\n}\n", "run"),
    "a.md": ("# Run\n\ntext\n", "Run"),
    "a.toml": ("[run]\na = 1\n", "run"),
}


@pytest.mark.parametrize("path", SAMPLES)
def test_a_definition_is_known_by_its_name(path):
    text, name = SAMPLES[path]
    assert any(name in symbol for c in chunk(path, text) for symbol in c.symbols)


@pytest.mark.parametrize("language", GRAMMARS)
def test_every_grammar_loads(language):
    assert parser_for(language) is not None


@pytest.mark.parametrize("suffix", sorted(s for all_ in SUFFIXES.values() for s in all_))
def test_chunks_cover_every_line_in_order_and_stay_small(suffix):
    text = (
        "\n".join(
            f"def f{i}(x): return x + {i}  # {{ [ <a> ' \" line {i}" if i % 7 else ""
            for i in range(300)
        )
        + "\n"
    )
    chunks = chunk(f"a.{suffix}", text)
    lines = text.split("\n")
    covered = [n for c in chunks for n in range(c.start, c.end + 1)]
    if language_of(f"a.{suffix}") != "notebook":
        assert {n for n, line in enumerate(lines, 1) if line.strip()} <= set(covered)
        assert covered == sorted(set(covered))
    for c in chunks:
        assert c.text == "\n".join(lines[c.start - 1 : c.end])
        assert c.end - c.start < MAX_LINES
        assert len(c.text) <= MAX_CHARS


def test_a_method_carries_its_class_and_a_large_class_is_cut_between_methods():
    methods = "\n".join(
        f"    def method_{i}(self):\n" + "        value = compute(1, 2, 3)\n" * 34 for i in range(6)
    )
    chunks = chunk("shop.py", f"class Shop:\n    '''A shop.'''\n\n{methods}")
    named = [c for c in chunks if c.symbol == "Shop.method_3"]
    assert len(named) == 1
    assert named[0].text.strip().startswith("def method_3")


def test_a_notebook_is_cut_by_cell_with_lines_of_the_file():
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "words"]},
        {"cell_type": "code", "source": ["x = 1\n", "print(x)"], "outputs": []},
    ]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    chunks = chunk("n.ipynb", text)
    assert [c.text for c in chunks] == ["# Title\nwords", "x = 1\nprint(x)"]
    assert "x = 1" in text.split("\n")[chunks[1].start - 1]


@pytest.mark.parametrize(
    ("path", "start", "text", "end", "size"),
    [
        ("a.json", "", "[", "", 50_000),
        ("a.py", "", "(", "", 50_000),
        ("a.js", "", "{\n", "", 20_000),
        ("a.xml", "", "<a>\n", "", 20_000),
        ("a.yaml", "", "- ", "a", 20_000),
        ("a.py", "x = '''", "\n", "", 50_000),
        ("a.cpp", "", "a<", "", 10_000),
        ("a.md", "", "> ", "x", 5_000),
        ("a.rb", "", "%w(", "", 10_000),
    ],
)
def test_a_parser_bomb_is_cut_in_linear_time(path, start, text, end, size):
    assert growth(lambda size: chunk(path, start + text * size + end), size) < LINEAR


def test_a_million_lines_take_linear_time():
    assert growth(lambda lines: chunk("a.txt", "a line of text\n" * lines), 70_000) < LINEAR


def test_secrets_vendored_and_generated_files_are_left_out_and_counted():
    paths = [
        ".env",
        ".env.example",
        "a/id_ed25519",
        "server.pem",
        "node_modules/x.js",
        "yarn.lock",
        "a.min.js",
        "x_pb2.py",
        "a.png",
        "a.py",
        "x/credentials.json",
    ]
    skipped = Skipped()
    chosen = select([TreeEntry(p, "0", 10) for p in paths], Limits(), skipped)
    assert [e.path for e in chosen] == [".env.example", "a.py"]
    assert skipped.counts == {
        "secret": 4,
        "vendored": 1,
        "lock file": 1,
        "generated": 2,
        "binary": 1,
    }


def test_deepwikiignore_is_heeded_and_limits_hold():
    skipped = Skipped()
    entries = [TreeEntry(f"{d}/f{i}.py", "0", 10) for d in ("keep", "drop") for i in range(5)]
    assert {e.path.split("/")[0] for e in select(entries, Limits(), skipped, "drop/\n")} == {"keep"}
    assert len(select(entries, Limits(files=3), Skipped())) == 3
    assert select([TreeEntry("a.py", "0", 2_000_000)], Limits(), skipped) == []


@pytest.mark.parametrize(
    "data", [b"\xff\xfeh\x00i\x00", b"\xef\xbb\xbfhi", b"h\xe9", b"", b"\xff" * 10]
)
def test_any_bytes_are_decoded_or_declined(data):
    assert decode(data) is None or isinstance(decode(data), str)


WORDS_BY_ENCODING = {
    "cp932": "# ユーザー名を検証する関数です。\n# 戻り値は真偽値です。\n# 例外を投げません。\n# 設定を読み込みます。\n",
    "gb18030": "# 检查用户名\n# 返回结果\n# 是否有效\n# 不抛出异常\n# 读取文件\n",
    "cp949": "# 사용자 이름이 유효한지 확인합니다. 예외를 던지지 않습니다.\n",
    "koi8_r": "# Проверяет правильность имени пользователя, не вызывает исключений.\n",
    "cp1251": "# Проверяет правильность имени пользователя, не вызывает исключений.\n",
}


@pytest.mark.parametrize("encoding", WORDS_BY_ENCODING)
def test_the_encoding_of_another_script_is_detected(encoding):
    text = "def check(name):\n    return bool(name)\n" * 9 + WORDS_BY_ENCODING[encoding]
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "text",
    [
        "# Größe, créé, año",
        'strip("[ÀÁÂÃÄÅ] [ÈÉÊË] [ÌÍÎÏ] [ÒÓÔÕÖ] [ÙÚÛÜ]")',
        "# ÄÄÄÄÄÄ ·····",
        "# 20 °C ± 5 µm",
    ],
)
def test_text_in_latin_script_stays_windows_1252(text):
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/a.py", "code"),
        ("tests/test_a.py", "test"),
        ("src/a.test.ts", "test"),
        ("README.md", "docs"),
        ("docs/x.py", "docs"),
        ("FooTest.java", "test"),
    ],
)
def test_the_role_of_a_file_is_told_by_its_path(path, expected):
    assert role(path) == expected


def test_an_ignore_file_full_of_stars_takes_no_time():
    def skip(length):
        bomb = "*a" * 30 + "*b\n" + "x/*/*/*/*\n"
        assert select([TreeEntry("a" * length + ".py", "0", 10)], Limits(), Skipped(), bomb)

    assert growth(skip, 200) < LINEAR


def test_names_that_differ_only_in_what_cannot_be_shown_are_one_file():
    skipped = Skipped()
    twins = [TreeEntry("a\udcfe.py", "1", 10), TreeEntry("a\udcff.py", "2", 10)]
    assert len(select(twins, Limits(), skipped)) == 1
    assert skipped.counts["unusable name"] == 1
