"""The interface: complete in every language, light to load."""

import ast
import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import translation

from chat import words
from chat.core import errors
from deepwiki.testing import messages
from deepwiki.testing.page import ask, begin, finished

ROOT = Path(__file__).resolve().parents[2]
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture(scope="module")
def sentences():
    return {text if isinstance(text, str) else text[0] for text in messages.collect()}


@pytest.mark.parametrize("language", sorted(messages.LANGUAGES))
def test_every_sentence_is_translated(language, sentences):
    catalog, wanted = messages.catalog(language), sentences
    there = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalog if m.id}
    assert wanted - set(there) == set(), "run: python -m deepwiki.testing.messages, then translate what is new"
    assert set(there) - wanted == set()
    for text, message in there.items():
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(said), f"{language} lacks: {text}"
        assert "fuzzy" not in message.flags
        asked = sorted(PLACES.findall(text if isinstance(message.id, str) else message.id[1]))
        assert all(sorted(PLACES.findall(form)) == asked for form in said), f"{language}: places of {text}"


@pytest.mark.parametrize("language", sorted(messages.LANGUAGES))
def test_what_is_translated_is_compiled(language):
    stored = (messages.LOCALE / language / "LC_MESSAGES" / "django.mo").read_bytes()
    assert stored == messages.compiled(messages.catalog(language))


def test_the_languages_offered_are_those_translated():
    offered = {translation.to_locale(code) for code, _ in settings.LANGUAGES} - {"en"}
    assert offered == set(messages.LANGUAGES)


def test_the_cores_sentences_are_all_known_to_the_interface():
    family = {c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.ChatError)}
    assert {c.words for c in family} <= set(words.SAID)
    for path in [*(ROOT / "chat" / "core").glob("*.py"), ROOT / "chat" / "runs.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Notice":
                said = [a.value for a in node.args if isinstance(a, ast.Constant)]
                assert len(said) < 2 or said[1] in words.SAID, said


def test_what_a_page_may_be_told_is_known_to_the_interface():
    for name in ("opening", "retrieval", "catching_up", "services", "limits"):
        for node in ast.walk(ast.parse((ROOT / "chat" / f"{name}.py").read_text())):
            for part in ast.walk(node) if isinstance(node, ast.Raise) else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    strangers = "address" in part.value  # who is told that has no page
                    assert strangers or not messages.SENTENCE.fullmatch(part.value) or part.value in words.SAID, (
                        part.value
                    )


def test_the_scripts_words_are_all_there():
    used = set()
    for path in (ROOT / "static" / "js").glob("*.js"):
        for call in re.findall(r"\bsay\(([^,)]*)", path.read_text()):
            used |= set(re.findall(r'"(\w+)"', call.partition("?")[2] or call))
    assert used
    assert used - set(words.of_the_script()) == set()


@pytest.mark.django_db
def test_the_ask_page_is_light(client, alice, repository):
    client.force_login(alice)
    page = client.get(f"/r/{repository.pk}/").content.decode()
    names = re.findall(r'(?:src|href)="/static/([^"]+[.](?:js|css))"', page)
    names += [f"js/{name}" for name in ("conversation.js", "connection.js", "pane.js", "words.js")]
    assert len(names) >= 7
    sizes = {name: len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in names}
    assert sum(sizes.values()) < 150_000, sizes


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_speaks_the_readers_language(start, open_page, repository):
    live = start("fake?tokens=3")
    page = begin(open_page(live, locale="fr-FR"), live, repository)
    with translation.override("fr"):
        expected = {name: translation.gettext(name) for name in ("Ask", "New question", "Ask anew", "Copy", "Share")}
        done = translation.gettext("The answer is complete.")
    assert page.inner_text("#send") == expected["Ask"] != "Ask"
    assert page.input_value("#language") == "fr"
    ask(page, "Comment la remise est-elle calculée ?")
    finished(page)
    page.wait_for_selector(".rating")
    assert page.inner_text("[data-action=again]") == expected["Ask anew"]
    assert page.text_content("#announce") == done


def test_every_interface_language_is_one_that_answers_come_in():
    from chat.core.request import LANGUAGES
    from chat.page_views import ANSWER_LANGUAGES

    assert {ANSWER_LANGUAGES.get(code, code) for code, _ in settings.LANGUAGES} == set(LANGUAGES)
