"""Files made to be dear or to confuse: artifacts stay bounded in number, size and time."""

import pytest

from deepwiki.testing.growth import LINEAR, growth
from repos.indexing import parse
from repos.indexing.artifacts import MAX_ARTIFACTS, MAX_NAME_CHARS, MAX_TARGET_CHARS
from repos.indexing.artifacts.rules import MAX_BLOCK_ROWS
from repos.indexing.artifacts.source import MAX_LINE_CHARS

PATHS = [
    "urls.py",
    "a.js",
    "A.java",
    "C.cs",
    "a.go",
    "m.rs",
    "config/routes.rb",
    "routes/web.php",
    "a.sql",
    "a.proto",
    "a.graphql",
    "openapi.yaml",
    "config/a.toml",
    ".env.example",
    "Makefile",
    "package.json",
    "Jenkinsfile",
    ".gitlab-ci.yml",
    "Dockerfile",
    "setup.py",
]
TEXTS = {
    "routes": "urlpatterns = path('a', b)\napp.get('/x', y)\n@app.get('/x')\n",
    "open brackets": "path(\n",
    "annotations": '@GetMapping("/x")\n[HttpGet("y")]\n',
    "keys": "a:\n  b: 1\n jobs:\n  x:\n",
    "settings": "A_KEY=1\nos.environ['A_KEY']\n",
    "blank": "\n \n\t\n",
    "quotes": "\"'`\"'`\\\n",
    "one line": "get('/" + "a" * 50,
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_cost_is_linear(path, text):
    assert growth(lambda size: parse(path, text * size), 150) < LINEAR


@pytest.mark.parametrize("path", PATHS)
def test_no_content_raises_and_all_is_cut(path):
    for text in (
        "",
        "\x00",
        "path('" + "x" * 5_000 + "', " + "y" * 5_000 + ")\nurlpatterns",
        "A_B=" + "1" * 9_999,
        "name: " + "é\ud83d" * 999,
        "jobs:\n  " + "a" * 900 + ":\n    run: " + "b" * 900,
    ):
        symbols = parse(path, text).symbols
        for artifact in symbols.artifacts:
            assert 0 < len(artifact.name) <= MAX_NAME_CHARS
            assert len(artifact.target) <= MAX_TARGET_CHARS
            assert 1 <= artifact.line <= text.count("\n") + 1


def test_what_stands_far_away_is_not_looked_at():
    far = "x" * MAX_LINE_CHARS + " os.environ['A_KEY']\n"
    assert parse("a.py", "x = 1\n" + far).symbols.artifacts == ()
    (target,) = parse("Dockerfile", "FROM a AS b\n").symbols.artifacts
    text = "jobs:\n  test:\n" + "    x: 1\n" * MAX_BLOCK_ROWS + "    run: make\n"
    (job,) = parse(".circleci/config.yml", text).symbols.artifacts
    assert (target.target, job.target) == ("a", "")


def test_more_artifacts_than_are_kept():
    text = "".join(f"V{n}_=1\n" for n in range(MAX_ARTIFACTS + 50))
    assert len(parse(".env.example", text).symbols.artifacts) == MAX_ARTIFACTS
