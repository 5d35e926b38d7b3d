"""Which passwords may be chosen: Django's setting AUTH_PASSWORD_VALIDATORS."""

from __future__ import annotations

from typing import Final

_VALIDATORS = ("UserAttributeSimilarity", "MinimumLength", "CommonPassword")
PASSWORD_VALIDATORS: Final = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"} for name in _VALIDATORS
]
