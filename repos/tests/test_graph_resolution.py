"""Which definition a name means: by imports, re-exports, packages and neighbours."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph, jobs
from repos.graph.name_keys import path_key
from repos.models import GraphFile

pytestmark = pytest.mark.django_db

DECOYS = {f"other/decoy{n}.py": "class Order:\n    pass\n" for n in range(3)}


@pytest.fixture
def indexed(index_folder, tmp_path):
    def index(files):
        write_files(tmp_path / "r", files)
        return index_folder(tmp_path / "r")

    return index


def best(repository, name, from_path):
    definition = graph.definitions(repository.current_index_id, name, from_path=from_path)[0]
    return definition.path, definition.confidence


@pytest.mark.parametrize(
    ("source", "files"),
    [
        (
            "from shop.models import Order\n\nOrder()\n",
            {"shop/__init__.py": "\n", "shop/models.py": "class Order: pass\n"},
        ),
        (
            "from shop import Order as O\n\nO()\n",
            {
                "shop/__init__.py": "from .models import Order\n",
                "shop/models.py": "class Order: pass\n",
            },
        ),
        (
            "from shop import Order\n\nOrder()\n",
            {
                "shop/__init__.py": "from .api import *\n",
                "shop/api.py": "from shop.models import *\n",
                "shop/models.py": "class Order: pass\n",
            },
        ),
    ],
    ids=["module", "re-export", "stars"],
)
def test_python_names_mean_what_they_are_imported_from(indexed, source, files):
    repository = indexed({"main.py": source, **files, **DECOYS})
    path, sure = best(repository, "Order", "main.py")
    assert path == "shop/models.py" and sure >= 0.85


@pytest.mark.parametrize(
    ("source_path", "source", "target_path", "target", "others"),
    [
        (
            "web/a.ts",
            "import { Order } from '@/models';\nnew Order();\n",
            "web/src/models.ts",
            "export class Order {}\n",
            {
                "web/tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["src/*"]}}}',
                "x/order.ts": "export class Order {}\n",
            },
        ),
        (
            "cmd/main.go",
            'package main\nimport "ex.com/shop/models"\nfunc main() { models.Order() }\n',
            "models/order.go",
            "package models\nfunc Order() {}\n",
            {"go.mod": "module ex.com/shop\n", "x/order.go": "package x\nfunc Order() {}\n"},
        ),
        (
            "src/a/Main.java",
            "package a;\nimport shop.models.Order;\nclass Main { Order o; }\n",
            "src/shop/models/Order.java",
            "package shop.models;\npublic class Order {}\n",
            {"src/x/Order.java": "package x;\nclass Order {}\n"},
        ),
        (
            "src/a/Main.java",
            "package a;\nclass Main { Order o; }\n",
            "src/a/Order.java",
            "package a;\nclass Order {}\n",
            {"src/x/Order.java": "package x;\nclass Order {}\n"},
        ),
        (
            "src/main.rs",
            "mod models;\nuse crate::models::Order;\nfn main() { Order::new(); }\n",
            "src/models.rs",
            "pub struct Order;\n",
            {"x/models.rs": "pub struct Order;\n"},
        ),
        (
            "src/a.c",
            '#include "order.h"\nint main() { return order(1); }\n',
            "src/order.h",
            "int order(int x);\n",
            {"x/order.c": "int order(int x) { return x; }\n"},
        ),
        (
            "lib/a.rb",
            "require_relative 'order'\nOrder.new\n",
            "lib/order.rb",
            "class Order\nend\n",
            {"x/order.rb": "class Order\nend\n"},
        ),
    ],
    ids=["tsconfig", "go.mod", "java import", "same package", "crate", "header", "ruby"],
)
def test_names_mean_what_is_imported_or_near(
    indexed, source_path, source, target_path, target, others
):
    repository = indexed({source_path: source, target_path: target, **others})
    name = "order" if source_path.endswith(".c") else "Order"
    path, sure = best(repository, name, source_path)
    assert path == target_path and sure > 0.5


def test_a_name_of_the_same_file_comes_first_and_many_share_the_doubt(indexed):
    repository = indexed({"a.py": "class Order: pass\n\n\ndef f(): return Order()\n", **DECOYS})
    index = repository.current_index_id
    assert best(repository, "Order", "a.py") == ("a.py", 0.95)
    confidences = [d.confidence for d in graph.definitions(index, "Order", from_path="docs/a.md")]
    assert len(confidences) == 4 and max(confidences) < 0.2


def test_uses_of_another_definition_of_the_same_name_come_last(indexed):
    repository = indexed(
        {
            "shop.py": "class Order: pass\n",
            "a_other.py": "from decoy import Order\n\nOrder()\n",
            "decoy.py": "class Order: pass\n",
            "main.py": "from shop import Order\n\nOrder()\n",
        }
    )
    index = repository.current_index_id
    (definition,) = graph.outline(index, "shop.py")
    files = graph.references(index, "Order", definition=definition).files
    assert [(file.path, file.confidence > 0.5) for file in files] == [
        ("main.py", True),
        ("a_other.py", False),
    ]


def edges(repository):
    index = repository.current_index_id
    rows = list(
        GraphFile.objects.filter(document__index_id=index, document__is_live=True).select_related(
            "document"
        )
    )
    names = {row.path_key: row.document.path for row in rows}
    return {
        row.document.path: {
            names.get(t): graph.EdgeKind(k) for t, k in zip(row.targets, row.kinds, strict=True)
        }
        for row in rows
    }


PROJECT = {
    "shop/__init__.py": "from .models import Order\n",
    "shop/base.py": "class Base: pass\n",
    "shop/models.py": "from .base import Base\n\n\nclass Order(Base):\n    pass\n",
    "shop/bill.py": "from shop import Order\n\n\ndef bill():\n    return Order()\n",
    "tests/test_bill.py": "from shop.bill import bill\n\n\ndef test_it():\n    assert bill()\n",
    "README.md": "# Shop\n",
}


def test_files_are_linked_with_kinds(indexed):
    found = edges(indexed(PROJECT))
    assert found["shop/models.py"]["shop/base.py"] == graph.EdgeKind.IMPORT | graph.EdgeKind.INHERIT
    assert found["shop/bill.py"]["shop/models.py"] == graph.EdgeKind.IMPORT | graph.EdgeKind.CALL
    assert graph.EdgeKind.TEST in found["tests/test_bill.py"]["shop/bill.py"]
    assert found["README.md"] == {}


def test_what_is_used_most_ranks_highest(indexed):
    repository = indexed(PROJECT)
    ranks = dict(GraphFile.objects.values_list("document__path", "rank"))
    degrees = dict(GraphFile.objects.values_list("document__path", "in_degree"))
    assert ranks["shop/base.py"] > ranks["tests/test_bill.py"]
    assert degrees["shop/models.py"] == 2 and degrees["README.md"] == 0
    assert sum(ranks.values()) == pytest.approx(len(ranks))
    assert repository.current_index.files == len(ranks)


def test_files_that_import_each_other_end(indexed):
    found = edges(
        indexed(
            {
                "a.py": "from b import *\nfrom b import x\n\nx()\n",
                "b.py": "from c import *\nfrom c import x\n",
                "c.py": "from a import *\nfrom a import x\nfrom c import x\n",
            }
        )
    )
    assert set(found["a.py"]) == {"b.py"}


def test_an_update_links_what_the_change_concerns(indexed, tmp_path):
    repository = indexed({**PROJECT, "far.py": "def far():\n    return raised()\n"})
    untouched = set(
        GraphFile.objects.exclude(document__path__in=["far.py", "shop/base.py"]).values_list(
            "pk", flat=True
        )
    )
    write_files(tmp_path / "r", {"shop/base.py": "class Base: pass\n\n\ndef raised(): pass\n"})
    jobs.run(jobs.request(repository, start=False)[0].pk)
    repository.refresh_from_db()
    found = edges(repository)
    assert found["far.py"] == {"shop/base.py": graph.EdgeKind.CALL}
    assert graph.EdgeKind.INHERIT in found["shop/models.py"]["shop/base.py"]
    assert untouched <= set(GraphFile.objects.values_list("pk", flat=True))
    assert (
        GraphFile.objects.filter(path_key=path_key(repository.current_index_id, "shop/base.py"))
        .get()
        .in_degree
        == 2
    )


def test_a_removed_file_is_linked_no_more(indexed, tmp_path):
    repository = indexed(PROJECT)
    (tmp_path / "r" / "shop" / "base.py").unlink()
    jobs.run(jobs.request(repository, start=False)[0].pk)
    repository.refresh_from_db()
    assert "shop/base.py" not in edges(repository)["shop/models.py"]
