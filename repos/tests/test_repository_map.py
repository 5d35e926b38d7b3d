"""The map of a repository fits the tokens it is given, whatever files and definitions are like."""

import pytest

from deepwiki.foundation.text import estimated_tokens
from deepwiki.testing.fixtures import write_files
from repos import graph

pytestmark = pytest.mark.django_db
LONGEST_LINE = 140  # of a definition in a map, with its line


def map_text(index, budget, **options):
    return "".join(f"{entry.text}\n" for entry in graph.repository_map(index, budget, **options))


@pytest.fixture
def large(index_folder, tmp_path):
    arguments = ", ".join(f"argument_{n}" for n in range(20))
    functions = "".join(f"def {'f' * n}_x({arguments}):\n    pass\n" for n in range(1, 15))
    write_files(tmp_path / "r", {f"m{n}.py": functions for n in range(5)})
    return index_folder(tmp_path / "r").current_index_id


@pytest.mark.parametrize("budget", [80, 200, 500, 1_000, 2_000])
@pytest.mark.parametrize("count", [estimated_tokens, len])
def test_a_map_fits_its_tokens_and_fills_them(large, budget, count):
    assert budget - LONGEST_LINE <= count(map_text(large, budget, count=count)) <= budget


def test_each_file_has_its_first_definition_before_one_has_a_second(large):
    counts = [len(entry.symbols) for entry in graph.repository_map(large, 350)]
    assert len(counts) == 5 and max(counts) - min(counts) <= 1


@pytest.mark.parametrize("budget", [40, 80, 200])
def test_paths_that_take_more_than_their_share_are_left_out(index_folder, tmp_path, budget):
    long = "/".join(["a_folder_with_a_very_long_name"] * 7)
    write_files(
        tmp_path / "r",
        {f"{long}/m{n}.py": f"def f{n}():\n    pass\n" for n in range(4)} | {"short.py": "x = 1\n"},
    )
    index = index_folder(tmp_path / "r").current_index_id
    assert estimated_tokens(map_text(index, budget)) <= budget
