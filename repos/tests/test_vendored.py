"""Which folders a project did not write: by evidence in its tree, never by a name alone."""

import pytest

from deepwiki.testing.fixtures import write_files
from deepwiki.testing.growth import LINEAR, growth
from repos.indexing.file_selection import Limits, Skipped, files, select
from repos.sources.tree import TreeEntry


def chosen(paths, attributes="", **by_folder):
    entries = [TreeEntry(path, "0", 10) for path in paths]
    skipped = Skipped()
    kept = select(entries, Limits(), skipped, attributes={"": attributes, **by_folder})
    return [entry.path for entry in kept], dict(skipped.counts)


@pytest.mark.parametrize(
    "path",
    [
        "vendor/ours.py",
        "src/vendor/models.py",
        "src/dist/normal.py",
        "stats/dist/poisson.js",
        "third_party/bridge.cc",
        "build/webpack.config.js",
        "target/arm/cpu.c",
        "out/printer.py",
        "deps/resolver.py",
        "deps/setup.py",
        "contrib/plugin.py",
    ],
)
def test_a_folder_is_not_vendored_by_its_name(path):
    assert chosen(["README.md", path])[0] == ["README.md", path]


@pytest.mark.parametrize(
    ("evidence", "vendored", "kept"),
    [
        ("vendor/modules.txt", "vendor/github.com/a/b/c.go", "main.go"),
        ("vendor/autoload.php", "vendor/a/b.php", "src/a.php"),
        ("composer.json", "vendor/acme/Mailer.php", "src/vendor/Ours.php"),
        ("server/go.mod", "server/vendor/x/y.go", "vendor/ours.py"),
        ("third_party/zlib/LICENSE", "third_party/zlib/inflate.c", "third_party/bridge.c"),
        ("vendor/github.com/a/b/LICENSE", "vendor/github.com/a/b/x/c.go", "vendor/ours.go"),
        ("external/fmt/CMakeCache.txt", "external/fmt/CMakeCache.txt", "external/use.cc"),
        ("vendor/serde/.cargo-checksum.json", "vendor/serde/src/lib.rs", "src/lib.rs"),
        ("pip/_vendor/vendor.txt", "pip/_vendor/urllib3/util.py", "pip/main.py"),
        ("package.json", "dist/index.js", "dist/build.py"),
        ("packages/a/package.json", "packages/a/dist/index.css", "dist/index.css"),
        ("a/node_modules/x/package.json", "a/node_modules/x/y.js", "a/x.js"),
        ("build/CMakeCache.txt", "build/x.c", "x.c"),
        ("vendor/bundle/ruby/3/x.rb", "vendor/bundle/ruby/3/x.rb", "vendor/assets/x.js"),
    ],
)
def test_a_folder_is_vendored_on_evidence(evidence, vendored, kept):
    paths, counts = chosen(dict.fromkeys([evidence, vendored, kept]))
    if evidence == "external/fmt/CMakeCache.txt":
        assert kept in paths
        return
    assert vendored not in paths
    assert kept in paths
    assert counts["vendored"] >= 1


def test_gitattributes_decide_about_vendored_and_generated_files():
    attributes = (
        "lib/jquery.js linguist-vendored\n"
        "api/*.go linguist-generated=true\n"
        "node_modules/ours/** -linguist-vendored\n"
        "*.py text eol=lf\n"
    )
    paths = ["lib/jquery.js", "lib/own.js", "api/a.go", "node_modules/ours/a.js", "a.py"]
    assert chosen(paths, attributes) == (
        ["a.py", "lib/own.js", "node_modules/ours/a.js"],
        {"vendored": 2},
    )


def test_the_attributes_of_an_inner_folder_come_before_those_above():
    paths = ["lib/a.js", "lib/own/b.js", "lib/own/deep/c.js", "c.js", "other/lib/own/d.js"]
    inner = {"lib": "*.js -linguist-generated\n/own/*.js linguist-generated\n"}
    assert chosen(paths, "lib/*.js linguist-generated\n", **inner) == (
        ["c.js", "lib/a.js", "lib/own/deep/c.js", "other/lib/own/d.js"],
        {"vendored": 1},
    )


def test_attributes_of_a_folder_say_nothing_of_files_outside():
    assert chosen(["a.py", "b/a.py", "bb/a.py"], b="a.py linguist-vendored\n") == (
        ["a.py", "bb/a.py"],
        {"vendored": 1},
    )


def test_a_repository_with_attributes_in_every_folder_is_read_in_linear_time():
    def trees(size):
        folders = [f"d{n % 100}/{n}" for n in range(size)]
        attributes = {f"d{n}": "*.py linguist-vendored\n" * 100 for n in range(100)}
        return [TreeEntry(f"{folder}/a.js", "0", 9) for folder in folders], attributes

    made = {}

    def run(size):
        entries, attributes = made.setdefault(size, trees(size))
        assert len(select(entries, Limits(files=size), Skipped(), "", attributes)) == size

    assert growth(run, 10_000) < LINEAR


def test_nested_attributes_of_a_repository_are_obeyed(index_folder, tmp_path, db):
    files = {
        "a.py": "x = 1\n",
        "api/client.py": "y = 1\n",
        "api/own.py": "z = 1\n",
        "api/.gitattributes": "client.py linguist-generated=true\n",
    }
    write_files(tmp_path / "r", files)
    repository = index_folder(tmp_path / "r")
    paths = repository.current_index.documents.values_list("path", flat=True)
    assert {path for path in paths if path.endswith(".py")} == {"a.py", "api/own.py"}


OWN = "MIT License\n\nCopyright (c) 2020-2024 Acme Corporation\n\nThe above copyright notice"
APACHE = (
    "   END OF TERMS. Copyright [yyyy] [name of copyright owner]. You must retain copyright notices"
)


@pytest.mark.parametrize(
    ("path", "text", "own_notice", "expected"),
    [
        ("vendor/query.js", "/*! Query v3.1 | (c) Query authors */\n", OWN, "vendored"),
        (
            "vendor/a.c",
            "// Copyright 1999 Jane Doe\n// The above copyright notice\n",
            OWN,
            "vendored",
        ),
        ("third_party/b.py", "# @license MIT\n", APACHE, "vendored"),
        ("third_party/b.py", "# Copyright (C) 2001-2003 Jane Doe\n", APACHE, "vendored"),
        ("vendor/ours.py", "# Copyright 2023 Acme Corporation\n", OWN, ""),
        ("vendor/ours.py", "def zebra(): pass\n", OWN, ""),
        ("src/a.c", "// Copyright 1999 Jane Doe\n", OWN, ""),
    ],
)
def test_a_file_in_a_folder_for_copies_is_known_by_its_notice(path, text, own_notice, expected):
    skipped = Skipped()
    kept = list(files([(TreeEntry(path, "0", 1), text.encode())], skipped, own_notice))
    assert ("" if kept else next(iter(skipped.counts))) == expected


@pytest.mark.parametrize("unit", ["1", "copyright ", "copyright (c) 1 2 3 ", "the all by "])
def test_reading_a_notice_costs_in_proportion_to_it(unit):
    def read(size):
        text = f"copyright {unit * size}"
        list(files([(TreeEntry("vendor/a.c", "0", 1), text.encode())], Skipped(), text))

    assert growth(read, 20_000) < LINEAR
