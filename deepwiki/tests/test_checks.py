"""The checks of our own: they find what they look for, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from deepwiki.testing import audit, check, density
from deepwiki.testing.import_cycles import circles

ROOT = Path(__file__).resolve().parents[2]


def test_circles_are_found_whole_and_apart():
    edges = ["ab", "bc", "ca", "cd", "de", "ef", "fe", "ga", "gf"]
    graph = {name: {edge[1] for edge in edges if edge[0] == name} for name in "abcdefgh"}
    assert circles(graph) == [["a", "b", "c"], ["e", "f"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_a_long_chain_is_no_recursion():
    chain = {str(number): {str(number + 1)} for number in range(5_000)} | {"5000": {"0"}}
    assert len(circles(chain)[0]) == 5_001


def test_density_counts_and_tells_each_limit_that_is_exceeded(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("x = 1\n" * 400)
    (tmp_path / "a.py").write_text(
        "def f(x):\n    return 1 if x else 2\n\n\n" + "y = 1\n" * 300 + "z = '" + "z" * 100 + "'\n"
    )
    figures = density.measure([str(tmp_path)])
    assert [*figures.module_lines.values()] == [305]
    assert (figures.function_nodes, figures.function_lines, figures.conditionals) == ([9], [2], 1)
    assert list(figures.exceeded(density.Limits(function_nodes=9, conditionals=2))) == [
        "p95 of lines a module: 305, at most 250",
        f"{tmp_path / 'a.py'}: 305 lines, at most 300",
    ]
    assert len(list(figures.exceeded(density.Limits(8, 0, 4, 0, 400, 400)))) == 3


@pytest.mark.parametrize(
    ("packages", "status"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], 0),
        ([{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}], 1),
        ([{"name": "a", "skip_reason": "unknown"}], check.SKIPPED),
    ],
)
def test_an_audit_that_saw_nothing_has_not_passed(packages, status, capsys):
    assert audit._judge(packages) == status
    assert ("X-1" in capsys.readouterr().out) == (status == 1)


def run(monkeypatch, capsys, *names):
    monkeypatch.setattr(sys, "argv", ["check", *names])
    status = check.main()
    return status, capsys.readouterr().out.splitlines()


@pytest.mark.integration
def test_only_the_named_checks_run_and_each_has_one_line(monkeypatch, capsys):
    for name, status in (("good", 0), ("bad", 3), ("offline", check.SKIPPED)):
        command = [
            sys.executable,
            "-c",
            f"print('first'); print('no network'); raise SystemExit({status})",
        ]
        monkeypatch.setitem(check.CHECKS, name, command)
    assert run(monkeypatch, capsys, "good") == (0, ["good          ok", "1 passed, 0 failed"])
    assert run(monkeypatch, capsys, "offline") == (
        0,
        ["offline       skipped: no network", "0 passed, 0 failed"],
    )
    status, lines = run(monkeypatch, capsys, "bad", "good")
    assert (status, lines[0], lines[-2:]) == (
        1,
        "bad           FAILED",
        ["good          ok", "1 passed, 1 failed"],
    )


@pytest.mark.integration
def test_the_names_are_listed_and_an_unknown_one_is_refused():
    command = [sys.executable, "-m", "deepwiki.testing.check"]
    listed = subprocess.run([*command, "--list"], cwd=ROOT, capture_output=True, text=True)
    assert listed.stdout.split() == list(check.CHECKS)
    assert subprocess.run([*command, "nothing"], cwd=ROOT, capture_output=True).returncode == 2
