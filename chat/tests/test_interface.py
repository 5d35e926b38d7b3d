"""The interface: complete in every language, light to load."""

import ast
import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import translation

from chat.core import errors
from chat.core.left_out import trimmed_notice
from chat.web import ui_strings
from deepwiki.testing import messages
from deepwiki.testing.page import ask, begin, finished

ROOT = Path(__file__).resolve().parents[2]
# The message of an event as the page's script tells it.
TRANSLATE = """async event => {
  const isModule = entry => entry.name.includes("/js/i18n.");
  const module = await import(performance.getEntriesByType("resource").find(isModule).name);
  return module.translateEvent(event);
}"""
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture(scope="module")
def sentences():
    return {text if isinstance(text, str) else text[0] for text in messages.collect()}


@pytest.mark.parametrize("language", sorted(messages.LANGUAGES))
def test_every_sentence_is_translated(language, sentences):
    catalog, wanted = messages.catalog(language), sentences
    there = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalog if m.id}
    assert wanted - set(there) == set(), (
        "run: python -m deepwiki.testing.messages, then translate what is new"
    )
    assert set(there) - wanted == set()
    for text, message in there.items():
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(said), f"{language} lacks: {text}"
        assert "fuzzy" not in message.flags
        assert _has_all_places(message, said), f"{language}: places of {text}"


def _has_all_places(message, said):
    """Of two forms, the one for one thing may leave the number out where English does, too."""
    if isinstance(message.id, str):
        return places_in(said[0]) == places_in(message.id)
    one, several = map(places_in, message.id)
    first = (one, several) if len(said) == 2 else (several,)
    return places_in(said[0]) in first and all(places_in(form) == several for form in said[1:])


def places_in(text):
    return sorted(PLACES.findall(text))


@pytest.mark.parametrize("language", sorted(messages.LANGUAGES))
def test_what_is_translated_is_compiled(language):
    stored = (messages.LOCALE / language / "LC_MESSAGES" / "django.mo").read_bytes()
    assert stored == messages.compiled(messages.catalog(language))


def test_the_languages_offered_are_those_translated():
    offered = {translation.to_locale(code) for code, _ in settings.LANGUAGES} - {"en"}
    assert offered == set(messages.LANGUAGES)


# What only programs are told: about malformed requests, by address, by operators' settings.
UNTRANSLATED = {
    "forbidden",
    "internal",
    "invalid_json",
    "not_an_object",
    "repo_url_missing",
    "no_messages",
    "messages_not_a_list",
    "field_not_texts",
    "too_many_repositories",
    "too_many_messages",
    "message_incomplete",
    "unknown_role",
    "unknown_mode",
    "message_too_long",
    "last_message_not_user",
    "empty_question",
    "field_not_text",
    "field_too_long",
    "field_not_boolean",
    "field_not_a_name",
    "field_not_a_uuid",
    "file_path_outside",
    "unknown_default_provider",
    "unknown_provider",
    "provider_not_configured",
    "unknown_model",
    "model_missing",
    "questions_per_minute",
    "answer_running_for_address",
    "questions_from_address",
    "indexing_cancelled",
    "indexing_failed",
    "too_many_waiting",
    "followed_runs",
    "not_reading",
    "too_many_invalid_messages",
    "too_many_patterns",
    "binary_message",
    "unknown_event",
    "after_not_a_number",
    "run_not_an_id",
    "token_ended",
    "token_invalid",
    "unknown_tokens",
}


def test_every_message_of_the_core_is_translated_by_its_reason_or_for_programs_alone():
    from chat.core.messages import MESSAGES
    from chat.core.program_messages import PROGRAM_MESSAGES

    assert set(MESSAGES) - set(ui_strings.MESSAGES) == UNTRANSLATED | set(PROGRAM_MESSAGES)
    assert {reason: MESSAGES[reason] for reason in ui_strings.MESSAGES} == ui_strings.MESSAGES


def test_no_reason_is_raised_that_the_catalogue_lacks():
    from chat.core.messages import MESSAGES

    kinds = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.ChatError)
    }
    raised = set()
    for path in (ROOT / "chat").rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in kinds | {"Notice.of"}
                and node.args
            ):
                reason = node.args[0]
                raised |= {reason.value} if isinstance(reason, ast.Constant) else set()
    assert len(raised) > 30
    assert raised - set(MESSAGES) == set()


def test_the_scripts_words_are_all_there():
    used = set()
    for path in (ROOT / "static" / "js").glob("*.js"):
        for call in re.findall(r"\btranslate\(([^,)]*)", path.read_text()):
            used |= set(re.findall(r'"(\w+)"', call.partition("?")[2] or call))
    assert used
    assert used - set(ui_strings.javascript_strings()) == set()


@pytest.mark.django_db
def test_the_ask_page_is_light(client, alice, repository):
    client.force_login(alice)
    page = client.get(f"/r/{repository.pk}/").content.decode()
    names = re.findall(r'(?:src|href)="/static/([^"]+[.](?:js|css))"', page)
    names += [
        f"js/{path.name}" for path in (ROOT / "static" / "js").glob("*.js")
    ]  # modules load modules
    assert len(names) >= 7
    sizes = {name: len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in names}
    assert sum(sizes.values()) < 150_000, sizes


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_speaks_the_readers_language(start, open_page, repository):
    live = start("fake?tokens=3")
    page = begin(open_page(live, locale="fr-FR"), live, repository)
    with translation.override("fr"):
        expected = {
            name: translation.gettext(name)
            for name in ("Ask", "New question", "Ask anew", "Copy", "Share")
        }
        done = translation.gettext("The answer is complete.")
    assert page.get_attribute("#send", "title") == expected["Ask"] != "Ask"
    assert page.input_value("#language") == "fr"
    ask(page, "Comment la remise est-elle calculée ?")
    finished(page)
    page.wait_for_selector(".rating")
    assert page.inner_text("[data-action=again]") == expected["Ask anew"]
    assert page.text_content("#announce") == done
    notice = trimmed_notice({"history": 1, "passages": 12})
    with translation.override("fr"):
        told = ui_strings.translate_message("", notice.code, notice.parameters)
    assert page.evaluate(TRANSLATE, notice.as_json()) == told
    former = {**notice.as_json(), "parameters": {"parts": "some passages"}}
    assert page.evaluate(TRANSLATE, former) == notice.message


def test_every_interface_language_is_one_that_answers_come_in():
    from deepwiki.foundation.languages import ANSWER_CODE, ANSWER_LANGUAGES

    assert {ANSWER_CODE[code] for code, _ in settings.LANGUAGES} == set(ANSWER_LANGUAGES)


def test_a_message_is_translated_by_its_reason_and_filled_afterwards(monkeypatch):
    template = "Too many requests. Ask again in {n} seconds."
    monkeypatch.setitem(ui_strings.MESSAGES, "wait", template)
    english = "Too many requests. Ask again in 5 seconds."
    with translation.override("fr"):
        expected = translation.gettext(template).format(n=5)
        assert ui_strings.translate_message(english, "wait", {"n": 5}) == expected != english
        assert ui_strings.translate_message(english, "wait", {}) == english
        assert ui_strings.translate_message("Sign in to ask.", "unknown") == translation.gettext(
            "Sign in to ask."
        )
        assert ui_strings.javascript_strings()["messages"]["wait"] == translation.gettext(template)


def test_what_stayed_out_of_a_prompt_is_told_in_words_where_it_is_shown():
    notice = trimmed_notice({"question": 1, "history": 1, "passages": 12})
    assert notice.as_json()["parameters"] == {"question": 1, "history": 1, "passages": 12}
    english = ui_strings.translate_message("", notice.code, notice.parameters)
    assert english == notice.message
    assert "the middle of your question, 1 earlier message, 12 passages" in english
    with translation.override("ru"):
        told = ui_strings.translate_message(english, notice.code, notice.parameters)
        assert "12" in told and not re.search("[a-z]", told)
        forms = ui_strings.javascript_strings()["leftOut"]["passages"]
        assert forms["many"].format(n=12) in told != forms["few"]
        newer = {**notice.parameters, "weather": 3}
        assert ui_strings.translate_message(english, notice.code, newer) == told
        stored = {"parts": "earlier messages, some passages"}  # by an earlier release
        assert ui_strings.translate_message(english, notice.code, stored) == english


@pytest.mark.django_db
def test_the_style_guide_has_every_component_and_is_found_at_its_former_address(
    client, alice, settings
):
    client.force_login(alice)
    assert client.get("/design/", follow=True).status_code == 404
    settings.DEBUG = True
    page = client.get("/design/", follow=True)
    assert page.redirect_chain == [("/styleguide/", 302)]
    assert page.content.decode().count('class="answer"') == 6


def test_the_models_set_up_are_the_choices_of_a_profile(settings, fresh_providers):
    from chat.web.model_choices import model_choices

    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test"}
    choices = model_choices()
    assert all(value.startswith(("openai|", "search-only|")) for value, _ in choices)
    assert all(" · " in label for _, label in choices)
    assert len(choices) > 1
