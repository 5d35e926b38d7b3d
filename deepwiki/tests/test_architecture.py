"""The house: documents name real things, modules stay small, dangerous calls stay in their one place."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    p for app in ("deepwiki", "chat", "repos") for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts
]
OURS = [p for p in SOURCES if "tests" not in p.parts and "testing" not in p.parts and p.name != "testing.py"]


def test_each_box_of_the_diagram_is_a_real_path():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    diagram = re.search(r"```text\n(.*?)```", text, re.DOTALL).group(1)
    paths = re.findall(r"\b(?:deepwiki|chat|repos|templates|static)/[\w./]*", diagram)
    assert len(paths) > 15
    missing = [path for path in paths if not (ROOT / path.rstrip(".")).exists()]
    assert missing == []


@pytest.mark.parametrize("path", OURS, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_fits_into_a_head(path):
    assert len(path.read_text().splitlines()) <= 340


def test_html_is_made_of_outside_text_in_one_place_only():
    found = {
        str(path.relative_to(ROOT))
        for path in [*OURS, *(ROOT / "templates").rglob("*.html")]
        if re.search(r"mark_safe\(|\|\s*safe\b|autoescape off|SafeString\(", path.read_text())
    }
    assert found <= {"chat/web/view_models.py"}
    assert [p.name for p in (ROOT / "static").rglob("*.js") if ".innerHTML" in p.read_text()] == ["answer_view.js"]


def test_stylesheets_are_all_linked_and_state_each_selector_once_for_a_condition():
    linked = re.findall(r"css/(\w+[.]css)", (ROOT / "templates" / "stylesheets.html").read_text())
    sheets = {p.name: p.read_text() for p in (ROOT / "static" / "css").glob("*.css")}
    assert set(linked) | {"styleguide.css"} == set(sheets)
    stated = []
    for text in sheets.values():
        within = []  # layer, condition, selector
        for before, mark in re.findall(r"([^{};]*)([{};])", re.sub(r"/[*].*?[*]/", "", text, flags=re.DOTALL)):
            if mark == "{":
                within.append(" ".join(before.split()))
                stated += [tuple(within)] if not within[-1].startswith("@") else []
            elif mark == "}":
                within.pop()
    assert len(stated) > 200
    assert [rule for rule in set(stated) if stated.count(rule) > 1] == []


def test_nothing_dangerous_is_called():
    bad = re.compile(r"\b(import pickle|pickle[.]load|eval\(|exec\(|yaml\.load|shell=True|os\.system)\b")
    assert [p.name for p in OURS if bad.search(p.read_text())] == []


def test_git_runs_in_one_place_only():
    call = re.compile(r"""\[\s*["']git["']|["']git["'],\s*["']git["']""")
    callers = {p.name for p in OURS if call.search(p.read_text())}
    assert callers == {"git.py"}


def test_no_branch_on_a_providers_name():
    assert [p.name for p in OURS if re.search(r"if .*\bprovider\b.* == ", p.read_text())] == []


def test_no_migration_is_missing():
    done = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


def test_no_file_names_a_package_index():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, cwd=ROOT
    )
    names = [n for n in listed.stdout.splitlines() if (ROOT / n).is_file() and not n.endswith((".json", ".svg"))]
    host = re.compile("pypi" + r"\.org|python" + r"hosted|registry" + r"\.npm|--(extra-)?index" + "-url")
    assert [n for n in names if host.search((ROOT / n).read_text(errors="replace")) and n != "Makefile"] == []
