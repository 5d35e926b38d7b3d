"""The ten languages of the interface and of answers: one table. No Django."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """`interface` is Django's code, `answer` the code in chat requests (see the protocol)."""

    interface: str
    answer: str
    english_name: str
    own_name: str


LANGUAGES = (
    Language("en", "en", "English", "English"),
    Language("ja", "ja", "Japanese", "日本語"),
    Language("zh-hans", "zh", "Simplified Chinese", "简体中文"),
    Language("zh-hant", "zh-tw", "Traditional Chinese", "繁體中文"),
    Language("es", "es", "Spanish", "Español"),
    Language("ko", "kr", "Korean", "한국어"),
    Language("vi", "vi", "Vietnamese", "Tiếng Việt"),
    Language("pt-br", "pt-br", "Brazilian Portuguese", "Português (Brasil)"),
    Language("fr", "fr", "French", "Français"),
    Language("ru", "ru", "Russian", "Русский"),
)
# Answer code -> English name, as prompts give it to a model.
ANSWER_LANGUAGES = {language.answer: language.english_name for language in LANGUAGES}
# Interface code -> answer code.
ANSWER_CODE = {language.interface: language.answer for language in LANGUAGES}
