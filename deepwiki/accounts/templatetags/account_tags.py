"""Template tags of forms and of the settings."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.formats import number_format
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def widget(field: BoundField) -> SafeString:
    """A field's input without a placeholder that repeats its label."""
    return field.as_widget(attrs={"placeholder": False})


@register.filter
def grouped(number: int) -> str:
    """A whole number with its digits in groups, as the language has it."""
    return number_format(number, use_l10n=True, force_grouping=True)
