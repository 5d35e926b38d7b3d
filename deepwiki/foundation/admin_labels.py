"""The names of tables and columns in the admin, in the reader's language.

Django makes them of the names in the code. Those that people meet in lists and forms are
listed here to be collected for the catalogs; others stay English, as in the code.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

APPS = ("accounts", "chat", "procrastinate", "repos", "wiki")
TABLES = (
    _("API token"),
    _("API tokens"),
    _("audit: questions asked"),
    _("conversation"),
    _("conversations"),
    _("document"),
    _("documents"),
    _("index"),
    _("index job"),
    _("index jobs"),
    _("indexes"),
    _("message"),
    _("messages"),
    _("outgoing webhook"),
    _("outgoing webhooks"),
    _("page note"),
    _("page notes"),
    _("page version"),
    _("page versions"),
    _("procrastinate job"),
    _("procrastinate jobs"),
    _("profile"),
    _("question asked"),
    _("reader comment"),
    _("reader comments"),
    _("repositories"),
    _("repository"),
    _("share"),
    _("shares"),
    _("webhook deliveries"),
    _("webhook delivery"),
    _("wiki"),
    _("wiki build"),
    _("wiki builds"),
    _("wiki page"),
    _("wiki pages"),
    _("wikis"),
)
COLUMNS = (
    _("added by"),
    _("address"),
    _("answer language"),
    _("asked by"),
    _("author"),
    _("built at"),
    _("checked commit"),
    _("chunks"),
    _("commit"),
    _("cost"),
    _("coverage"),
    _("created at"),
    _("created by"),
    _("deleted at"),
    _("deleted by"),
    _("editor groups"),
    _("error"),
    _("event"),
    _("events"),
    _("expires at"),
    _("failures"),
    _("files"),
    _("finished at"),
    _("hint"),
    _("input tokens"),
    _("is active"),
    _("is disabled"),
    _("is private"),
    _("is public"),
    _("is removed"),
    _("kind"),
    _("language"),
    _("languages"),
    _("leave out unsupported"),
    _("lines"),
    _("made by"),
    _("model"),
    _("name"),
    _("output tokens"),
    _("page"),
    _("path"),
    _("position"),
    _("progress"),
    _("provider"),
    _("quote"),
    _("rating"),
    _("reader groups"),
    _("readers"),
    _("refresh tokens"),
    _("requested by"),
    _("resolved at"),
    _("resolved by"),
    _("result"),
    _("revision"),
    _("revoked at"),
    _("role"),
    _("scopes"),
    _("search mode"),
    _("shares allowed"),
    _("size"),
    _("sources"),
    _("stage"),
    _("started at"),
    _("state"),
    _("status"),
    _("text"),
    _("title"),
    _("tokens per day"),
    _("tries"),
    _("updated at"),
    _("usage"),
    _("used at"),
    _("user"),
    _("version number"),
)
HINTS = (
    _("Branch, tag or commit; empty for the default branch."),
    _("Conversations about it may be shared by link although it is private."),
    _("May write notes, beside its managers."),
    _("No wiki for this repository."),
    _("Sentences without support are not shown."),
    _("Strangers may read it where they are let in."),
    _("That a model may use in a month to keep pages fresh; 0: only when asked."),
    _("The last four characters."),
    _("What this person may spend in a day; empty for what the settings say, 0 for any amount."),
)


def translate_labels() -> None:
    """Have all tables and columns named in the reader's language: for start-up, once.

    Migrations see the names that the models were written with.
    """
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            _translate_table(model)


def _translate_table(model: type[Model]) -> None:
    options: Any = model._meta
    # Django's plural is lazy: the singular with an s, in any language.
    options.verbose_name_plural = gettext_lazy(str(options.verbose_name_plural))
    options.verbose_name = _lazily(options.verbose_name)
    columns: list[Any] = [field for field in options.get_fields() if isinstance(field, Field)]
    for column in columns:
        column.verbose_name = _lazily(column.verbose_name)
        column.help_text = _lazily(column.help_text)


def _lazily(text: str | Promise | None) -> Promise | str:
    """To be translated when it is shown; nothing stays nothing."""
    if not text or isinstance(text, Promise):
        return text or ""
    return gettext_lazy(text)
