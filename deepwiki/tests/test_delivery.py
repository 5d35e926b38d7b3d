"""What is sent: compressed pages, and static files that browsers keep."""

import gzip
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import tree_sitter_javascript
from django.core.management import call_command
from django.urls import reverse
from servestatic.middleware import ServeStaticMiddleware
from servestatic.responders import MissingFileError
from tree_sitter import Language, Parser

from deepwiki.foundation.static_storage import HashedStaticFilesStorage

ROOT = Path(__file__).resolve().parents[2]
JAVASCRIPT = Parser(Language(tree_sitter_javascript.language()))
SCRIPTS = ROOT / "static" / "js"
ZIPPED = {"Accept-Encoding": "gzip"}
IMPORT = re.compile(r"""(?:from|await import\() ?"(\.{1,2}/[^"]+)"\)?;""")
LATE_IMPORT = re.compile(r"""await import\("\./([^"]+)"\)""")


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


@pytest.mark.django_db
def test_a_page_is_compressed_with_a_length_that_varies(signed_in):
    answers = [signed_in.get("/", headers=ZIPPED) for _ in range(8)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert "Accept-Encoding" in answers[0].headers["Vary"]
    assert b"<!doctype html>" in gzip.decompress(answers[0].content)
    assert len({len(answer.content) for answer in answers}) > 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/pallets/flask", "/?q=flask", "/parts/choices?q=flask", "/parts/rail?q=x"]
)
def test_a_page_that_repeats_its_address_is_not(signed_in, path):
    answer = signed_in.get(path, headers=ZIPPED)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


@pytest.mark.django_db
def test_the_response_to_a_form_is_not(signed_in):
    answer = signed_in.post(reverse("repository-add"), {"repo_url": "not one"}, headers=ZIPPED)
    assert answer.status_code == 422
    assert "Content-Encoding" not in answer.headers


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The folder of static files as they are served."""
    folder = tmp_path_factory.mktemp("static")
    from django.test import override_settings

    storages = {
        "staticfiles": {
            "BACKEND": f"{HashedStaticFilesStorage.__module__}.HashedStaticFilesStorage"
        }
    }
    with override_settings(STATIC_ROOT=folder, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def hashed(folder, name):
    """The file that pages name; those of earlier passes over the imports may stand beside it."""
    return folder / json.loads((folder / "staticfiles.json").read_text())["paths"][name]


@pytest.mark.integration
def test_scripts_import_each_other_by_names_with_a_hash_and_so_load_each_once(collected):
    for source in SCRIPTS.rglob("*.js"):
        name = f"js/{source.relative_to(SCRIPTS)}"
        script = hashed(collected, name)
        imported = IMPORT.findall(script.read_text())
        assert len(imported) == len(IMPORT.findall(source.read_text()))
        for other in imported:
            assert re.search(r"[a-z0-9_]+\.[0-9a-f]{12}\.js$", other), (name, other)
            assert (script.parent / other).exists(), (name, other)


def names(modules):
    return {name.removeprefix("js/") for name in modules}


def test_every_module_is_loaded_at_once_or_with_what_uses_it_first():
    from chat.templatetags.chat_tags import late_modules, script_modules

    at_once = {*names(script_modules()), "main.js"}
    texts = {path.name: path.read_text() for path in SCRIPTS.glob("*.js")}
    late = {name for text in texts.values() for name in LATE_IMPORT.findall(text)}
    assert late and not late & at_once
    later = set().union(*(names(late_modules(name)) for name in late))
    assert at_once | later >= set(texts)
    assert not at_once & later


PARTS = {"latin": "aÿ—“…", "cyrillic": "Яё", "extended": "őưỆ", "symbols": "≈∞"}
FACE = re.compile(
    r'url\("\.\./vendor/fonts/[^"]+-(\w+)\.woff2"\)[^}]*?unicode-range:([^;]+);', re.DOTALL
)


@pytest.mark.integration
def test_fonts_are_small_parts_that_hold_the_languages_of_the_interface(collected):
    from fontTools.ttLib import TTFont

    fonts = sorted((collected / "vendor" / "fonts").glob("*.woff2"))
    hashed_fonts = [path for path in fonts if path.name.count(".") > 1]
    assert len(hashed_fonts) == 3 * len(PARTS)
    assert all(path.stat().st_size < 25_000 for path in hashed_fonts)
    for path in hashed_fonts:
        part = path.name.partition(".")[0].rpartition("-")[2]
        assert set(PARTS[part]) <= set(map(chr, TTFont(path).getBestCmap()))
    assert not list((collected / "vendor").rglob("*.ttf*"))


def test_the_stylesheet_loads_a_part_of_a_font_for_the_characters_it_has():
    from deepwiki.foundation.font_subsets import CHARACTERS

    faces = FACE.findall((ROOT / "static" / "css" / "fonts.css").read_text())
    assert len(faces) == 3 * len(CHARACTERS)
    assert {name for name, _ in faces} == set(CHARACTERS)
    for name, ranges in faces:
        assert "".join(ranges.split()) == CHARACTERS[name]


MOST_PAGE_BYTES = 60_000
PAGE_FILE = re.compile(r'(?:src|href)="/static/([^"]+\.(?:js|css))"')


@pytest.mark.integration
@pytest.mark.django_db
def test_the_scripts_and_styles_of_the_ask_page_are_light(collected, signed_in, repository):
    page = signed_in.get(reverse("repository", args=[repository.pk])).content.decode()
    names = set(PAGE_FILE.findall(page))
    assert {"js/main.js", "css/site.css"} <= names
    sizes = [Path(f"{hashed(collected, name)}.br").stat().st_size for name in names]
    sys.stdout.write(f"\nscripts and styles of the Ask page, compressed: {sum(sizes)}\n")
    assert sum(sizes) <= MOST_PAGE_BYTES


@pytest.mark.integration
def test_scripts_are_compressed_without_their_comments_and_say_the_same(collected):
    for source in SCRIPTS.rglob("*.js"):
        script = hashed(collected, f"js/{source.relative_to(SCRIPTS)}")
        packed = Path(f"{script}.gz")
        if packed.exists():
            sent = gzip.decompress(packed.read_bytes())
            assert tokens(sent) == tokens(script.read_bytes()), source
            assert len(sent) <= script.stat().st_size
    assert not list((collected / "admin").rglob("*.br"))


def tokens(script):
    """The tokens of a script, without comments and the semicolons that may be left out."""
    found, unread = [], [JAVASCRIPT.parse(script).root_node]
    while unread:
        node = unread.pop()
        if node.type in ("string", "template_string", "regex") or not node.children:
            found += [node.text] * (node.type not in ("comment", ";"))
        elif node.type != "comment":
            unread += reversed(node.children)
    return found


@pytest.mark.integration
@pytest.mark.parametrize("sheet", ["site.css", "wiki_pages.css"])
def test_stylesheets_that_are_joined_say_the_same(collected, sheet):
    from deepwiki.foundation.site_stylesheet import SHEETS

    sent = gzip.decompress(Path(f"{hashed(collected, f'css/{sheet}')}.gz").read_bytes()).decode()
    plain = re.sub(r"url\([^)]*\)", "url()", sent)
    for part in SHEETS[sheet]:
        text = re.sub(
            r"/\*.*?\*/", "", (ROOT / "static/css" / f"{part}.css").read_text(), flags=re.DOTALL
        )
        for line in re.sub(r"url\([^)]*\)", "url()", text).split("\n"):
            assert line.strip() in plain, (part, line)


async def test_while_developing_a_changed_part_of_a_stylesheet_is_sent_at_once(
    settings, rf, tmp_path
):
    fonts = settings.DATA_DIR / "fonts"
    settings.SERVESTATIC_AUTOREFRESH = settings.SERVESTATIC_USE_FINDERS = True
    settings.DATA_DIR, settings.RESOURCES = tmp_path / "data", tmp_path
    settings.DATA_DIR.mkdir()
    (settings.DATA_DIR / "fonts").symlink_to(fonts)
    styles = shutil.copytree(ROOT / "static/css", tmp_path / "static/css")
    middleware = ServeStaticMiddleware(_no_page)
    for colour in ("#010203", "#040506"):
        (styles / "touch.css").write_text(f"b {{ color: {colour}; }}")
        response = await middleware(rf.get("/static/css/site.css"))
        assert colour in b"".join([part async for part in response]).decode()
    settings.DEBUG = True
    with pytest.raises(MissingFileError, match=r"none\.css"):
        await middleware(rf.get("/static/css/none.css"))


async def _no_page(request):
    raise AssertionError("not a static file")
