"""A wiki as files."""

import io
import json
import zipfile

import pytest
from django.core.management import call_command
from django.utils import timezone

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.exports import wiki_export
from deepwiki.wiki.models import NoteVersion, PageNote, Wiki
from deepwiki.wiki.tests.wikis import contributed, make_wiki

pytestmark = pytest.mark.django_db


@pytest.fixture
def wiki(public_repository):
    return make_wiki(public_repository)


@pytest.fixture
def reader(client, alice):
    client.force_login(alice)
    return client


def export(reader, wiki, suffix):
    reply = reader.get(f"/r/{wiki.repository_id}/wiki-export.{suffix}")
    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"].startswith("attachment;")
    return reply.content


def test_a_page_is_had_as_markdown_with_links_to_other_files(reader, wiki):
    reply = reader.get(f"/r/{wiki.repository_id}/wiki/prices.md")
    assert reply.headers["Content-Type"] == "text/markdown; charset=utf-8"
    text = reply.content.decode()
    assert text.startswith("# Prices\n")
    assert "[Mail](mail.md)" in text
    assert "\nnothing." in text
    assert wiki.commit[:12] in text


def test_the_zip_has_a_file_for_each_page_and_a_list(reader, wiki):
    with zipfile.ZipFile(io.BytesIO(export(reader, wiki, "zip"))) as file:
        assert file.namelist() == ["README.md", "overview.md", "prices.md", "mail.md"]
        assert "  - [Mail](mail.md)" in file.read("README.md").decode()


def test_the_html_file_loads_nothing_and_its_links_lead_within_it(reader, wiki):
    text = export(reader, wiki, "html").decode()
    assert 'href="#prices"' in text
    assert 'id="prices-s-what-it-holds"' in text
    assert "<script" not in text
    assert 'src="/' not in text
    assert "https://github.com/shop/pocket/blob/" in text


def test_the_json_is_what_is_stored(reader, wiki):
    value = json.loads(export(reader, wiki, "json"))
    assert [page["slug"] for page in value["pages"]] == ["overview", "prices", "mail"]
    assert value["pages"][2]["parent"] == "prices"
    assert PageContent.from_json(value["pages"][1]["content"]).questions


def test_notes_of_people_are_in_every_file_without_their_names(reader, wiki, carol):
    contributed(wiki, carol)
    NoteVersion.objects.update(text="Only **on Mondays**, see [Mail](wiki:mail).\n\nReally.")
    page = reader.get(f"/r/{wiki.repository_id}/wiki/prices.md").content.decode()
    quoted = "\n> Only **on Mondays**, see [Mail](mail.md).\n>\n> Really.\n"
    assert quoted in page
    with zipfile.ZipFile(io.BytesIO(export(reader, wiki, "zip"))) as file:
        assert quoted in file.read("prices.md").decode()
    html = export(reader, wiki, "html").decode()
    assert "<strong>on Mondays</strong>" in html
    notes = json.loads(export(reader, wiki, "json"))["pages"][1]["notes"]
    assert [(note["kind"], note["text"][:10]) for note in notes] == [("note", "Only **on ")]
    assert "on Mondays" in reader.get("/shop/pocket/llms-full.txt").content.decode()
    assert carol.username not in page + html


def test_a_deleted_note_is_in_no_file(reader, wiki, carol):
    contributed(wiki, carol)
    PageNote.objects.update(deleted_at=timezone.now())
    assert "Mind this" not in reader.get(f"/r/{wiki.repository_id}/wiki/prices.md").content.decode()
    assert "Mind this" not in export(reader, wiki, "html").decode()


def test_an_unknown_format_is_not_there(reader, wiki):
    assert reader.get(f"/r/{wiki.repository_id}/wiki-export.exe").status_code == 404


def test_what_is_exported_is_bounded(reader, wiki, monkeypatch):
    monkeypatch.setattr(wiki_export, "MAX_CHARS", 250)
    value = json.loads(export(reader, wiki, "json"))
    assert value["left_out"] == 2


def test_programs_find_the_pages_by_name(reader, wiki):
    text = reader.get("/shop/pocket/llms.txt").content.decode()
    assert text.startswith("# pocket")
    assert f"/r/{wiki.repository_id}/wiki/prices.md)" in text
    full = reader.get("/shop/pocket/llms-full.txt").content.decode()
    assert "takes ten percent off" in full


@pytest.mark.parametrize("path", ["/shop/pocket/llms.txt", "/shop/pocket/llms-full.txt"])
def test_strangers_get_the_texts_of_public_wikis_only(client, wiki, settings, path):
    settings.ALLOW_ANONYMOUS = True
    assert client.get(path).status_code == 302
    Wiki.objects.update(is_public=True)
    assert client.get(path).status_code == 200
    settings.ALLOW_ANONYMOUS = False
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("file_format", ["markdown", "html", "json"])
def test_the_command_writes_a_file(wiki, tmp_path, file_format, capsys):
    path = tmp_path / "wiki"
    call_command(
        "export_wiki", str(wiki.repository_id), "--format", file_format, "--output", str(path)
    )
    assert path.stat().st_size > 500
    assert "3 pages" in capsys.readouterr().out


def test_the_command_says_that_there_is_no_wiki(repository, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("export_wiki", str(repository.pk))
    assert ended.value.code == 2
    assert "There is no wiki" in capsys.readouterr().err


def test_the_command_says_that_a_file_cannot_be_written(wiki, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("export_wiki", str(wiki.repository_id), "--output", str(tmp_path / "no" / "x"))
    assert ended.value.code == 1
    assert "cannot be written" in capsys.readouterr().err
