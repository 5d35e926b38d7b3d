"""Reading code: the pages of files and folders as the server renders them."""

import re

import pytest
from django.urls import reverse

from chat.web.reader.line_window import MAX_LINE_CHARS, coloured_lines, line_start
from repos.models import Document, Index, IndexJob, Repository
from repos.search import code_url

pytestmark = pytest.mark.django_db


def page(client, repository, path="", **query):
    return client.get(code_url(repository.pk, path), query)


def text_of(response):
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_the_root_lists_folders_before_files_and_shows_the_readme(client, repository, alice):
    client.force_login(alice)
    text = "# Pocket\n\nPrices are in [a list](shop/prices.py); see shop/prices.py:4-7.\n"
    Document.objects.filter(path="README.md").update(text=text)
    shown = page(client, repository).content.decode()
    entries = shown.partition('class="entries"')[2]
    assert entries.index(f'href="{code_url(repository.pk, "shop/")}"') < entries.index("README.md")
    assert ">Pocket</h" in shown
    assert f'href="{code_url(repository.pk, "shop/prices.py", 4, 7)}"' in shown


def test_links_of_a_readme_are_relative_to_its_folder(client, repository, alice):
    client.force_login(alice)
    index = repository.current_index
    Document.objects.create(
        index=index,
        path="shop/README.md",
        sha="0" * 40,
        language="markdown",
        role="docs",
        lines=1,
        size=90,
        text="[prices](prices.py), [tests](../tests/test_prices.py#L4), [out](../../etc/passwd)",
    )
    shown = page(client, repository, "shop/").content.decode().partition('class="readme"')[2]
    assert f'href="{code_url(repository.pk, "shop/prices.py", 1)}"' in shown
    assert f'href="{code_url(repository.pk, "tests/test_prices.py", 4)}"' in shown
    assert "passwd" not in shown


def test_the_host_shows_the_same_lines_at_the_commit(client, repository, alice):
    client.force_login(alice)
    Repository.objects.filter(pk=repository.pk).update(
        kind="github", url="https://github.com/shop/pocket"
    )
    shown = page(client, repository, "shop/prices.py").content.decode()
    blob = f"https://github.com/shop/pocket/blob/{repository.current_index.commit}/shop/prices.py"
    assert f'href="{blob}"' in shown
    assert f'data-lines-url="{blob}#L{{start}}-L{{end}}"' in shown


def test_the_quick_switcher_finds_files_of_the_repository_of_the_page(client, repository, alice):
    client.force_login(alice)
    assert f"switch?repository={repository.pk}" in page(client, repository).content.decode()
    found = client.get("/parts/switch", {"q": "shpri", "repository": repository.pk})
    assert f'href="{code_url(repository.pk, "shop/prices.py")}"' in found.content.decode()
    assert b"prices.py" not in client.get("/parts/switch", {"q": "shpri"}).content


def test_the_quick_switcher_finds_no_file_of_a_repository_that_one_may_not_read(
    client, index_folder, folder, bob
):
    repository = index_folder(folder, private=True)
    client.force_login(bob)
    found = client.get("/parts/switch", {"q": "shpri", "repository": repository.pk})
    assert b"prices.py" not in found.content


def test_the_source_pane_and_the_page_of_a_repository_lead_to_the_code(client, repository, alice):
    client.force_login(alice)
    query = {"path": "shop/prices.py", "start": "4", "end": "7"}
    pane = client.get(reverse("source", args=[repository.pk]), query).content.decode()
    assert f'href="{code_url(repository.pk, "shop/prices.py", 4, 7)}"' in pane
    status = client.get(reverse("repository-status", args=[repository.pk])).content.decode()
    assert f'href="{code_url(repository.pk)}"' in status
    assert f'href="{reverse("code-search", args=[repository.pk])}"' in status


def test_the_header_tells_the_state_and_follows_it(client, repository, alice):
    client.force_login(alice)
    dot = 'class="dot ready" id="header-state" role="img" aria-label="Ready" title="Ready"'
    shown = client.get(reverse("repository", args=[repository.pk])).content.decode()
    assert f"<span {dot}></span>" in shown
    IndexJob.objects.filter(repository=repository).update(state="failed", error="No such host.")
    assert 'class="dot failed" id="header-state"' in page(client, repository).content.decode()
    status = client.get(reverse("repository-status", args=[repository.pk])).content.decode()
    assert 'class="dot failed" id="header-state"' in status and 'title="Failed: No such' in status
    assert 'hx-swap-oob="true"' in status


def test_a_file_is_shown_with_numbered_coloured_lines(client, repository, alice):
    client.force_login(alice)
    shown = page(client, repository, "shop/prices.py").content.decode()
    assert 'id="L4"' in shown and '<span class="nc">PriceList</span>' in shown
    assert 'aria-current="page"' in shown


def test_the_lines_of_an_address_are_marked(client, repository, alice):
    client.force_login(alice)
    url = code_url(repository.pk, "shop/prices.py", 4, 5)
    assert url.endswith("/code/shop/prices.py?lines=4-5#L4-L5")
    shown = client.get(url.partition("#")[0]).content.decode()
    assert re.findall(r'id="L(\d+)" value="\d+" class="marked"', shown) == ["4", "5"]


def test_a_folder_without_its_slash_leads_to_it(client, repository, alice):
    client.force_login(alice)
    reply = page(client, repository, "shop")
    assert (reply.status_code, reply.url) == (302, code_url(repository.pk, "shop/"))
    assert "prices.py" in text_of(client.get(reply.url))


def test_a_path_that_was_left_out_says_why(client, repository, alice):
    client.force_login(alice)
    skipped = {"counts": {"binary": 2}, "examples": {"binary": ["logo.png"]}}
    Index.objects.filter(pk=repository.current_index_id).update(skipped=skipped)
    reply = page(client, repository, "logo.png")
    assert reply.status_code == 404
    assert "This file was left out of the index: binary." in text_of(reply)
    reply = page(client, repository, "none.py")
    assert reply.status_code == 404
    assert "is not in the index of commit" in text_of(reply)


def test_who_may_not_read_gets_the_words_of_a_page_that_is_none(client, index_folder, folder, bob):
    repository = index_folder(folder, private=True)
    client.force_login(bob)
    for name in ("code", "code-lines", "code-folder", "code-find"):
        reply = client.get(reverse(name, args=[repository.pk]), {"path": "shop/prices.py"})
        assert reply.status_code == 404
        assert reply.content == client.get("/r/00000000-0000-0000-0000-000000000000/").content


def test_lines_of_a_file_that_has_changed_meanwhile_are_refused_with_words(
    client, repository, alice
):
    client.force_login(alice)
    document = Document.objects.get(path="shop/prices.py")
    url = reverse("code-lines", args=[repository.pk])
    query = {"path": document.path, "sha": document.sha, "first": "2", "last": "3"}
    assert re.findall(r'id="L(\d+)"', client.get(url, query).content.decode()) == ["2", "3"]
    reply = client.get(url, query | {"sha": "0" * 40})
    assert reply.status_code == 409
    assert "this file has changed or is gone" in text_of(reply)


def test_a_million_lines_and_long_lines_are_shown_in_windows(client, repository, alice):
    client.force_login(alice)
    documents = Document.objects.filter(path="shop/prices.py")
    documents.update(text="x = 1\n" * 1_000_000 + "y" * 100_000)
    reply = page(client, repository, "shop/prices.py", lines="900000-900002")
    shown = reply.content.decode()
    assert len(shown) < 100_000
    assert re.findall(r'id="L(\d+)" value="\d+" class="marked"', shown) == [
        "900000",
        "900001",
        "900002",
    ]
    assert 'data-lines="899939"' in shown
    reply = page(client, repository, "shop/prices.py", lines="1000001-1000001")
    shown = text_of(reply)
    assert "y" * MAX_LINE_CHARS in shown and "y" * (MAX_LINE_CHARS + 1) not in shown
    assert "98000 more characters" in shown


def test_colours_go_on_far_from_the_begin_of_a_file():
    text = '"""Long.\n' + "words\n" * 9_000 + '"""\n\n\ndef last():\n    return "x"\n'
    lines = coloured_lines(text, "python", 9_005, 9_006)
    assert [line.number for line in lines] == [9_005, 9_006]
    assert '<span class="nf">last</span>' in lines[0].html


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n", "a\n\nb", "\n\n\n", "ab\ncd\n"])
def test_lines_begin_where_they_do(text):
    starts = [0] + [place + 1 for place, character in enumerate(text) if character == "\n"]
    found = [line_start(text, number + 1) for number in range(len(starts))]
    assert found == starts
    assert line_start(text, len(starts) + 1) == len(text)
    lines = coloured_lines(text, "", 1, len(starts))
    assert [line.html for line in lines] == text.split("\n")
