"""The admin names tables and columns in the reader's language."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import override

from deepwiki.foundation.admin_labels import APPS
from deepwiki.testing.messages import LANGUAGES, catalog
from deepwiki.wiki.models import Wiki
from repos.models import Repository


def test_tables_and_sections_are_named_in_the_reader_s_language():
    with override("zh-hans"):
        assert str(Repository._meta.verbose_name_plural) == "仓库"
        assert str(Repository._meta.get_field("is_private").verbose_name) == "私有"
    tables = [model._meta for model in admin.site._registry if model._meta.app_label in APPS]
    with override("ru"):
        assert [str(table) for table in tables if str(table.verbose_name_plural).isascii()] == []
        assert (
            str(Wiki._meta.get_field("is_disabled").help_text) == "Нет вики для этого репозитория."
        )
    with override("en"):
        assert str(Repository._meta.get_field("url").verbose_name) == "address"


def test_every_listed_table_of_ours_has_a_name_in_every_language():
    tables = [model._meta for model in admin.site._registry if model._meta.app_label in APPS]
    with override("en"):
        names = {str(table.verbose_name_plural) for table in tables}
    for language in LANGUAGES:
        stored = catalog(language)
        assert [name for name in names if name not in stored or not stored[name].string] == []


def test_a_wiki_is_called_by_its_repository():
    assert str(Wiki(repository=Repository(name="pallets/flask"))) == "pallets/flask"
