"""The sentences of pages made from the code are translated, with the same places for values."""

import re

import pytest

from deepwiki.testing import messages
from deepwiki.wiki.pages import SENTENCES

PLACE = re.compile(r"\{[^{}]*\}")


def forms(text):
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_each_sentence_has_its_values_in_every_language(language):
    catalog = messages.catalog(language)
    wrong = []
    for sentence in SENTENCES.values():
        translation = catalog.get(forms(sentence)[0]).string
        places = set(PLACE.findall(forms(sentence)[-1]))
        if {frozenset(PLACE.findall(form)) for form in forms(translation)} != {frozenset(places)}:
            wrong.append((sentence, translation))
    assert wrong == []


def test_sentences_of_pages_are_messages():
    assert set(SENTENCES.values()) <= messages.collect()
