"""Build, container and CI files declare commands, stages, services and jobs."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph, jobs
from repos.index import writer
from repos.index.removal import drop_indexes
from repos.indexing import parse
from repos.models import GraphArtifact


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
        ("Makefile", "X := 1\nrun: deps\n\tgo\n.PHONY: run\n", "command:run@2"),
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


SERVICE = {
    ".env.example": "SHOP_KEY=1\n",
    "shop/__init__.py": "",
    "shop/app.py": "import os\n\nKEY = os.environ['SHOP_KEY']\n",
    "shop/urls.py": "from django.urls import path, include\nurlpatterns = [\n    path('x/', include('shop.more.urls')),\n]\n",
    "shop/more/__init__.py": "",
    "shop/more/urls.py": "from shop.app import KEY\nurlpatterns = [path('y/', KEY)]\n",
    "a/tests/urls.py": "urlpatterns = [path('t/', x)]\n",
}


@pytest.fixture
def service(index_folder, tmp_path):
    write_files(tmp_path / "r", SERVICE)
    return index_folder(tmp_path / "r")


def found(index, **options):
    return [(a.kind, a.name, a.path, a.line, a.target) for a in graph.artifacts(index, **options)]


@pytest.mark.django_db
def test_an_index_tells_its_artifacts_by_kind_and_those_of_code_first(service):
    assert found(service.current_index_id) == [
        ("route", "y/", "shop/more/urls.py", 2, "KEY"),
        ("route", "x/", "shop/urls.py", 3, "shop.more.urls"),
        ("route", "t/", "a/tests/urls.py", 1, "x"),
        ("setting", "SHOP_KEY", ".env.example", 1, "1"),
        ("setting", "SHOP_KEY", "shop/app.py", 3, "KEY"),
    ]


@pytest.mark.django_db
def test_artifacts_of_one_kind_and_of_a_number(service):
    index = service.current_index_id
    assert [a[1] for a in found(index, kind="setting")] == ["SHOP_KEY", "SHOP_KEY"]
    assert [a[1] for a in found(index, per_kind=1)] == ["y/", "SHOP_KEY"]
    assert found(index, per_kind=-1) == []
    with pytest.raises(ValueError, match="is not in list"):
        graph.artifacts(index, kind="unheard of")


@pytest.mark.django_db
def test_a_variable_leads_from_where_it_is_read_to_the_example(service):
    index = service.current_index_id
    (example,) = graph.definitions(index, "SHOP_KEY")
    assert (example.path, example.kind, example.start) == (".env.example", "constant", 1)
    (use,) = graph.references(index, "SHOP_KEY").files
    assert (use.path, [place.line for place in use.places]) == ("shop/app.py", [3])


@pytest.mark.django_db
def test_routes_that_are_included_link_their_files(service):
    links = graph.file_edges(service.current_index_id, "shop/urls.py")
    assert "shop/more/urls.py" in [edge.path for edge in links.outgoing]


@pytest.mark.django_db
def test_artifacts_change_and_go_with_their_files(service, tmp_path):
    index = service.current_index_id
    write_files(tmp_path / "r", {".env.example": "OTHER_KEY=1\n"})
    jobs.run(jobs.request(service, start=False)[0].pk)
    assert [a[1] for a in found(index, kind="setting")] == ["OTHER_KEY", "SHOP_KEY"]
    drop_indexes(service)
    assert found(index) == [] and not GraphArtifact.objects.exists()


@pytest.mark.django_db
def test_an_index_of_the_release_before_has_no_artifacts(index_folder, tmp_path, monkeypatch):
    write_files(tmp_path / "r", SERVICE)
    monkeypatch.setattr(writer, "write_symbols", lambda *_: None)
    assert graph.artifacts(index_folder(tmp_path / "r").current_index_id) == []
