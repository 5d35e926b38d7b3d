"""Which files filters leave: gitignore's globs, endings of names, braces, and what matches nothing."""

import pytest

from deepwiki.testing.fixtures import write_files
from deepwiki.testing.growth import LINEAR, growth
from repos.access import OPERATOR_ID
from repos.search import Filters, SearchOptions, parse_patterns, search
from repos.search.filters import MAX_RULES, FileMatcher, _file_rules, unmatched_patterns

PATHS = [
    "x.py",
    "README.md",
    "src/x.py",
    "src/app/x.py",
    "src/app/x.js",
    "src/app/x.test.py",
    "docs/x.md",
    "docs/src/x.py",
    ".github/ci.yml",
]

BOMBS = [
    "*" * 200,
    "*a" * 100,
    "[" * 100,
    "(a+)+$",
    "?" * 150,
    "**/" * 60 + "a",
    "{a,b}" * 100,
    "{" * 300 + "a,b" + "}" * 300,
    "{a,}" * 200,
]


def left(**filters):
    matcher = FileMatcher(Filters(**{name: parse_patterns(text) for name, text in filters.items()}))
    return [path for path in PATHS if matcher.matches(path)]


@pytest.mark.parametrize(
    ("patterns", "files"),
    [
        ("**/x.py", ["x.py", "src/x.py", "src/app/x.py", "docs/src/x.py"]),
        ("x.py", ["x.py", "src/x.py", "src/app/x.py", "docs/src/x.py"]),
        ("/x.py", ["x.py"]),
        ("src/*.py", ["src/x.py"]),
        ("./src/*.py", ["src/x.py"]),
        ("src/**/*.py", ["src/x.py", "src/app/x.py", "src/app/x.test.py"]),
        (".js", ["src/app/x.js"]),
        (".test.py", ["src/app/x.test.py"]),
        (".md, .js", ["README.md", "src/app/x.js", "docs/x.md"]),
        ("*.{js,md}", ["README.md", "src/app/x.js", "docs/x.md"]),
        ("{src/app,docs}/x.{js,{md,txt}}", ["src/app/x.js", "docs/x.md"]),
        ("*.py\n!*.test.py", ["x.py", "src/x.py", "src/app/x.py", "docs/src/x.py"]),
        ("docs/", ["docs/x.md", "docs/src/x.py"]),
        ("src/,!x.js", ["src/x.py", "src/app/x.py", "src/app/x.test.py", "docs/src/x.py"]),
        ("%2A%2A%2Fx.md", ["docs/x.md"]),
        ("*.%7Bjs%2Cmd%7D", ["README.md", "src/app/x.js", "docs/x.md"]),
        ("[xR]*.m?", ["README.md", "docs/x.md"]),
        (".github", [".github/ci.yml"]),
        ("nothing", []),
    ],
)
def test_files_are_named_by_globs_and_endings(patterns, files):
    assert left(included_files=patterns) == files
    if "!" not in patterns:
        assert left(excluded_files=patterns) == [path for path in PATHS if path not in files]


@pytest.mark.parametrize(
    ("patterns", "files"),
    [
        ("src", ["src/x.py", "src/app/x.py", "src/app/x.js", "src/app/x.test.py", "docs/src/x.py"]),
        ("/src", ["src/x.py", "src/app/x.py", "src/app/x.js", "src/app/x.test.py"]),
        ("src/app/", ["src/app/x.py", "src/app/x.js", "src/app/x.test.py"]),
        ("./src/app", ["src/app/x.py", "src/app/x.js", "src/app/x.test.py"]),
        (
            "{app,docs}",
            ["src/app/x.py", "src/app/x.js", "src/app/x.test.py", "docs/x.md", "docs/src/x.py"],
        ),
        (".github", [".github/ci.yml"]),
        ("x.py", []),
    ],
)
def test_folders_are_named_in_the_same_way(patterns, files):
    assert left(included_dirs=patterns) == files
    assert left(excluded_dirs=patterns) == [path for path in PATHS if path not in files]


def test_what_is_excluded_stays_out_of_what_is_included():
    assert left(included_dirs="src", excluded_files=".js\n*.test.*") == [
        "src/x.py",
        "src/app/x.py",
        "docs/src/x.py",
    ]
    assert left(excluded_files="docs/\n!docs/x.md") == [
        path for path in PATHS if "docs" not in path
    ]


def test_patterns_come_with_newlines_commas_and_url_encoding():
    assert parse_patterns("./node_modules/\n*.min.js, src%2Fapp ,,.\n") == (
        "node_modules/",
        "*.min.js",
        "src/app",
    )
    assert parse_patterns("a.{b,c},d\ne{f,g") == ("a.{b,c}", "d", "e{f", "g")


def test_patterns_that_match_nothing_are_named():
    filters = Filters(included_dirs=("src", "lib"), included_files=("*.py", "*.rs", "a.{py,md}"))
    assert unmatched_patterns(filters, PATHS) == ("lib", "*.rs", "a.{py,md}")


@pytest.mark.parametrize("pattern", BOMBS)
def test_a_glob_bomb_takes_time_that_grows_with_the_paths_only(pattern):
    filters = Filters(excluded_files=[pattern] * 50, included_files=["*", pattern])

    def match(size):
        matcher = FileMatcher(filters)
        return [matcher.matches(f"{'a' * 50}/{number}") for number in range(size)]

    assert growth(match, 400) < LINEAR


def test_many_patterns_with_braces_are_bounded_together():
    filters = Filters(included_files=["*{1,2,3,4,5,6,7,8,9}{a,b,c,d,e,f,g}"] * 300)
    rules = list(_file_rules(filters.included_files))
    assert len(rules) == MAX_RULES


@pytest.mark.django_db
def test_a_search_tells_what_the_filters_left(index_folder, tmp_path):
    write_files(tmp_path / "r", {"src/a.py": "def discount(): ...\n", "b.md": "# discount\n"})
    repository = index_folder(tmp_path / "r")

    def look(**filters):
        options = SearchOptions(filters=Filters(**filters))
        return search([repository.pk], "discount", user_id=OPERATOR_ID, options=options)

    result = look(included_files=("**/b.md", "*.rs"))
    assert {hit.path for hit in result.passages} == {"b.md"}
    assert (len(result.files.documents), result.files.total) == (1, 2)
    assert result.files.unmatched == ("*.rs",)
    nothing = look(included_files=(".ts",))
    assert (nothing.passages, nothing.files.documents) == ([], [])
    assert look(included_files=(".py",)).files.unmatched == ()


@pytest.mark.django_db
def test_filters_see_no_files_that_the_person_may_not_read(index_folder, tmp_path, alice, bob):
    write_files(tmp_path / "r", {"secret_name.py": "x = 1\n"})
    repository = index_folder(tmp_path / "r", owner_id=alice.pk, private=True)
    options = SearchOptions(filters=Filters(included_files=("secret_*",)))
    for person, total in ((alice, 1), (bob, 0)):
        result = search([repository.pk], "x", user_id=person.pk, options=options)
        assert result.files.total == total
