"""The house: documents name real things, modules stay small, dangerous calls stay in their one place."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from chat.providers.registry import ADAPTERS
from deepwiki.foundation.site_stylesheet import SHEETS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    p
    for app in ("deepwiki", "chat", "repos")
    for p in (ROOT / app).rglob("*.py")
    if "migrations" not in p.parts
]
OURS = [p for p in SOURCES if not {"tests", "testing"} & set(p.parts)]
# Folders whose names and contents Django gives.
DJANGOS = {"tests", "migrations", "management", "commands", "templatetags"}
PACKAGES = sorted(
    {
        p.parent
        for p in [*SOURCES, *(ROOT / "bench").glob("*.py")]
        if not DJANGOS & set(p.parent.parts)
    }
)
# Names that misled, and what they are called now.
FORMER_MODULES = {
    "hints": "pubsub",
    "catching_up": "replay",
    "opening": "intake",
    "words": "ui_strings",
    "pages": "view_models or chat_tags",
    "page_views": "views",
    "settled": "answer_cache or cached_answers",
    "citing": "citation_links",
    "branches": "message_tree",
    "usage": "provider_stats",
    "spending": "token_usage",
    "design": "styleguide",
    "dialects": "wire_formats",
    "deep": "deep_research",
    "research": "research_rounds",
    "asking": "ports and generation",
    "query": "query_rewriting",
    "answer_parts": "retrieval_events",
    "people": "access/views",
    "rights": "permissions",
    "graphs": "hnsw",
    "store": "writer",
    "housekeeping": "maintenance",
    "crypto": "encryption",
    "walk": "file_selection",
    "chunk": "chunking",
    "tokens": "code_tokens or tokenizers",
    "work": "workspace",
    "policy": "network_policy",
    "local": "local_folder",
    "use": "multilingual_use",
    "hashing": "fake",
    "holding": "lifecycle",
    "migrating": "migrate_once",
    "keys": "key_files",
    "log": "log_format",
    "pool": "pool_recovery",
}
FORMER_CLASSES = {
    "Bell": "RunChanged",
    "Opened": "AcceptedQuestion",
    "Settled": "CachedAnswer",
    "Unkept": "NoAnswerCache",
    "Answers": "AnswerCache",
    "Plain": "PlainText",
    "Asker": "AnswerContext",
    "Place": "Remote",
    "Pinned": "PinnedHost",
    "Passage": "PromptPassage or SearchHit",
    "Refused": "ProviderRefused, CredentialsRefused or AddressRefused",
}
FORMER_FUNCTIONS = {
    "bell": "RunChanged",
    "listen": "subscribe",
    "_follow": "replay",
    "open_question": "accept_question",
    "_place": "_parent_and_history",
    "_named": "_parent_and_history",
    "said": "translate_message",
    "why": "match_reason",
    "facts": "answer_details",
    "of_the_script": "javascript_strings",
    "as_stored": "links_as_stored",
    "share_found": "verified_share",
    "settled": "cached",
    "try_model": "providers/health_check",
    "look": "retrieve",
    "spend": "record_usage",
    "taken": "elapsed_ms",
    "rewritten": "rewrite",
    "patiently": "with_timeouts_and_retries",
    "plain_error": "provider_error",
    "writes": "is_generative",
    "alone": "exclusive_ddl",
    "reseal": "rotate_keys",
    "hold": "acquire",
    "revive": "restart",
    "_bury": "_remove_stale_pidfile",
}
FORMER_MODEL_FIELDS = {
    "again": "rerun_requested",
    "again_forced": "rerun_forced",
    "deaths": "crash_count",
    "beat_at": "heartbeat_at",
    "done": "progress",
    "attempts": "claim_number",
    "passed": "commit_history",
    "live": "is_live",
    "number": "position",
    "mode": "search_mode",
}
LONGEST = 300
README_LINES = 15


def of(path):
    return str(path.relative_to(ROOT))


@cache
def tree(path):
    return ast.parse(path.read_text())


def nodes(*kinds):
    return [
        (path, node) for path in OURS for node in ast.walk(tree(path)) if isinstance(node, kinds)
    ]


def test_each_box_of_the_diagram_is_a_real_path():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    diagram = re.search(r"```text\n(.*?)```", text, re.DOTALL).group(1)
    paths = re.findall(r"\b(?:deepwiki|chat|repos|templates|static)/[\w./]*", diagram)
    assert len(paths) > 15
    missing = [path for path in paths if not (ROOT / path.rstrip(".")).exists()]
    assert missing == []


@pytest.mark.parametrize("path", OURS, ids=of)
def test_a_module_fits_into_a_head(path):
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("folder", PACKAGES, ids=of)
def test_a_package_has_a_short_readme_that_names_its_modules(folder):
    modules = [
        path.stem for path in folder.glob("*.py") if path.name not in ("__init__.py", "__main__.py")
    ]
    if len(modules) < 2:
        return  # what there is to say stands in the module
    text = (folder / "README.md").read_text()
    assert len(text.splitlines()) <= README_LINES
    assert [name for name in modules if not re.search(rf"\b{name}\b", text)] == []


def test_a_name_that_misled_is_gone():
    functions = nodes(ast.FunctionDef, ast.AsyncFunctionDef)
    classes = nodes(ast.ClassDef)
    fields = [
        (path, name) for path, node in classes if "models" in of(path) for name in assigned(node)
    ]
    left = [
        *(
            f"{of(path)}: {FORMER_MODULES[path.stem]}"
            for path in OURS
            if path.stem in FORMER_MODULES
        ),
        *(f"{of(p)}: {n.name}" for p, n in classes if n.name in FORMER_CLASSES),
        *(f"{of(p)}: {n.name}()" for p, n in functions if n.name in FORMER_FUNCTIONS),
        *(
            f"{of(p)}: .{name}"
            for p, name in fields
            if name in FORMER_MODEL_FIELDS or name.endswith("_sealed")
        ),
    ]
    assert left == []


def assigned(node):
    for statement in node.body:
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_a_class_name_names_one_thing():
    names = Counter(
        node.name
        for path in OURS
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and "commands" not in path.parts
    )
    assert [name for name, count in names.items() if count > 1 and not name.startswith("_")] == []


def test_the_formatter_is_switched_off_nowhere():
    mark = re.compile("fmt: " + "(skip|off)")
    assert [of(p) for p in SOURCES if mark.search(p.read_text())] == []


def test_sql_names_no_table_of_a_layer_above():
    sql = [*OURS, *(path for app in ("chat", "repos") for path in (ROOT / app).rglob("*.sql"))]
    above = {"repos": "chat", "deepwiki": "chat|repos"}
    found = [
        f"{of(path)}: {table[1]}"
        for path in sql
        for table in re.finditer(
            rf"(?i)\b(?:from|join|into|update)\s+((?:{above.get(path.relative_to(ROOT).parts[0], 'nothing')})_\w+)",
            path.read_text(),
        )
    ]
    assert found == []


def test_html_is_made_of_outside_text_in_one_place_only():
    found = {
        of(path)
        for path in [*OURS, *(ROOT / "templates").rglob("*.html")]
        if re.search(r"mark_safe\(|\|\s*safe\b|autoescape off|SafeString\(", path.read_text())
    }
    assert found <= {"chat/rendering/sanitizer.py"}
    assert [p.name for p in (ROOT / "static").rglob("*.js") if ".innerHTML" in p.read_text()] == [
        "block_updates.js"
    ]


def test_stylesheets_are_all_linked_and_state_each_selector_once_for_a_condition():
    sheets = {p.name: p.read_text() for p in (ROOT / "static" / "css").glob("*.css")}
    templates = "".join(p.read_text() for p in (ROOT / "templates").rglob("*.html"))
    linked = set(re.findall(r"css/(\w+[.]css)", templates)) - {*SHEETS}
    assert linked | {f"{part}.css" for parts in SHEETS.values() for part in parts} == set(sheets)
    stated = []
    for text in sheets.values():
        within = []  # layer, condition, selector
        for before, mark in re.findall(
            r"([^{};]*)([{};])", re.sub(r"/[*].*?[*]/", "", text, flags=re.DOTALL)
        ):
            if mark == "{":
                within.append(" ".join(before.split()))
                stated += [tuple(within)] if not within[-1].startswith("@") else []
            elif mark == "}":
                within.pop()
    assert len(stated) > 200
    assert [rule for rule in set(stated) if stated.count(rule) > 1] == []


def test_nothing_dangerous_is_called():
    bad = re.compile(
        r"\b(import pickle|pickle[.]load|eval\(|exec\(|yaml\.load|shell=True|os\.system)\b"
    )
    assert [p.name for p in OURS if bad.search(p.read_text())] == []


def test_git_runs_in_one_place_only():
    call = re.compile(r"""\[\s*["']git["']|["']git["'],\s*["']git["']""")
    callers = {p.name for p in OURS if call.search(p.read_text())}
    assert callers == {"git_process.py"}


def comparisons_with(names, source):
    """Lines on which a text constant of `names` is compared, alone or in a collection, or matched by a `case`."""
    for node in ast.walk(ast.parse(source)):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        sides += [node.value] if isinstance(node, ast.MatchValue) else []
        constants = [
            part.value
            for side in sides
            for part in ast.walk(side)
            if isinstance(part, ast.Constant)
        ]
        if any(isinstance(constant, str) and constant in names for constant in constants):
            yield node.lineno


@pytest.mark.parametrize(
    "source",
    [
        'if section["adapter"] == "ollama": ...',
        'ready = "openai" != provider',
        'if provider in ("azure", "x"): ...',
        'match provider:\n    case "google" | "x": ...',
    ],
)
def test_a_branch_on_a_name_is_recognised(source):
    assert list(comparisons_with({"ollama", "openai", "azure", "google"}, source))


def test_no_branch_on_the_name_of_a_provider_or_adapter():
    # In repos, the same names are those of git hosts.
    names = {*ADAPTERS, *tomllib.loads((ROOT / "chat/providers/models.toml").read_text())}
    adapters = {
        ROOT / f"{target.path.partition(':')[0].replace('.', '/')}.py"
        for target in ADAPTERS.values()
    }
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in OURS
        if path not in adapters and path.relative_to(ROOT).parts[0] != "repos"
        for line in comparisons_with(names, path.read_text())
    ]
    assert found == []


@pytest.mark.integration
def test_no_migration_is_missing():
    done = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.integration
def test_no_file_names_a_package_index():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    names = [
        n
        for n in listed.stdout.splitlines()
        if (ROOT / n).is_file() and not n.endswith((".json", ".svg"))
    ]
    host = re.compile(
        "pypi" + r"\.org|python" + r"hosted|registry" + r"\.npm|--(extra-)?index" + "-url"
    )
    assert [
        n for n in names if host.search((ROOT / n).read_text(errors="replace")) and n != "Makefile"
    ] == []
