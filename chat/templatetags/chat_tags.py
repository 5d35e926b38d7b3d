"""Template tags and filters: translated messages, details of answers, names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from chat.core.pasted_text import split_pasted
from chat.models import Message
from chat.providers.image_support import takes_images
from chat.web import ui_strings as strings
from chat.web.answer_details import answer_details, answer_facts
from chat.web.retrieval_messages import ASIDES
from repos.search import code_url

Notice = Mapping[str, Any]  # an item of Message.notices
# Why an answer ends before its end, where asking on brings the rest.
CUT_REASONS = {"cut_off", "answer_too_long", "call_too_long", "silent_in_answer"}
# Reasons of errors that are about another part than the model's service, and the part's line
# on the page of the doctor.
OTHER_CHECKS = {"internal": "database", "unavailable": "database", "retriever_failed": "git"}
UNFINISHED = {Message.State.STOPPED, Message.State.INTERRUPTED}
AT_END = "length_limit"  # a notice of how the answer ended
SCRIPTS = (settings.RESOURCES / "static" / "js").resolve()
IMPORT = re.compile(r"""from "(\.{1,2}/[^"]+\.js)";""")
register = template.Library()
register.filter("translate_message", strings.translate_message)
register.filter("answer_details", answer_details)
register.filter("pasted_name", strings.pasted_name)
register.filter("split_pasted", split_pasted)
register.filter("answer_facts", answer_facts)
register.simple_tag(strings.match_reason)
register.simple_tag(code_url)


@register.simple_tag
def ui_strings() -> SafeString:
    """The texts of the page's scripts and the current language, as a script of JSON."""
    return _ui_strings(get_language())


@cache
def _ui_strings(language: str | None) -> SafeString:
    """They are the same for everybody who reads a language."""
    return json_script({"language": language, **strings.javascript_strings()}, "ui-strings")


@cache
def script_modules(entry: str = "main.js") -> list[str]:
    """The modules that a script and those that it imports import, by their names under STATIC_URL."""
    unread = [Path(f"{SCRIPTS}/{entry}")]  # templates give a SafeString, which paths refuse
    modules: set[Path] = set()
    while unread:
        module = unread.pop()
        imported = {(module.parent / name).resolve() for name in IMPORT.findall(module.read_text())}
        unread += imported - modules
        modules |= imported
    return sorted(f"js/{module.relative_to(SCRIPTS)}" for module in modules)


@register.simple_tag
def module_preloads() -> SafeString:
    """Links that load the modules of main.js at once."""
    addresses = ((static(module),) for module in script_modules())
    return format_html_join("", '<link rel="modulepreload" href="{}">', addresses)


@register.simple_tag
@cache
def late_modules(entry: str) -> list[str]:
    """A script and the modules that it needs besides those of main.js."""
    return [f"js/{entry}", *sorted({*script_modules(entry)} - {*script_modules()})]


@register.simple_tag
def late_addresses(entry: str) -> str:
    """The addresses of the same, as JSON."""
    return json.dumps([static(module) for module in late_modules(entry)])


@register.simple_tag
def split_name(name: str) -> dict[str, str]:
    """A repository's name as `owner`, which may be empty, and `own`, its last part."""
    parts = name.rpartition("/")
    return {"owner": parts[0], "own": parts[2]}


@register.filter
def model_facts(model: Mapping[str, Any]) -> str:
    """The context of an entry of the models file and, where it is known, its price."""
    facts = [gettext("%(size)s context") % {"size": _short_count(int(model["context"]))}]
    if model.get("price"):
        read, written = model["price"]
        prices = {"read": _dollars(read), "written": _dollars(written)}
        facts.append(gettext("$%(read)s read, $%(written)s written a million tokens") % prices)
    return " · ".join(facts)


def _dollars(price: float) -> str:
    """With both digits of its cents, if it has any: 0.3 is 0.30."""
    text = f"{price:g}"
    _, _, cents = text.partition(".")
    return f"{text}0" if len(cents) == 1 else text


@register.filter
def takes_no_images(model: Mapping[str, Any]) -> bool:
    """Whether an entry of the models file is known to take none."""
    return takes_images(model) is False


def _short_count(count: int) -> str:
    """A count in thousands or millions: 32k, 1M."""
    if count >= 1_000_000:
        return f"{count / 1e6:g}M"
    return f"{count // 1_000}k"


@register.filter
def code_parts(sentence: str) -> list[str]:
    """Text and code by turns, text first: what stands between backticks is code."""
    return sentence.split("`")


@register.filter
def translate_error(message: Message) -> str:
    """The error of an answer in the current language; empty if it has none."""
    return strings.translate_message(message.error, message.error_reason, message.error_parameters)


@register.filter
def doctor_check(message: Message) -> str:
    """The line of the doctor's page that an answer's error is about."""
    by_service = "models"
    if message.provider:
        by_service = f"provider-{message.provider}"
    return OTHER_CHECKS.get(message.error_reason, by_service)


@register.filter
def can_continue(message: Message | None) -> bool:
    """Whether an answer was cut and has a text that a model can go on from."""
    if message is None or not message.content:
        return False
    if message.state in UNFINISHED:
        return True
    if message.state != Message.State.PARTIAL:
        return False
    is_at_limit = any(notice.get("code") == AT_END for notice in message.notices)
    return is_at_limit or message.error_reason in CUT_REASONS


@register.filter
def is_aside(notice: Notice) -> bool:
    """Whether a notice stands in grey below the answer."""
    return notice.get("code") in ASIDES


@register.filter
def is_warning(notice: Notice) -> bool:
    """Whether a notice stands above the answer, to be read first."""
    return not is_aside(notice) and notice.get("code") != AT_END


@register.filter
def translate_notice(notice: Notice) -> str:
    """A stored notice in the current language, by its reason where it has one."""
    return strings.translate_message(
        notice["message"], notice.get("code", ""), notice.get("parameters")
    )
