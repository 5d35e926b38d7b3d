"""`symbol:` finds definitions by their names, and takes them away; files are left out by what they hold."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.graph.named import NamedDefinition
from repos.models import Index
from repos.models.graph import GraphDefinition
from repos.search.grep import GrepNotice, GrepOptions, InvalidPattern, grep
from repos.search.grep.line_matcher import name_matches
from repos.search.grep.matches import MAX_MATCHES_A_FILE, Clock
from repos.search.grep.results import ExcludedText
from repos.search.grep.typed_terms import parse_query
from repos.testing.grep_results import matched_lines

pytestmark = pytest.mark.django_db
DECORATED = "@first\n@second(save=1)\n@third\n@fourth\n@fifth\n@save.setter\n@seventh\ndef save(thing):\n    token = thing\n    return token\n"
FILES = {
    "shop/cart.py": "class Cart:\n    def save(self):\n        return token(self)\n\n    def drop(self):\n        return token(None)\n",
    "shop/user.py": "class User:\n    def save(self):\n        save = 1\n        return save\n",
    "shop/deep.py": DECORATED,
    "shop/more.py": "def autosave():\n    token()\n\n\nclass SaveAll:\n    pass\n",
    "use.py": "from shop.cart import Cart\n\nCart().save()\ntoken = 1\n",
}


@pytest.fixture
def found(index_folder, tmp_path):
    """`path:line` of each line that a typed query finds."""
    write_files(tmp_path / "r", FILES)
    repository = index_folder(tmp_path / "r")

    def found(text):
        query = parse_query(text)
        result = grep([repository.pk], query.pattern, user_id=OPERATOR_ID, options=query.options)
        found.notices = result.notices
        return matched_lines(result)

    return found


def test_a_name_is_found_where_it_is_defined_however_many_decorators_stand_before_it(found):
    assert found("symbol:save") == ["shop/cart.py:2", "shop/deep.py:8", "shop/user.py:2"]
    assert found.notices == ()


def test_a_name_stands_behind_the_word_before_it_in_the_signature(index_folder, tmp_path):
    text = 'class A {\n  @Says("to save")\n  public void save() {}\n}\n'
    write_files(tmp_path / "r", {"A.java": text})
    repository = index_folder(tmp_path / "r")
    options = GrepOptions(symbols=("save",), names_only=True)
    result = grep([repository.pk], "save", user_id=OPERATOR_ID, options=options)
    assert matched_lines(result) == ["A.java:3"]


def test_a_dotted_name_is_the_definition_within_another(found):
    assert found("symbol:Cart.save") == ["shop/cart.py:2"]
    assert found("symbol:cart::save") == ["shop/cart.py:2"]
    assert found("symbol:Nothing.save") == []


def test_a_part_of_a_name_finds_longer_ones_and_says_so(found):
    assert found("symbol:autos") == ["shop/more.py:1"]
    assert found.notices == (GrepNotice.LONGER_NAMES,)
    assert found("symbol:saveall") == ["shop/more.py:5"]
    assert found("symbol:*save*") == ["shop/cart.py:2", "shop/deep.py:8", "shop/user.py:2"]
    assert found("symbol:nothing_like_it") == []


def test_other_text_is_searched_within_the_definition_to_its_end(found):
    assert found("token symbol:save") == ["shop/cart.py:3", "shop/deep.py:9", "shop/deep.py:10"]
    assert found("/return/ symbol:User") == ["shop/user.py:4"]


def test_a_minus_takes_what_stands_in_the_definition_away(found):
    assert found("token -symbol:save path:shop/cart.py") == ["shop/cart.py:6"]
    assert found("symbol:save -symbol:Cart") == ["shop/deep.py:8", "shop/user.py:2"]
    assert found("token -symbol:Cart -symbol:save -symbol:autosave") == ["use.py:4"]


def test_files_that_hold_a_text_are_left_out(found):
    assert found('token -"def save"') == ["shop/more.py:2", "use.py:4"]
    assert found("token -/class|import/") == ["shop/deep.py:9", "shop/deep.py:10"]
    assert found('symbol:save -"@seventh"') == ["shop/cart.py:2", "shop/user.py:2"]
    with pytest.raises(InvalidPattern, match="is not closed"):
        found("token -/a(b/")


def test_an_index_from_before_the_graph_finds_what_its_chunks_define(found):
    GraphDefinition.objects.all().delete()
    Index.objects.update(format=2)
    assert found("symbol:save") == ["shop/deep.py:8"]
    assert found("token symbol:SAVE") == ["shop/deep.py:9", "shop/deep.py:10"]
    assert GrepNotice.OLDER_INDEX in found.notices


@pytest.mark.parametrize(
    "name", [".", "::", "*", "**", "a" * 1_900, "\u0000", "%", "'", "ſ", "." * 500]
)
def test_any_name_ends_well(found, name):
    assert isinstance(found(f"symbol:{name} x"), list)
    if parse_query(f"symbol:{name}").pattern:
        assert isinstance(found(f"symbol:{name}"), list)


def test_definitions_without_their_name_in_the_text_show_their_first_line():
    defined = [NamedDefinition(1, "ghost", "", 2, 3), NamedDefinition(1, "far", "", 90, 99)]
    found = name_matches("a\nb\r\nc", defined, Clock.of(1000))
    assert found.spans == [(2, 2), (4, 4)]


def test_the_definitions_of_a_file_that_are_shown_are_bounded():
    defined = [NamedDefinition(1, "x", "", n, n) for n in range(1, 50_000)]
    found = name_matches("x\n" * 50_000, defined, Clock.of(60_000))
    assert (len(found.spans), found.is_cut) == (MAX_MATCHES_A_FILE, True)


def test_a_text_that_is_left_out_has_the_switches_of_the_query(index_folder, tmp_path):
    write_files(tmp_path / "r", {"a.txt": "one Token\n", "b.txt": "one token\n"})
    repository = index_folder(tmp_path / "r")
    options = GrepOptions(case_sensitive=True, excluded_texts=(ExcludedText("Token"),))
    result = grep([repository.pk], "one", user_id=OPERATOR_ID, options=options)
    assert [file.path for file in result.files] == ["b.txt"]
