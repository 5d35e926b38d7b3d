"""Titles of parts made from the code: words that tell a newcomer what a part is."""

import pytest

from deepwiki.wiki.plan import NameHints
from deepwiki.wiki.plan.part_titles import TitledPart
from deepwiki.wiki.tests.code_bases import code_base

OTHERS = [f"other/{number}/file_{number}.py" for number in range(9)]


def title(files, within="", taken=(), others=OTHERS, **hints):
    code = code_base([*files, *others])
    return TitledPart(code, files, NameHints(**hints), within).title(set(taken))


@pytest.mark.parametrize(
    ("heading", "sentence", "expected"),
    [
        ("Prices of the shop", "It has them all.", "Prices of the shop"),
        ("shop/prices", "What an order costs.", "Prices: what an order costs"),
        ("shop/prices", "What an order costs. Pure.", "Prices: what an order costs"),
        ("shop.prices: what an order costs", "", "Prices: what an order costs"),
        ("prices", "API of the shop: all of it.", "Prices: API of the shop"),
        ("shop/prices", "A very long sentence that goes on " * 4, "Shop: prices"),
        ("shop/prices", "", "Shop: prices"),
        (
            "Prices",
            "This folder contains what an order costs, for example with all of our discounts and taxes added.",
            "Prices: what an order costs",
        ),
        ("shop/prices", "Of <b>all</b> things.", "Shop: prices"),
    ],
)
def test_a_readme_names_its_folder_by_what_it_says_and_not_by_a_path(heading, sentence, expected):
    path = "shop/prices/README.md"
    files = [f"shop/prices/{name}.py" for name in "abc"]
    hints = {"headings": {path: heading}, "sentences": {path: sentence}}
    assert title(files, **hints) == expected


def test_what_stands_around_a_folder_is_said_unless_the_reader_knows_it():
    files = [f"chat/web/{name}.py" for name in "abc"]
    assert title(files) == "Chat: web"
    assert title(files, within="chat") == "Web"
    assert title(files, within="chat", taken={"web"}) == "Chat: web"


def test_words_that_programs_shorten_are_spelled_out():
    assert title([f"static/js/{name}.js" for name in "abc"]) == "JavaScript of the pages"
    assert title([f"tools/js/{name}.js" for name in "abc"]) == "Tools: JavaScript"
    assert title([f"shop/migrations/{name}.py" for name in "abc"]) == "Shop: database migrations"


def test_a_part_of_a_folder_that_is_known_is_named_by_what_it_holds():
    files = [f"src/shop/{name}.py" for name in ("prices", "__init__", "utils", "mail", "_types")]
    assert title(files[:1] + files[1:], within="src/shop") == "Mail and prices"
    assert title(files, taken={"mail and prices", "shop"}, within="src/shop").startswith(
        "Mail, prices"
    )
    some = [*files, *[f"src/shop/more/x{number}.py" for number in range(40)]]
    assert title(files, others=[*OTHERS, *some[5:]]) == "Shop: mail and prices"


def test_a_part_at_the_top_that_is_most_of_the_known_folder_has_its_name():
    files = [f"src/shop/{name}.py" for name in ("prices", "mail", "cart")]
    part = TitledPart(code_base([*files, *OTHERS]), files, NameHints(), "src/shop", is_top=True)
    assert part.title(set()) == "Shop"
    assert part.title({"shop"}) == "Cart and mail"
    more = [*files, *[f"src/shop/more/x{number}.py" for number in range(9)]]
    part = TitledPart(code_base(more), files, NameHints(), "src/shop", is_top=True)
    assert part.title(set()) == "Cart and mail"


def test_files_of_several_folders_name_it_by_these():
    files = ["repos/graph/edges.py", "deepwiki/foundation/sql.py", "Makefile"]
    code = code_base({files[0]: {"rank": 3.0}, files[1]: {"rank": 2.0}, files[2]: {}})
    assert TitledPart(code, files, NameHints()).title(set()) == "Graph and foundation"


def test_files_that_say_nothing_are_named_by_their_symbols_or_paths():
    files = ["a/index.py", "a/main.py"]
    taken = {"index", "main", "a: index and main", "a: index", "a: main", "index (a)", "a"}
    named = title(files, taken=taken, symbols={"a/index.py": ["HttpServer"]})
    assert named == "HTTP server"
    everything = {*taken, "http server"}
    assert title(files, taken=everything, symbols={"a/index.py": ["HttpServer"]}) == "a/index.py"
    assert title([]) == "Files"


def test_a_large_file_says_more_than_a_small_one_that_many_use():
    files = {f"shop/{name}.py": {} for name in ("signals", "orders", "mail")}
    files["shop/signals.py"] = {"rank": 4.0, "lines": 5}
    code = code_base(files | {path: {} for path in OTHERS})
    assert TitledPart(code, list(files), NameHints(), "shop").title(set()) == "Mail and orders"


def test_names_of_a_package_for_itself_come_last():
    files = [f"shop/{name}.py" for name in ("_internal", "__init__", "orders")]
    assert title(files, within="shop") == "Orders"


def test_folders_of_what_others_contributed_do_not_count():
    assert title([f"contrib/auth/{name}.py" for name in "abc"]) == "Authentication"
    files = [f"shop/{name}.py" for name in ("contrib/gis/a", "contrib/gis/b", "db/c", "db/d")]
    assert title(files, within="shop") == "Database and GIS"


def test_several_addresses_are_no_longer_word():
    assert title([f"shop/urls/{name}.py" for name in "abc"], within="shop") == "URLs"
