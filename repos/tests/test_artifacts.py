"""Build, container and CI files declare commands, stages, services and jobs."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph
from repos.indexing import parse


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "pyproject.toml",
            '[project]\nname = "x"\n[project.scripts]\nshop = "shop.cli:main"\n[tool.x]\na = 1\n',
            "command:shop@4",
        ),
        (
            "setup.cfg",
            "[metadata]\nname = x\n[options.entry_points]\nconsole_scripts =\n    shop = shop.cli:main\n",
            "command:shop@5",
        ),
        (
            "web/package.json",
            '{\n "name": "x",\n "scripts": {\n  "build": "vite build"\n },\n "main": "a.js"\n}\n',
            "command:build@4",
        ),
        ("Makefile", "X := 1\nrun: deps\n\tgo\n.PHONY: run\n", "command:run@2 command:.PHONY@4"),
        ("Dockerfile", "FROM python:3 AS build\nRUN x\nFROM build\n", "stage:build@1"),
        (
            "docker-compose.yml",
            "services:\n  web:\n    image: x\nvolumes:\n  data:\n",
            "service:web@2",
        ),
        (".github/workflows/ci.yml", "on:\n  push:\njobs:\n  test:\n    steps: []\n", "job:test@4"),
        ("setup.py", "def run(): pass\n", "function:run@1"),
    ],
)
def test_what_a_file_declares(path, text, expected):
    found = parse(path, text).symbols.definitions
    assert " ".join(f"{d.kind}:{d.name}@{d.start}" for d in found) == expected


@pytest.mark.django_db
def test_an_entry_point_uses_the_function_it_names(index_folder, tmp_path):
    write_files(
        tmp_path / "r",
        {
            "pyproject.toml": '[project.scripts]\nshop = "shop.cli:main"\n',
            "shop/__init__.py": '"""Shop."""\n',
            "shop/cli.py": "def main():\n    return 1\n",
            "other.py": "def main():\n    return 2\n",
        },
    )
    index = index_folder(tmp_path / "r").current_index_id
    (main,) = graph.outline(index, "shop/cli.py")
    (uses,) = graph.references(index, "main", definition=main).files
    assert uses.path == "pyproject.toml"
