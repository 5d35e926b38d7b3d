"""The form that a new API token is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deepwiki.accounts.models import DEFAULT_SCOPES, ApiToken, TokenScope
from deepwiki.foundation.text import clean

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

LIFETIMES = [
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("a year")),
    ("0", _("for ever")),
]
DEFAULT_DAYS = "90"
NAME = "token"


class TokenForm(forms.Form):
    """Name, scopes and lifetime. The scope for the server is offered to its staff alone."""

    name = forms.CharField(max_length=100, required=False)
    scopes = forms.MultipleChoiceField(
        initial=DEFAULT_SCOPES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the token may be used for.")},
    )
    days = forms.ChoiceField(choices=LIFETIMES, initial=DEFAULT_DAYS)

    def __init__(self, *args: Any, person: AbstractBaseUser | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [scope for scope in TokenScope if scope != TokenScope.ADMIN or _is_staff(person)]
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope.value, scope.label) for scope in offered
        ]

    def issue(self, person: Any) -> str:
        """Make the token of a valid form; its clear text."""
        values = self.cleaned_data
        name = " ".join(clean(values["name"]).split()) or NAME
        days = int(values["days"])
        return ApiToken.issue(person, name, scopes=values["scopes"], days=days)[1]


def _is_staff(person: AbstractBaseUser | AnonymousUser) -> bool:
    return bool(getattr(person, "is_staff", False))
