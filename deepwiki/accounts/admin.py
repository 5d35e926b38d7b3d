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
from deepwiki.foundation.read_only_admin import ListedFilters


class ProfileInline(admin.StackedInline[Profile, User]):
    """A person's preferences and quota, on their page."""

    model = Profile
    can_delete = False


# Fields of a person that only superusers change.
TOKEN_TIMES = ["scopes", "created_at", "used_at", "expires_at"]
RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People with their quota."""

    list_display = ["username", "email", "is_active", "is_staff", "last_login", "quota"]
    list_select_related = ["profile"]
    inlines = [ProfileInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody gives themselves, or others, rights they were not given."""
        fields = super().get_readonly_fields(request, obj)
        if getattr(request.user, "is_superuser", False):
            return fields
        return [*fields, *RIGHTS]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_touch(request, obj) and super().has_delete_permission(request, obj)

    def _may_touch(self, request: HttpRequest, person: User | None) -> bool:
        """A new password or address for a superuser would make one of whoever sets it."""
        is_superuser = person is not None and person.is_superuser
        return not is_superuser or bool(getattr(request.user, "is_superuser", False))

    @admin.display(description="Tokens a day")
    def quota(self, person: Any) -> str:
        own = getattr(getattr(person, "profile", None), "tokens_per_day", None)
        allowed = settings.TOKENS_PER_DAY if own is None else own
        return str(allowed) if allowed else "any amount"


@admin.register(ApiToken)
class ApiTokenAdmin(ListedFilters):
    """Tokens are seen and revoked, never read."""

    list_display = ["user", "name", "hint", *TOKEN_TIMES, "revoked_at"]
    list_select_related = ["user"]
    readonly_fields = ["user", "name", "hint", *TOKEN_TIMES]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description="Revoke the chosen tokens", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        queryset.update(revoked_at=timezone.now())
