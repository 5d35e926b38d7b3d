"""People and API tokens in the admin: tokens are seen and revoked there, never read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils import timezone

from chat.token_usage import tokens_where
from deepwiki.accounts.models import ApiToken, Profile

TODAY = "c.user_id = auth_user.id AND m.created_at >= date_trunc('day', now())"


class ProfileInline(admin.StackedInline[Profile, User]):
    """A person's preferences and quota, on their page."""

    model = Profile
    can_delete = False


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People with what they have asked and spent."""

    list_display = [
        "username",
        "email",
        "is_active",
        "is_staff",
        "last_login",
        "asked",
        "spent_today",
        "quota",
    ]
    list_select_related = ["profile"]
    inlines = [ProfileInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request)
        return people.annotate(asked_lately=_asked(), tokens_today=tokens_where(TODAY))

    @admin.display(description="Questions in 30 days", ordering="asked_lately")
    def asked(self, person: Any) -> int:
        return int(person.asked_lately or 0)

    @admin.display(description="Tokens today", ordering="tokens_today")
    def spent_today(self, person: Any) -> int:
        return int(person.tokens_today or 0)

    @admin.display(description="Tokens a day")
    def quota(self, person: Any) -> str:
        own = getattr(getattr(person, "profile", None), "tokens_per_day", None)
        allowed = settings.TOKENS_PER_DAY if own is None else own
        return str(allowed) if allowed else "any amount"


def _asked() -> RawSQL:
    return RawSQL(
        """(SELECT count(*) FROM chat_message m
            WHERE m.asked_by_id = auth_user.id AND m.created_at > now() - interval '30 days')""",
        [],
    )


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    list_display = ["user", "name", "hint", "created_at", "used_at", "revoked_at"]
    list_select_related = ["user"]
    readonly_fields = ["user", "name", "hint", "created_at", "used_at"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description="Revoke the chosen tokens")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        queryset.update(revoked_at=timezone.now())
