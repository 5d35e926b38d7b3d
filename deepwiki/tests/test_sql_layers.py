"""Import contracts cover Python only: SQL that names a table of a layer above would pass them."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
# By the longest prefix of the path, lowest first; what is not listed of deepwiki/ is the top.
LAYERS = {
    "deepwiki/foundation/": 0,
    "deepwiki/postgres/": 0,
    "deepwiki/admin.py": 0,
    "deepwiki/accounts/": 1,
    "repos/": 2,
    "chat/": 3,
    "deepwiki/wiki/": 4,
    "deepwiki/": 5,
}
APPS = {"auth": 1, "accounts": 1, "repos": 2, "chat": 3}
NAME = re.compile(r"[a-z]+_[a-z_]+")


def layer_of(path):
    return LAYERS[max((prefix for prefix in LAYERS if path.startswith(prefix)), key=len)]


def tables():
    """Every table of ours and of django.contrib.auth, with its layer."""
    models = apps.get_models(include_auto_created=True)
    return {m._meta.db_table: APPS[m._meta.app_label] for m in models if m._meta.app_label in APPS}


def strings(path):
    """The text of an SQL file, or the string literals of a module, pieces of f-strings included."""
    text = path.read_text("utf-8")
    if path.suffix == ".sql":
        return [text]
    constants = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


def sources():
    for app in ("deepwiki", "chat", "repos"):
        for path in sorted((ROOT / app).rglob("*")):
            skipped = {"tests", "testing", "migrations"} & set(path.parts)
            if path.suffix in (".py", ".sql") and not skipped:
                yield path.relative_to(ROOT)


def tables_above(path, known):
    used = {name for text in strings(ROOT / path) for name in NAME.findall(text) if name in known}
    return sorted(name for name in used if known[name] > layer_of(str(path)))


def test_no_sql_names_a_table_of_a_layer_above():
    known = tables()
    found = {str(path): tables_above(path, known) for path in sources()}
    assert {path: names for path, names in found.items() if names} == {}


def test_sql_is_looked_at_in_files_and_in_modules():
    known, seen = tables(), {}
    for path in sources():
        for text in strings(ROOT / path):
            for name in NAME.findall(text):
                seen.setdefault(name, set()).add(path.suffix)
    assert {".py", ".sql"} == seen["repos_chunk"] == seen["chat_message"]
    assert known["repos_repository_readers"] == known["repos_term"] == 2


@pytest.mark.parametrize(
    ("path", "layer"),
    [
        ("deepwiki/accounts/admin.py", 1),
        ("deepwiki/runtime/health.py", 5),
        ("repos/search/search.sql", 2),
    ],
)
def test_a_file_stands_in_the_layer_of_its_folder(path, layer):
    assert layer_of(path) == layer
