"""Notebooks: cells with the lines of the file, whatever else the file holds."""

import json

import pytest

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.indexing.chunking import MAX_CHARS, chunk
from repos.search import read_file, search


def notebook(*sources, **cell):
    cells = [
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {"collapsed": False, "source": "not this one"},
            "outputs": [
                {"data": {"image/png": "iVBORw0KGgo" * 9_000, "text/plain": ["x = 1\n"]}},
            ],
            "source": source,
            **cell,
        }
        for source in sources
    ]
    return {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4}


def shown(text, hit):
    return "\n".join(text.split("\n")[hit.start - 1 : hit.end])


def test_a_cell_has_the_lines_of_its_source():
    text = json.dumps(notebook(["import os\n"], ["x = 1\n", "print(x)"]), indent=1)
    first, second = chunk("n.ipynb", text)
    assert (first.text, first.symbol) == ("import os", "cell 1")
    assert (second.text, second.symbol) == ("x = 1\nprint(x)", "cell 2")
    lines = text.split("\n")
    assert lines[second.start - 1].strip() == json.dumps("x = 1\n") + ","
    assert lines[second.end - 1].strip() == json.dumps("print(x)")


def test_cells_with_the_same_text_have_their_own_lines():
    text = json.dumps(notebook(*[["same\n", "text"]] * 3), indent=1)
    starts = [c.start for c in chunk("n.ipynb", text)]
    assert starts == [n for n, line in enumerate(text.split("\n"), 1) if '"same' in line]


def test_a_first_line_that_stands_elsewhere_too_does_not_move_a_cell():
    data = notebook(["# Load\n", "a = 1"], ["x = 1\n", "b = 2"])
    data["metadata"]["title"] = "# Load"
    text = json.dumps({"metadata": data["metadata"], **data}, indent=2)
    assert [
        "# Load" in shown(text, c) and "a = 1" in shown(text, c) for c in chunk("n.ipynb", text)
    ] == [True, False]


def test_pictures_and_outputs_are_in_no_passage():
    for indent in (None, 1):
        text = json.dumps(notebook(["y = 2"]), indent=indent)
        assert [c.text for c in chunk("n.ipynb", text)] == ["y = 2"]


def test_a_notebook_on_one_line_gives_its_cells():
    text = json.dumps(notebook("first\nlines", "second"))
    assert [(c.text, c.start, c.end) for c in chunk("n.ipynb", text)] == [
        ("first\nlines", 1, 1),
        ("second", 1, 1),
    ]


def test_a_cell_too_long_for_a_passage_is_cut_and_whole():
    source = [f'print("line {n}", "\\\\ é 🧩")\n' for n in range(300)]
    for form in (source, "".join(source)):
        chunks = chunk("n.ipynb", json.dumps(notebook(form), indent=1))
        assert max(len(c.text) for c in chunks) <= MAX_CHARS
        assert "".join("".join(c.text for c in chunks).split()) == "".join("".join(source).split())


def test_notebooks_of_format_3_are_cut_by_cell_too():
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Title"]},
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python", "outputs": []},
    ]
    text = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}, indent=1)
    chunks = chunk("n.ipynb", text)
    assert [c.text for c in chunks] == ["Title", "x = 1\ny = 2"]
    assert "x = 1" in shown(text, chunks[1])


@pytest.mark.parametrize(
    "text",
    [
        "not json at all\nx = 1",
        '{"cells": [{"cell_type": "code", "source": ["x = 1\\n", "y',
        '<<<<<<< HEAD\n{"cells": []}\n=======\nx = 1\n>>>>>>> other',
        "[" * 100_000 + "\nx = 1",
        '{"worksheets": "x = 1"}',
        '["x = 1"]',
    ],
)
def test_what_is_no_notebook_is_plain_text(text):
    chunks = chunk("n.ipynb", text)
    assert "".join("".join(c.text.split()) for c in chunks) == "".join(text.split())


def test_a_broken_notebook_keeps_its_pictures_to_itself():
    text = json.dumps(notebook(["x = 1"]), indent=1)[:-5]
    chunks = chunk("n.ipynb", text)
    assert "x = 1" in "".join(c.text for c in chunks)
    assert "iVBORw0KGgo" not in "".join(c.text for c in chunks)


@pytest.mark.django_db
def test_a_cell_is_found_and_shown_as_people_wrote_it(index_folder, tmp_path):
    text = json.dumps(notebook(["a = 1"], ['zebra = "stripes"\n', "print(zebra)"]), indent=1)
    write_files(tmp_path / "r", {"n.ipynb": text})
    repository = index_folder(tmp_path / "r")
    hit = search([repository.pk], "zebra stripes", user_id=OPERATOR_ID).passages[0]
    assert hit.text == 'zebra = "stripes"\nprint(zebra)'
    assert "zebra" in shown(read_file(repository, "n.ipynb", OPERATOR_ID).text, hit)
