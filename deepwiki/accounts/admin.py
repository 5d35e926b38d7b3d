"""People and API tokens in the admin. `chat.admin` adds what people asked and spent."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deepwiki.accounts.models import ApiToken, Profile
from deepwiki.accounts.two_factor import remove_second_factor
from deepwiki.foundation.read_only_admin import ListedFilters, short_date


class ProfileInline(admin.StackedInline[Profile, User]):
    """A person's preferences and quota, on their page."""

    model = Profile
    can_delete = False


# Fields of a person that only superusers change.
TOKEN_TIMES = ["scopes", "created_at", "used_at", "expires_at"]
RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]

# What the program writes for itself, or reads from the settings and not from these tables.
for unused in (UserSession, Authenticator, SocialApp, SocialToken):
    admin.site.unregister(unused)
admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People with their quota."""

    list_display = ["username", "email", "role", "last_seen", "quota"]
    list_filter = ["is_staff", "is_active", "groups"]
    list_select_related = ["profile"]
    inlines = [ProfileInline]
    actions = ["remove_second_factor"]

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

    @admin.action(description=_("Take away the second factor"), permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For who lost theirs; whoever requires it lets them set up a new one."""
        allowed = [person.pk for person in queryset if self._may_touch(request, person)]
        count = remove_second_factor(User.objects.filter(pk__in=allowed))
        self.message_user(request, _("%s had one, and have none now.") % count)

    @admin.display(description=_("Signed in"), ordering="last_login")
    def last_seen(self, person: User) -> str:
        return short_date(person.last_login)

    @admin.display(description=_("Role"), ordering="is_staff")
    def role(self, person: User) -> str:
        if not person.is_active:
            return gettext("locked out")
        if person.is_superuser:
            return gettext("superuser")
        return gettext("staff") if person.is_staff else gettext("person")

    @admin.display(description=_("Tokens a day"))
    def quota(self, person: Any) -> str:
        own = getattr(getattr(person, "profile", None), "tokens_per_day", None)
        allowed = settings.TOKENS_PER_DAY if own is None else own
        return f"{allowed:,}" if allowed else gettext("any amount")


@admin.register(ApiToken)
class ApiTokenAdmin(ListedFilters):
    """Tokens are seen and revoked, never read."""

    list_display = ["user", "name", "hint", "scopes", "used_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    readonly_fields = ["user", "name", "hint", *TOKEN_TIMES]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("Revoke the chosen tokens"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        queryset.update(revoked_at=timezone.now())
