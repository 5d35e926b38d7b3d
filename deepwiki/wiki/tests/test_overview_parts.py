"""What an overview draws and lists: edges that can be followed, programs that can be started."""

from deepwiki.wiki.pages.diagram_parts import DrawnEdges
from deepwiki.wiki.pages.lead import lead_of_document
from deepwiki.wiki.pages.link_diagrams import followed, main_directions
from deepwiki.wiki.pages.offers import entry_points, one_main_a_file, started_by
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import FileArtifact
from deepwiki.wiki.tests.memory_index import MemoryIndex
from deepwiki.wiki.tests.test_pages import FILES, PLAN, text_of


def source_of(index):
    return PageSource(PLAN.by_slug["overview"], PLAN, index.code, index)


def test_of_two_directions_the_lesser_is_left_out():
    weights = {("a", "b"): 10.0, ("b", "a"): 2.0, ("a", "c"): 3.0, ("c", "a"): 3.0}
    assert list(main_directions(weights)) == [("a", "b"), ("a", "c"), ("c", "a")]


def test_parts_have_no_more_edges_than_a_reader_can_follow():
    names = "abcdef"
    edges = [(one, other) for one in names for other in names if one != other]
    assert followed(DrawnEdges(edges)).edges == edges[:9]
    assert followed(DrawnEdges([("a", "b")])).edges == [("a", "b")]


def main(path, target, line=1):
    return FileArtifact("main", "x", path, line, target)


def test_a_file_with_an_interpreter_and_a_main_function_is_one_program():
    script, function = main("a.py", "/usr/bin/env python"), main("a.py", "run", 9)
    shell = main("b.sh", "/bin/sh")
    command = FileArtifact("command", "a", "a.py", 3, "run")
    found = [script, command, function, shell]
    assert one_main_a_file(found) == [command, function, shell]
    assert [started_by(each) for each in found] == ["", "run", "run", ""]
    assert started_by(main("a.py", "print")) == ""


def test_the_overview_names_no_interpreter():
    program = (
        "#!/usr/bin/env python\ndef run():\n    pass\n\n\nif __name__ == '__main__':\n    run()\n"
    )
    index = MemoryIndex({**FILES, "shop/till.py": program})
    text = text_of(index, "overview")
    assert "| `till.py` | main | `run` | `shop/till.py:L6` |" in text
    assert "/usr/bin/env" not in text
    assert [each.path for each in entry_points(source_of(index))].count("shop/till.py") == 1


def test_a_few_words_behind_the_first_sentence_are_no_quotation():
    index = MemoryIndex(
        {
            "README.md": "# Shop\n\nShop sells fruit to people who pay for it. Thanks for checking it out.\n"
        }
    )
    assert list(lead_of_document(source_of(index), "README.md", 2).further) == ["`README.md:L3`"]
