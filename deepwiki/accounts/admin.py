"""People and API tokens in the admin. `chat.admin` adds what people asked and spent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from deepwiki.accounts.models import ApiToken, Profile


class ProfileInline(admin.StackedInline[Profile, User]):
    """A person's preferences and quota, on their page."""

    model = Profile
    can_delete = False


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People with their quota."""

    list_display = ["username", "email", "is_active", "is_staff", "last_login", "quota"]
    list_select_related = ["profile"]
    inlines = [ProfileInline]

    @admin.display(description="Tokens a day")
    def quota(self, person: Any) -> str:
        own = getattr(getattr(person, "profile", None), "tokens_per_day", None)
        allowed = settings.TOKENS_PER_DAY if own is None else own
        return str(allowed) if allowed else "any amount"


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    """Tokens are seen and revoked, never read."""

    list_display = ["user", "name", "hint", "created_at", "used_at", "revoked_at"]
    list_select_related = ["user"]
    readonly_fields = ["user", "name", "hint", "created_at", "used_at"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description="Revoke the chosen tokens")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        queryset.update(revoked_at=timezone.now())
