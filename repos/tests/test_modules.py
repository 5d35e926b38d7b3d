"""Which files an import means."""

import pytest

from repos.indexing.modules import PathTable, files_of, read_manifests
from repos.indexing.symbols import ImportedName


@pytest.mark.parametrize(
    ("language", "source", "module", "name", "paths", "expected"),
    [
        (
            "python",
            "shop/a.py",
            "shop.prices",
            "f",
            "shop/__init__.py shop/a.py shop/prices.py",
            "shop/prices.py",
        ),
        (
            "python",
            "shop/a.py",
            ".prices",
            "f",
            "shop/__init__.py shop/prices.py prices.py",
            "shop/prices.py",
        ),
        (
            "python",
            "shop/x/a.py",
            "..",
            "prices",
            "shop/__init__.py shop/prices.py",
            "shop/prices.py",
        ),
        (
            "python",
            "shop/x/a.py",
            "..prices",
            "*",
            "shop/prices/__init__.py",
            "shop/prices/__init__.py",
        ),
        ("python", "t/a.py", "shop", "", "src/shop/__init__.py", "src/shop/__init__.py"),
        ("python", "bin/a.py", "helper", "f", "bin/helper.py", "bin/helper.py"),
        ("python", "a.py", "....x", "f", "x.py a.py", ""),
        ("typescript", "src/a.ts", "./b", "x", "src/b.tsx", "src/b.tsx"),
        ("typescript", "src/a.ts", "./b.js", "x", "src/b.ts", "src/b.ts"),
        ("javascript", "src/a.js", "../lib", "x", "lib/index.js", "lib/index.js"),
        ("javascript", "src/a.js", "react", "x", "src/react.js", ""),
        ("java", "x/A.java", "shop", "shop", "x/A.java x/B.java", ""),
        ("scala", "x/A.scala", "shop", "shop", "x/A.scala x/B.scala", ""),
        (
            "java",
            "x/A.java",
            "shop.models",
            "Order",
            "src/main/java/shop/models/Order.java",
            "src/main/java/shop/models/Order.java",
        ),
        (
            "java",
            "x/A.java",
            "shop.models",
            "*",
            "s/shop/models/A.java s/shop/models/B.java",
            "s/shop/models/A.java s/shop/models/B.java",
        ),
        (
            "kotlin",
            "x/A.kt",
            "shop.models.Order",
            "Order",
            "s/shop/models/Order.kt",
            "s/shop/models/Order.kt",
        ),
        ("php", "x/a.php", "App\\Models", "Order", "src/Models/Order.php", "src/Models/Order.php"),
        (
            "csharp",
            "x/A.cs",
            "Shop.Models",
            "",
            "src/Shop/Models/Order.cs",
            "src/Shop/Models/Order.cs",
        ),
        ("rust", "src/shop/bill.rs", "crate::models", "Order", "src/models.rs", "src/models.rs"),
        (
            "rust",
            "src/shop/bill.rs",
            "super::prices",
            "f",
            "src/shop/prices.rs",
            "src/shop/prices.rs",
        ),
        ("rust", "src/main.rs", "shop", "", "src/shop/mod.rs", "src/shop/mod.rs"),
        ("c", "src/a.c", "prices.h", "", "include/shop/prices.h", "include/shop/prices.h"),
        ("c", "src/a.c", "<stdio.h>", "", "a/stdio.h b/stdio.h", ""),
        ("ruby", "lib/a.rb", "../models/order", "", "models/order.rb", "models/order.rb"),
        ("bash", "bin/run.sh", "./lib.sh", "", "bin/lib.sh", "bin/lib.sh"),
        ("swift", "a.swift", "Foundation", "", "Foundation.swift", ""),
    ],
)
def test_an_import_means_files(language, source, module, name, paths, expected):
    table = PathTable(paths.split())
    assert files_of(table, language, source, ImportedName(1, module, name)) == expected.split()


def test_paths_of_tsconfig_and_names_of_packages_lead_to_files():
    table = PathTable(["web/src/lib/q.ts", "packages/ui/src/index.ts", "web/src/x.ts"])
    config = '{ // comment\n "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"],}} }'
    read_manifests(
        table, {"web/tsconfig.json": config, "packages/ui/package.json": '{"name": "@shop/ui"}'}
    )
    assert files_of(table, "tsx", "web/src/a.tsx", ImportedName(1, "@/lib/q", "q")) == [
        "web/src/lib/q.ts"
    ]
    assert files_of(table, "tsx", "web/src/a.tsx", ImportedName(1, "@shop/ui", "q")) == [
        "packages/ui/src/index.ts"
    ]
    assert files_of(table, "tsx", "web/src/a.tsx", ImportedName(1, "src/x", "q")) == [
        "web/src/x.ts"
    ]


def test_a_module_of_go_mod_leads_to_its_files():
    table = PathTable(["models/order.go", "models/order_test.go", "cmd/main.go"])
    read_manifests(table, {"go.mod": "module example.com/shop\n\ngo 1.22\n"})
    imported = ImportedName(1, "example.com/shop/models")
    assert files_of(table, "go", "cmd/main.go", imported) == ["models/order.go"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[" * 100_000,
        '{"compilerOptions": 3}',
        '{"compilerOptions": {"paths": []}}',
        '{"name": 3}',
    ],
)
def test_manifests_that_are_none_say_nothing(text):
    table = PathTable(["a.ts"])
    read_manifests(table, {"tsconfig.json": text, "package.json": text, "go.mod": text})
    assert (table.aliases, table.packages) == ([], {})
