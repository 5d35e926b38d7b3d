"""Template tags of forms and of the settings."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def widget(field: BoundField) -> SafeString:
    """A field's input without a placeholder that repeats its label."""
    return field.as_widget(attrs={"placeholder": False})
